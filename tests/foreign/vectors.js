// Reads answers, receipts and statuses without any of our code, by docs/answers.md and docs/trust.md:
//   node vectors.js FILE     of docs/answer-vectors.json; prints a line of JSON for each vector
"use strict";
const { createHash, createHmac, createPublicKey, verify } = require("node:crypto");
const { readFileSync } = require("node:fs");

// RFC 8785: our JSON has no number but whole ones.
function jcs(value) {
  if (Array.isArray(value)) return `[${value.map(jcs).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${jcs(value[name])}`).join(",")}}`;
}

function signed(raw, message, signature) {
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw]);
  const key = createPublicKey({ key: der, format: "der", type: "spki" });
  return signature.length === 64 && verify(null, message, key, signature);
}

function answer({ signature, ...rest }, keys) {
  const key = keys.find((each) => signature && each.id === signature.key);
  if (!key || key.alg !== "Ed25519" || signature.alg !== key.alg) return false;
  const message = Buffer.from(`notices-answer/v1\n${jcs(rest)}`);
  return signed(Buffer.from(key.key, "base64"), message, Buffer.from(signature.value, "base64"));
}

const sha256 = (...parts) => createHash("sha256").update(Buffer.concat(parts)).digest();

// RFC 9162, 2.1.3.2.
function root(index, size, leaf, proof) {
  if (index >= size) return null;
  let [number, last, hash] = [index, size - 1, leaf];
  for (const node of proof) {
    if (last === 0) return null;
    if (number % 2 === 1 || number === last) {
      hash = sha256(Buffer.from([1]), node, hash);
      while (number % 2 === 0 && number !== 0) [number, last] = [number / 2, Math.floor(last / 2)];
    } else {
      hash = sha256(Buffer.from([1]), hash, node);
    }
    [number, last] = [Math.floor(number / 2), Math.floor(last / 2)];
  }
  return last === 0 ? hash : null;
}

function checkpoint(note, vkey) {
  const [name, id, ...key] = vkey.split("+"), end = note.indexOf("\n\n");
  const text = note.slice(0, end + 1), lines = text.split("\n");
  const raw = Buffer.from(key.join("+"), "base64").subarray(1);
  const good = note.slice(end + 2).split("\n").some((line) => {
    const [dash, signer, value] = line.split(" "), bytes = Buffer.from(value || "", "base64");
    return dash === "\u2014" && signer === name && bytes.subarray(0, 4).toString("hex") === id
      && signed(raw, Buffer.from(text), bytes.subarray(4));
  });
  return good && lines[0] === name ? { size: Number(lines[1]), root: lines[2] } : null;
}

function receipt(whole, vkey) {
  const parts = ["checkpoint", "entry", "index", "opening", "proof"];
  if (Object.keys(whole).sort().join() !== parts.join()) return null;
  const head = checkpoint(whole.checkpoint, vkey), entry = JSON.parse(whole.entry);
  const leaf = sha256(Buffer.from([0]), Buffer.from(whole.entry));
  const proof = whole.proof.map((each) => Buffer.from(each, "base64"));
  const found = head && root(whole.index, head.size, leaf, proof);
  if (!found || found.toString("base64") !== head.root) return null;
  const { opening } = whole;
  if (opening !== null) {
    const salt = Buffer.from(opening.salt, "base64");
    const made = createHmac("sha256", salt).update(jcs(opening.form)).digest("base64");
    if (made !== entry.commitment) return null;
  }
  const { id, kind, at } = entry, form = opening && opening.form;
  return { origin: vkey.split("+")[0], index: whole.index, size: head.size, id, kind, at, form };
}

// Weekdays are working days, which is so in the weeks of the vectors; all is in +08:00.
const DAY = 86400000, CHINA = 8 * 3600000;
const midnight = (at) => Math.floor((at + CHINA) / DAY) * DAY - CHINA;
const works = (at) => ![0, 6].includes(new Date(at + CHINA).getUTCDay());

function end(from, period) {
  if (!period) return from;
  let last = midnight(from), left = period.value;
  if (period.unit === "calendar_day") last += left * DAY;
  else while (left > 0) { last += DAY; if (works(last)) left -= 1; }
  while (!works(last)) last += DAY;
  return last + DAY;
}

function status({ events, notice_period: period, for_somebody_else: awaited, now }) {
  const published = Date.parse(events[0].at);
  let effect = end(published, period), since = published, contest = null, waits = awaited;
  for (const event of events.slice(1)) {
    const at = Date.parse(event.at);
    if (["withdrawn", "annulled"].includes(event.kind)) return ["reinstated", at, null, null];
    if (event.kind === "replaced") return ["replaced", at, effect, null];
    if (event.kind === "confirmed" && waits) [waits, effect] = [false, Math.max(effect, at)];
    if (event.kind === "contested") {
      contest = { at, before: waits || at < effect ? "declared" : "invalid" };
    }
    if (event.kind === "dismissed" && contest) {
      if (at < effect || contest.before === "declared") {
        const first = Math.max(midnight(contest.at), midnight(published) + DAY);
        const left = Math.max(1, Math.round((effect - first) / DAY));
        effect = end(at, { value: left, unit: period.unit });
      }
      [since, contest] = [at, null];
    }
  }
  if (contest) return ["contested", contest.at, null, contest.before];
  if (waits) return ["declared", since, null, null];
  return Date.parse(now) < effect
    ? ["declared", since, effect, null] : ["invalid", Math.max(since, effect), effect, null];
}

const { keys, right, wrong, receipts, statuses } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const say = (what, each, found) => console.log(JSON.stringify({ what, why: each.why, found }));
for (const each of [...right, ...wrong]) say("answer", each, answer(each.answer, keys));
for (const each of [...receipts.right, ...receipts.wrong]) {
  say("receipt", each, receipt(each.receipt, receipts.vkey));
}
for (const each of statuses) say("status", each, status(each));

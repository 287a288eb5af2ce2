// Reads an offline list without any of our code, by docs/offline-list.md alone:
//   node list.js LIST VKEY CATALOGUE RULES TIME < questions   (certificate, tab, number a line)
// prints a verdict a line. RULES is the version of the rules for numbers that this reader knows.
"use strict";
const { createHash, createPublicKey, verify } = require("node:crypto");
const { readFileSync } = require("node:fs");

const STATUSES = { 1: "declared", 2: "invalid", 3: "contested", 4: "replaced" };
const ENTRY = 13;

function fail(why) {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}

function opened(content, vkey) {
  const signed = content.indexOf("\n\n"), end = content.indexOf("\n\n", signed + 2);
  if (signed < 0 || end < 0) fail("no list");
  const text = content.subarray(0, signed + 1);
  const [name, id, key] = [vkey.split("+")[0], vkey.split("+")[1], vkey.split("+").slice(2).join("+")];
  const raw = Buffer.from(key, "base64").subarray(1);
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw]);
  const spki = createPublicKey({ key: der, format: "der", type: "spki" });
  const good = content.toString("utf8", signed + 2, end).split("\n").some((line) => {
    const [dash, signer, value] = line.split(" ");
    const bytes = Buffer.from(value || "", "base64");
    return dash === "\u2014" && signer === name && bytes.subarray(0, 4).toString("hex") === id
      && verify(null, text, spki, bytes.subarray(4));
  });
  if (!good) fail("not signed by this log");
  return { name, lines: text.toString("utf8").split("\n"), body: content.subarray(end + 2) };
}

function read(content, vkey) {
  const { name, lines, body } = opened(content, vkey);
  if (lines.length !== 8 || lines[0] !== `${name}/list`) fail("no list");
  if (body.length !== Number(lines[5]) * ENTRY) fail("truncated");
  if (createHash("sha256").update(body).digest("base64") !== lines[6]) fail("changed");
  const entries = new Map();
  for (let place = 0, before = ""; place < body.length; place += ENTRY) {
    const key = body.toString("hex", place, place + 8);
    if (key <= before) fail("not sorted");
    before = key;
    entries.set(key, [STATUSES[body[place + 8]], body.readUInt32BE(place + 9)]);
  }
  return { rules: lines[4], entries };
}

function verdict(list, catalogue, certificate, number, now) {
  const known = catalogue.certificates.find((each) => each.id === certificate);
  const normal = number.normalize("NFKC").toUpperCase().replace(/\s/gu, "");
  const plain = /^[0-9A-Z]+$/.test(normal) && !normal.startsWith("N");
  const personal = /^([0-9]{17}[0-9X]|[0-9]{15}|[0-9]{8}|[0-9]{10}|[A-Z]{1,3}[0-9]{7,15})$/;
  const telephone = /1[3-9][0-9]{9}/;
  const person = known && known.holder_kind !== "organisation";
  if (!known || known.public_number === "masked" || !plain || telephone.test(normal)
      || (personal.test(normal) && (person || normal.length === 18))) return "ask_online";
  const hash = createHash("sha256").update(`notices-list/v1\n${certificate}\n${normal}`).digest("hex");
  const [status, at] = list.entries.get(hash.slice(0, 16)) || ["no_notice", 0];
  const takesEffect = (status === "declared" || status === "contested") && at > 0 && at <= now;
  return takesEffect ? "invalid" : status;
}

const [file, vkey, catalogueFile, rules, time] = process.argv.slice(2);
const list = read(readFileSync(file), vkey), now = Date.parse(time) / 1000;
const catalogue = JSON.parse(readFileSync(catalogueFile, "utf8"));
for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const [certificate, number] = line.split("\t");
  console.log(list.rules === rules ? verdict(list, catalogue, certificate, number, now) : "ask_online");
}

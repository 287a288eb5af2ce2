// Checks receipts in the browser: what notices/trust accepts or refuses is accepted or refused
// here, for the same reason. No library, no request, nothing kept.
"use strict";

const Receipts = (() => {
  const { Malformed, need, joined, same, toUtf8, fromUtf8, toBase64, fromBase64, strictJson, canonical } = Encoding;

  const MOST_BYTES = 256000;
  const MOST_HASHES = 63;
  const MOST_CHARACTERS = 100000;
  const MOST_SIGNATURES = 100;
  const HASH_SIZE = 32;
  const LARGEST_TREE = 1n << 62n;
  const FIRST_LINE = "c2sp.org/tlog-proof@v1";
  const DASH = "\u2014 ";
  const ED25519 = 1;

  // A receipt that proves nothing; `reason` is the name of the sentence that says why.
  class Refused extends Error {
    constructor(reason) { super(reason); this.reason = reason; }
  }

  // What `read` returns; whatever is malformed in there is refused for `reason`.
  const or = async (reason, read) => {
    try {
      return await read();
    } catch (problem) {
      if (problem instanceof Malformed) throw new Refused(reason);
      throw problem;
    }
  };

  // ---- what is in a receipt (receipts.py, proofs.py)

  const consistsOf = (map, names) => map.size === names.length && names.every((name) => map.has(name));

  const proofText = (text) => {
    const end = text.indexOf("\n\n");
    need(end >= 0);
    const lines = text.slice(0, end).split("\n");
    need(lines.length >= 3 && lines.length <= 3 + MOST_HASHES && lines[0] === FIRST_LINE);
    const index = /^index (0|[1-9][0-9]{0,18})$/.exec(lines[2]);
    need(lines[1].startsWith("extra ") && index);
    const entry = fromUtf8(fromBase64(lines[1].slice("extra ".length)));
    for (const line of lines.slice(3)) fromBase64(line, HASH_SIZE);
    return {
      entry, opening: null, index: BigInt(index[1]), proof: lines.slice(3), checkpoint: text.slice(end + 2),
    };
  };

  const isProofText = (bytes) => toUtf8(FIRST_LINE).every((byte, at) => byte === bytes[at]);

  const partsOf = async (content) => {
    if (content.length > MOST_BYTES) throw new Refused("too_large");
    if (isProofText(content)) return or("unreadable_proof", () => proofText(fromUtf8(content)));
    return or("unreadable", () => {
      const receipt = strictJson(fromUtf8(content));
      const names = ["entry", "opening", "index", "proof", "checkpoint"];
      need(receipt instanceof Map && consistsOf(receipt, names));
      const [entry, opening, index, proof, checkpoint] = names.map((name) => receipt.get(name));
      need(typeof entry === "string" && typeof index === "bigint" && typeof checkpoint === "string");
      need((opening === null || opening instanceof Map) && Array.isArray(proof));
      return { entry, opening, index, proof, checkpoint };
    });
  };

  const ENTRY_PARTS = {
    id: /^[0-9]{14}$/,
    kind: /^[a-z_]{1,40}$/,
    at: /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}\+08:00$/,
    certificate: /^[a-z0-9-]{1,100}$/,
    commitment: /^[A-Za-z0-9+/]{43}=$/,
  };

  const entryOf = (text) => {
    toUtf8(text);
    const entry = strictJson(text);
    const names = Object.keys(ENTRY_PARTS);
    need(entry instanceof Map && canonical(entry) === text);
    need(consistsOf(entry, ["v", ...names]) && entry.get("v") === 1n);
    const parts = {};
    for (const name of names) {
      parts[name] = entry.get(name);
      need(typeof parts[name] === "string" && ENTRY_PARTS[name].test(parts[name]));
    }
    // ISO 7064 MOD 97-10; 00, 01 and 99 are no check digits.
    const check = Number(parts.id.slice(-2));
    need(Number(parts.id) % 97 === 1 && check >= 2 && check <= 98);
    return parts;
  };

  const statementOf = async (opening, commitment, by) => {
    if (opening === null) return null;
    const form = opening.get("form");
    need(consistsOf(opening, ["salt", "form"]) && form instanceof Map);
    const statement = form.get("statement");
    need(typeof statement === "string");
    const salt = fromBase64(opening.get("salt"), 32);
    need(toBase64(await by.hmac(salt, toUtf8(canonical(form)))) === commitment);
    return statement;
  };

  // ---- signed notes and checkpoints (notes.py)

  const isName = (text) => /^[^\p{C}\p{Z}+]{1,255}$/u.test(text);

  const keyOf = async (text, by) => {
    const [name, id] = text.split("+", 2);
    need(id !== undefined && /^[0-9a-f]{8}$/.test(id));
    const value = fromBase64(text.slice(name.length + id.length + 2), 33);
    need(value[0] === ED25519 && isName(name));
    const keyId = (await by.sha256(joined(toUtf8(`${name}\n`), value))).slice(0, 4);
    need(id === Array.from(keyId, (byte) => byte.toString(16).padStart(2, "0")).join(""));
    return { name, keyId, value: value.slice(1) };
  };

  const signatureOf = (line) => {
    const parts = line.slice(DASH.length).split(" ");
    need(line.startsWith(DASH) && parts.length === 2 && isName(parts[0]));
    const value = fromBase64(parts[1]);
    need(value.length >= 5);
    return { name: parts[0], keyId: value.slice(0, 4), value: value.slice(4) };
  };

  const opened = async (note, key, by) => {
    const end = note.lastIndexOf("\n\n");
    need(Array.from(note).length <= MOST_CHARACTERS && end >= 0 && note.endsWith("\n"));
    const text = note.slice(0, end + 1), lines = note.slice(end + 2, -1).split("\n");
    need(end + 2 < note.length && !/[\u0000-\u0009\u000b-\u001f]/.test(text));
    const signed = toUtf8(text);
    need(lines.length <= MOST_SIGNATURES);
    const ours = lines.map(signatureOf)
      .filter((each) => each.name === key.name && same(each.keyId, key.keyId));
    need(ours.length > 0);
    for (const each of ours) need(await by.ed25519(key.value, each.value, signed));
    return text;
  };

  const checkpointOf = (text) => {
    const [origin, size, root, ...rest] = text.split("\n");
    need(origin && rest.length === 1 && rest[0] === "" && /^(0|[1-9][0-9]{0,18})$/.test(size));
    return { origin, size: BigInt(size), root: fromBase64(root, HASH_SIZE) };
  };

  // ---- the Merkle tree (merkle.py; RFC 9162, section 2.1.3.2)

  const proveInclusion = async (receipt, size, root, by) => {
    const proof = receipt.proof.map((node) => fromBase64(node, HASH_SIZE));
    need(receipt.index >= 0n && receipt.index < size && size <= LARGEST_TREE);
    let node = receipt.index, last = size - 1n;
    let computed = await by.sha256(joined([0], toUtf8(receipt.entry)));
    for (const sibling of proof) {
      need(last !== 0n);
      if (node & 1n || node === last) {
        computed = await by.sha256(joined([1], sibling, computed));
        while (!(node & 1n) && node) { node >>= 1n; last >>= 1n; }
      } else {
        computed = await by.sha256(joined([1], computed, sibling));
      }
      node >>= 1n;
      last >>= 1n;
    }
    need(last === 0n && same(computed, root));
  };

  const WebCrypto = {
    sha256: async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)),
    hmac: async (key, bytes) => {
      const how = { name: "HMAC", hash: "SHA-256" };
      const imported = await crypto.subtle.importKey("raw", key, how, false, ["sign"]);
      return new Uint8Array(await crypto.subtle.sign("HMAC", imported, bytes));
    },
    ed25519: async (key, signature, bytes) => {
      try {
        const imported = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
        return await crypto.subtle.verify({ name: "Ed25519" }, imported, signature, bytes);
      } catch { // Ed25519 came to browsers between 2023 and 2025
        return Fallback.ed25519(key, signature, bytes);
      }
    },
  };

  const usual = window.crypto && window.crypto.subtle ? WebCrypto : Fallback;

  // What a receipt, as JSON or as tlog-proof, proves under the log's public key; throws Refused.
  const verify = async (content, vkey, by = usual) => {
    const key = await or("bad_key", () => keyOf(vkey, by));
    const receipt = await partsOf(content);
    const entry = await or("bad_entry", () => entryOf(receipt.entry));
    const statement = await or("bad_opening", () => statementOf(receipt.opening, entry.commitment, by));
    const { origin, size, root } = await or("bad_checkpoint", async () => {
      const checkpoint = checkpointOf(await opened(receipt.checkpoint, key, by));
      need(checkpoint.origin === key.name);
      return checkpoint;
    });
    await or("not_in_log", () => proveInclusion(receipt, size, root, by));
    return { origin, index: receipt.index, size, ...entry, statement };
  };

  const printed = (id) => id.replace(/^(....)(....)(....)(..)$/, "$1-$2-$3-$4");

  // What is proven and what is not, in the words that the page was given.
  const sentence = (proven, texts) => {
    const kind = new Map(Object.entries(texts.events)).get(proven.kind) || proven.kind;
    const values = { ...proven, kind, number: proven.index, id: printed(proven.id) };
    const words = proven.statement === null ? "redacted" : "proven";
    return texts[proven.onPaper ? "printed" : words]
      .replace(/\{([a-z]+)\}/g, (_, name) => String(values[name]));
  };

  return { verify, sentence, printed, isProofText, Refused, WebCrypto, FIRST_LINE };
})();

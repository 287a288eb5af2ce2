// Text, base64 and JSON from strangers: one spelling for one value (notices/trust/encoding.py).
"use strict";

const Encoding = (() => {
  const DEEPEST = 500; // objects within objects; Python's JSON gives up not far beyond

  class Malformed extends Error {}

  const need = (condition) => { if (!condition) throw new Malformed(); };

  const joined = (...parts) => {
    const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
    let at = 0;
    for (const part of parts) { all.set(part, at); at += part.length; }
    return all;
  };

  const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);

  const toUtf8 = (text) => {
    need(!/[\ud800-\udfff]/u.test(text)); // half a character
    return new TextEncoder().encode(text);
  };

  const fromUtf8 = (bytes) => {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw new Malformed();
    }
  };

  const toBase64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

  const fromBase64 = (text, length) => {
    need(typeof text === "string");
    let bytes;
    try {
      bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    } catch {
      throw new Malformed();
    }
    need(toBase64(bytes) === text);
    need(length === undefined || bytes.length === length);
    return bytes;
  };

  // JSON without floats, without large integers, and with no name twice in one object. Objects
  // become Maps, and numbers BigInts.
  const TOKEN =
    /[ \t\n\r]*(?:([[\]{},:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9][0-9]*)(?![0-9.eE]))|(true|false|null))/y;

  const strictJson = (text) => {
    let at = 0;
    const next = () => {
      TOKEN.lastIndex = at;
      const token = TOKEN.exec(text);
      need(token);
      at = TOKEN.lastIndex;
      return token;
    };
    const parts = (end, read) => {
      let token = next();
      if (token[1] === end) return;
      for (;;) {
        read(token);
        token = next();
        if (token[1] === end) return;
        need(token[1] === ",");
        token = next();
      }
    };
    const value = ([, mark, string, digits, word], depth) => {
      need(depth < DEEPEST);
      if (string) return JSON.parse(string);
      if (word) return JSON.parse(word);
      if (digits) {
        need(digits !== "-0" && Number.isSafeInteger(Number(digits)));
        return BigInt(digits);
      }
      if (mark === "[") {
        const list = [];
        parts("]", (token) => list.push(value(token, depth + 1)));
        return list;
      }
      need(mark === "{");
      const object = new Map();
      parts("}", (token) => {
        need(token[2]);
        const name = JSON.parse(token[2]);
        need(!object.has(name) && next()[1] === ":");
        object.set(name, value(next(), depth + 1));
      });
      return object;
    };
    const whole = value(next(), 0);
    need(/^[ \t\n\r]*$/.test(text.slice(at)));
    return whole;
  };

  // JCS (RFC 8785) of what strictJson reads.
  const canonical = (value) => {
    if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
    if (value instanceof Map) {
      const names = Array.from(value.keys()).sort();
      return `{${names.map((name) => `${canonical(name)}:${canonical(value.get(name))}`).join(",")}}`;
    }
    if (typeof value !== "string") return String(value);
    toUtf8(value);
    return JSON.stringify(value);
  };

  return { Malformed, need, joined, same, toUtf8, fromUtf8, toBase64, fromBase64, strictJson, canonical };
})();

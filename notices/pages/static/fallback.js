// SHA-256, HMAC and the checking of Ed25519 signatures where the browser offers none of them:
// pages without https have no WebCrypto, and older web views no Ed25519 in it. Nothing here is
// secret, so nothing here hides how long it takes.
"use strict";

const Fallback = (() => {
  const { joined } = Encoding;

  // ---- SHA-256 and SHA-512 (FIPS 180-4): one algorithm over words of 32 or of 64 bits.

  const PRIMES = [];
  for (let number = 2; PRIMES.length < 80; number += 1) {
    if (PRIMES.every((prime) => number % prime)) PRIMES.push(number);
  }

  // The first 64 bits behind the point of the `degree`th root of `prime`.
  const behindThePoint = (prime, degree) => {
    const power = BigInt(prime) << BigInt(64 * degree);
    let root = 0n;
    for (let bit = 1n << 69n; bit; bit >>= 1n) {
      if ((root + bit) ** BigInt(degree) <= power) root += bit;
    }
    return BigInt.asUintN(64, root);
  };

  // Both take their constants from the same roots. `turns` are the distances of Σ0, Σ1, σ0, σ1,
  // the last of σ0 and σ1 being a shift.
  const sha2 = (bits, rounds, turns) => {
    const constant = (prime, degree) => behindThePoint(prime, degree) >> BigInt(64 - bits);
    const starts = PRIMES.slice(0, 8).map((prime) => constant(prime, 2));
    const constants = PRIMES.slice(0, rounds).map((prime) => constant(prime, 3));
    const word = (value) => BigInt.asUintN(bits, value);
    const all = BigInt(bits);
    const turned = (value, by) => (value >> by) | word(value << (all - by));
    const [sum0, sum1, mix0, mix1] = turns.map(([a, b, c], place) => (value) =>
      turned(value, a) ^ turned(value, b) ^ (place < 2 ? turned(value, c) : value >> c));
    const size = bits / 8;

    return (message) => {
      const padded = new Uint8Array(Math.ceil((message.length + 1 + 2 * size) / (16 * size)) * 16 * size);
      padded.set(message);
      padded[message.length] = 0x80;
      const view = new DataView(padded.buffer);
      view.setBigUint64(padded.length - 8, BigInt(message.length) * 8n);
      const state = starts.slice();
      for (let block = 0; block < padded.length; block += 16 * size) {
        const words = [];
        for (let at = 0; at < rounds; at += 1) {
          if (at >= 16) {
            words.push(word(mix1(words[at - 2]) + words[at - 7] + mix0(words[at - 15]) + words[at - 16]));
          } else if (bits === 32) {
            words.push(BigInt(view.getUint32(block + at * size)));
          } else {
            words.push(view.getBigUint64(block + at * size));
          }
        }
        let [a, b, c, d, e, f, g, h] = state;
        for (let at = 0; at < rounds; at += 1) {
          const first = h + sum1(e) + ((e & f) ^ (~e & g)) + constants[at] + words[at];
          const second = sum0(a) + ((a & b) ^ (a & c) ^ (b & c));
          [a, b, c, d, e, f, g, h] = [word(first + second), a, b, c, word(d + first), e, f, g];
        }
        [a, b, c, d, e, f, g, h].forEach((value, at) => { state[at] = word(state[at] + value); });
      }
      const digest = new Uint8Array(8 * size);
      state.forEach((value, at) => {
        for (let byte = 0; byte < size; byte += 1) {
          digest[at * size + byte] = Number((value >> BigInt(bits - 8 - 8 * byte)) & 255n);
        }
      });
      return digest;
    };
  };

  const turns = (...numbers) => numbers.map((each) => each.map(BigInt));
  const sha256 = sha2(32, 64, turns([2, 13, 22], [6, 11, 25], [7, 18, 3], [17, 19, 10]));
  const sha512 = sha2(64, 80, turns([28, 34, 39], [14, 18, 41], [1, 8, 7], [19, 61, 6]));

  // HMAC-SHA256 (RFC 2104).
  const hmac = (key, message) => {
    const padded = new Uint8Array(64);
    padded.set(key.length > 64 ? sha256(key) : key);
    const inner = sha256(joined(padded.map((byte) => byte ^ 0x36), message));
    return sha256(joined(padded.map((byte) => byte ^ 0x5c), inner));
  };

  // ---- Ed25519 (RFC 8032, section 5.1), with the checks of OpenSSL: S below the group's order,
  // R compared as it is written, a public key accepted also where it is not written canonically.

  const P = (1n << 255n) - 19n;
  const ORDER = (1n << 252n) + 27742317777372353535851937790883648493n;
  const mod = (value, by = P) => { const rest = value % by; return rest < 0n ? rest + by : rest; };
  const power = (base, exponent) => {
    let result = 1n;
    for (let square = base; exponent; exponent >>= 1n, square = square * square % P) {
      if (exponent & 1n) result = result * square % P;
    }
    return result;
  };
  const D = mod(-121665n * power(121666n, P - 2n));
  const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n);

  const fromLittleEndian = (bytes) =>
    bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);

  // The point (X, Y, Z, T) that 32 bytes write, or null.
  const point = (bytes) => {
    const written = fromLittleEndian(bytes);
    const y = BigInt.asUintN(255, written) % P;
    const square = y * y % P;
    const u = mod(square - 1n), v = (D * square + 1n) % P;
    let x = u * power(v, 3n) % P * power(u * power(v, 7n) % P, (P - 5n) / 8n) % P;
    if (v * x % P * x % P !== u) x = x * ROOT_OF_MINUS_ONE % P;
    if (v * x % P * x % P !== u) return null;
    if ((x & 1n) !== written >> 255n) x = mod(-x);
    return [x, y, 1n, x * y % P];
  };

  const added = ([x1, y1, z1, t1], [x2, y2, z2, t2]) => {
    const a = (y1 - x1) * (y2 - x2) % P, b = (y1 + x1) * (y2 + x2) % P;
    const c = 2n * D * t1 % P * t2 % P, d = 2n * z1 * z2 % P;
    const e = b - a, f = d - c, g = d + c, h = b + a;
    return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
  };

  const bytesOf = ([x, y, z]) => {
    const inverse = power(z, P - 2n);
    let value = (y * inverse % P) | ((x * inverse % P & 1n) << 255n);
    return Uint8Array.from({ length: 32 }, () => {
      const byte = Number(value & 255n);
      value >>= 8n;
      return byte;
    });
  };

  const BASE = point(Uint8Array.from({ length: 32 }, (_, at) => (at ? 0x66 : 0x58)));

  const ed25519 = (key, signature, message) => {
    if (key.length !== 32 || signature.length !== 64) return false;
    const r = signature.subarray(0, 32), s = fromLittleEndian(signature.subarray(32));
    const public_ = point(key);
    if (public_ === null || s >= ORDER) return false;
    const minus = [mod(-public_[0]), public_[1], 1n, mod(-public_[3])];
    const k = fromLittleEndian(sha512(joined(r, key, message))) % ORDER;
    // [s]B - [k]A, both at once, and bit by bit from the highest.
    const both = added(BASE, minus);
    let sum = [0n, 1n, 1n, 0n];
    for (let bit = 252n; bit >= 0n; bit -= 1n) {
      sum = added(sum, sum);
      const [ofS, ofK] = [(s >> bit) & 1n, (k >> bit) & 1n];
      if (ofS && ofK) sum = added(sum, both);
      else if (ofS) sum = added(sum, BASE);
      else if (ofK) sum = added(sum, minus);
    }
    return bytesOf(sum).every((byte, at) => byte === r[at]);
  };

  return { sha256, sha512, hmac, ed25519 };
})();

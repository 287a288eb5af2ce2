// Tells whether a check digit fits, when somebody has stopped typing; the server judges all the same.
"use strict";

const checkDigits = (() => {
  const ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

  // GB 32100-2015: weights are the powers of 3 modulo 31.
  const uscc = (code) => {
    if (!/^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$/.test(code)) return null;
    let weight = 1, sum = 0;
    for (let place = 0; place < 17; place += 1) {
      sum += ALPHABET.indexOf(code[place]) * weight;
      weight = weight * 3 % 31;
    }
    return (sum + ALPHABET.indexOf(code[17])) % 31 === 0;
  };

  // GB 11643-1999, ISO 7064 MOD 11-2.
  const id18 = (code) => {
    if (!/^[0-9]{17}[0-9X]$/.test(code)) return null;
    const sum = WEIGHTS.reduce((all, weight, place) => all + weight * Number(code[place]), 0);
    return "10X98765432"[sum % 11] === code[17];
  };

  // GB/T 17710, ISO 7064 MOD 11,10.
  const mod1110 = (code) => {
    const digits = /^[^0-9]*([0-9]{2,})$/.exec(code);
    if (!digits) return null;
    let product = 10;
    for (const digit of digits[1].slice(0, -1)) {
      product = ((product + Number(digit)) % 10 || 10) * 2 % 11;
    }
    return (product + Number(digits[1].slice(-1))) % 10 === 1;
  };

  // Null: not built as the rule says, so there is nothing to say.
  return { uscc, id18, mod1110 };
})();

{
  const PAUSE = 900;
  const plain = (text) => text.normalize("NFKC").toUpperCase().replace(/[\s\-·()]/g, "");

  for (const told of document.querySelectorAll(".check-digit[data-for]")) {
    const input = document.getElementById(told.dataset.for);
    const kind = document.getElementById("holder.identifier_type");
    const rule = () => told.dataset.rule !== "holder" ? told.dataset.rule
      : { "resident-id": "id18", "uscc": "uscc" }[kind.value];
    const whole = plain(told.dataset.example).length;
    let waiting = 0;
    const tell = (left) => {
      clearTimeout(waiting);
      const code = plain(input.value);
      // While it is being typed, a number of no fixed length is not whole before it is as long.
      const ready = left || rule() !== "mod1110" || code.length === whole;
      const fits = ready && checkDigits[rule()] ? checkDigits[rule()](code) : null;
      const words = fits === null ? "" : fits ? told.dataset.right : told.dataset.wrong;
      if (told.textContent !== words) told.textContent = words;
      told.classList.toggle("wrong", fits === false);
    };
    input.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(tell, PAUSE, false);
    });
    input.addEventListener("change", () => tell(true));
    if (kind && told.dataset.rule === "holder") kind.addEventListener("change", () => tell(true));
  }
}

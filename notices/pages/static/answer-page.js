// Says on the page what a signed answer proves: one whose address was opened or scanned. The
// fragment of an address never reaches the server, and nothing is asked of it here.
"use strict";

{
  const MARK = "#answer=";
  const CONTEXT = "notices-answer/v1\n";
  const MOST_CODED = 20_000, MOST_BYTES = 64 * 1024;
  const result = document.getElementById("answer-result");
  const keys = JSON.parse(result.dataset.keys);

  // An answer that proves nothing; `why` names the sentence about it.
  class Unproven extends Error {
    constructor(why) { super(why); this.why = why; }
  }

  const inflated = async (bytes) => {
    if (!window.DecompressionStream) throw new Unproven("inflate");
    const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
    let all = new Uint8Array();
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        all = Encoding.joined(all, part.value);
        if (all.length > MOST_BYTES) throw new Unproven("cut");
      }
    } catch {
      throw new Unproven("cut");
    }
    return all;
  };

  const decoded = async (coded) => {
    if (!/^[\w-]+$/.test(coded) || coded.length > MOST_CODED) throw new Unproven("cut");
    let packed;
    try {
      packed = Uint8Array.from(atob(coded.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
    } catch {
      throw new Unproven("cut");
    }
    return inflated(packed);
  };

  // The answer in `content`, a Map, if one of our keys signed it.
  const signed = async (content) => {
    let answer, signature, message;
    try {
      answer = Encoding.strictJson(Encoding.fromUtf8(content));
      signature = answer.get("signature");
      const rest = new Map(answer);
      rest.delete("signature");
      message = Encoding.toUtf8(CONTEXT + Encoding.canonical(rest));
    } catch {
      throw new Unproven("cut");
    }
    const named = signature instanceof Map && keys.find(({ id }) => id === signature.get("key"));
    if (!named || named.alg !== signature.get("alg")) throw new Unproven("unknown");
    const by = window.crypto && window.crypto.subtle ? Receipts.WebCrypto : Fallback;
    let right = false;
    try {
      const [key, value] = [named.key, signature.get("value")].map((text) => Encoding.fromBase64(text));
      right = await by.ed25519(key, value, message);
    } catch { /* no base64 */ }
    if (!right) throw new Unproven("unknown");
    return answer;
  };

  const clock = new Intl.DateTimeFormat(result.dataset.locale, {
    dateStyle: "long", timeStyle: "medium", timeZone: "Asia/Shanghai",
  });
  const statuses = document.getElementById("answer-statuses").content;
  const templated = (name) => document.getElementById(name).content.cloneNode(true);

  const proven = (answer) => {
    const shown = templated("answer-proven");
    const asked = answer.get("asked");
    const standing = answer.get("awaiting") && answer.get("status") === "declared" ? "awaiting" : answer.get("status");
    const known = statuses.querySelector(`[data-status="${CSS.escape(standing)}"]`);
    const notice = answer.get("notice");
    const said = {
      number: asked.get("number"),
      status: known ? known.textContent : standing,
      notice: notice && Receipts.printed(notice),
      at: clock.format(new Date(answer.get("checked_at"))),
    };
    for (const place of shown.querySelectorAll("[data-fill]")) {
      const text = said[place.dataset.fill];
      if (text) place.textContent = text;
      else place.parentElement.remove();
    }
    // What was asked, once more: in the form, and by nobody but whoever presses.
    shown.querySelector("[data-again]").addEventListener("click", () => {
      const form = document.getElementById("check");
      for (const name of ["certificate", "number", "copy_number", "document"]) {
        form.elements[name].value = asked.get(name) || "";
      }
      for (const one of form.elements.copy) one.checked = one.value === (asked.get("copy") || "");
      form.requestSubmit();
    });
    return shown;
  };

  const look = async () => {
    if (!location.hash.startsWith(MARK)) return;
    let shown;
    try {
      shown = proven(await signed(await decoded(location.hash.slice(MARK.length))));
    } catch (problem) {
      if (!(problem instanceof Unproven)) console.error(problem);
      shown = templated("answer-refused");
      const why = problem instanceof Unproven ? problem.why : "cut";
      for (const each of shown.querySelectorAll("[data-why]")) if (each.dataset.why !== why) each.remove();
    }
    result.textContent = "";
    result.append(shown);
    // Whoever scanned a slip wants this, and no form before it.
    document.getElementById("main").prepend(result);
    result.focus();
  };
  look();
  window.addEventListener("hashchange", look);
}

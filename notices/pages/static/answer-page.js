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
    const named = signature instanceof Map && signature.size === 3 && keys.find(({ id }) => id === signature.get("key"));
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
  const days = new Intl.DateTimeFormat(result.dataset.locale, { dateStyle: "long", timeZone: "UTC" });
  const statuses = document.getElementById("answer-statuses");
  const templated = (name) => document.getElementById(name).content.cloneNode(true);
  // Signs that nobody sees turn a number around where it is shown.
  const seen = (number) => number.replace(/\p{Cf}/gu, "");
  const option = (list, value) => value && document.querySelector(`#${list} option[value="${CSS.escape(value)}"]`);

  // What the paper is called that was asked about, and which copy of it.
  const asked = (question) => {
    const kind = option("certificate", question.get("certificate"));
    const paper = kind && "documents" in kind.dataset && option("document", question.get("document"));
    const names = kind && kind.dataset.parts ? kind.dataset.parts.split("|") : [statuses.dataset.original, statuses.dataset.duplicate];
    const copy = question.get("copy") || (question.get("copy_number") && "duplicate");
    const part = copy && `${names[Number(copy === "duplicate")]} ${question.get("copy_number") || ""}`;
    return { paper: paper || kind ? (paper || kind).textContent : statuses.dataset.noKind, part };
  };

  const proven = (answer) => {
    const shown = templated("answer-proven");
    const [question, status, notice] = ["asked", "status", "notice"].map((name) => answer.get(name));
    const none = status === "no_notice", others = answer.get("others").length > 0;
    const doubtful = none && (others || answer.get("number_form") === "unusual");
    const standing = answer.get("awaiting") && status === "declared" ? "awaiting" : status;
    const renewed = answer.get("replaced_on");
    const holds = { doubtful, others, notice, replaced_on: renewed, kindless: none && !doubtful && !question.get("certificate") };
    for (const part of shown.querySelectorAll("[data-when]")) if (!holds[part.dataset.when]) part.remove();
    const of = option("certificate", answer.get("certificate"));
    const said = {
      ...asked(question),
      number: seen(question.get("number")),
      notice: notice && Receipts.printed(notice),
      of: of ? of.textContent : answer.get("certificate"),
      at: clock.format(new Date(answer.get("checked_at"))),
      day: renewed && days.format(new Date(renewed)),
    };
    for (const place of shown.querySelectorAll("[data-fill]")) place.textContent = said[place.dataset.fill] || "";
    const link = shown.querySelector("a[href]");
    if (link) link.setAttribute("href", link.getAttribute("href").replace("_", notice));
    const known = statuses.content.querySelector(`[data-status="${CSS.escape(standing)}"]`);
    shown.querySelector("[data-status]").replaceChildren(known ? known.cloneNode(true) : standing);
    shown.querySelector(".status-box").classList.add(doubtful ? "doubtful" : none ? "plain" : standing);
    // What was asked, once more, and by nobody but whoever presses.
    for (const field of shown.querySelectorAll("form [name]")) field.value = question.get(field.name) || "";
    return shown;
  };

  let turns = 0;

  const show = async (coded) => {
    const turn = turns += 1;
    let shown;
    try {
      shown = proven(await signed(await decoded(coded)));
      for (const link of document.querySelectorAll("header a[hreflang]")) link.hash = MARK + coded;
    } catch (problem) {
      if (!(problem instanceof Unproven)) console.error(problem);
      shown = templated("answer-refused");
      const why = problem instanceof Unproven ? problem.why : "cut";
      for (const each of shown.querySelectorAll("[data-why]")) if (each.dataset.why !== why) each.remove();
      if (why === "inflate") document.getElementById("number").value = `${location.origin}${location.pathname}${MARK}${coded}`;
    }
    if (turn !== turns) return;
    document.getElementById("answered").hidden = true; // no two answers stand on one page
    result.replaceChildren(shown);
    result.focus();
  };

  // The address goes at once, so that the number stays in no history and no address that is passed
  // on; the page itself keeps what it shows, for reloading it and for Back, but at no terminal.
  const look = () => {
    const coded = location.hash.startsWith(MARK) ? location.hash.slice(MARK.length) : history.state?.answer;
    if (!coded) return;
    const kept = "idle" in document.documentElement.dataset ? null : { answer: coded };
    history.replaceState(kept, "", location.pathname + location.search);
    show(coded);
  };
  look();
  window.addEventListener("hashchange", look);
  // What is pasted or scanned on the page itself is shown, and kept nowhere.
  document.addEventListener("answer-given", (event) => show(event.detail));
}

// Says on the page what a receipt proves: one that is chosen or pasted, or the
// proof in the address to which the QR code of a printed notice leads. How the notice stands now
// comes first: a proof is about the past, and true of a notice that was withdrawn, too.
"use strict";

{
  const MARK = "#proof=";
  const MOST_BYTES = 20000000; // of a PDF
  const result = document.getElementById("receipt-result");
  const form = document.getElementById("receipt-form");
  const texts = JSON.parse(result.dataset.texts);

  // Something that was given and is no receipt at all; `reason` names the sentence about it.
  class Unread extends Error {
    constructor(reason) { super(reason); this.reason = reason; }
  }

  const show = (template, fill) => {
    const shown = document.getElementById(template).content.cloneNode(true);
    for (const place of shown.querySelectorAll("[data-fill]")) {
      const text = fill[place.dataset.fill];
      if (text) place.textContent = text;
      else place.remove();
    }
    return shown;
  };

  const clock = new Intl.DateTimeFormat(result.dataset.locale, {
    dateStyle: "long", timeStyle: "medium", timeZone: "Asia/Shanghai",
  });
  const readable = (at) => texts.at.replace("{at}", clock.format(new Date(at)));

  // `expected` is the number of the notice beside which the proof stood, if it stood beside one.
  const proven = (found, expected) => {
    const isAnother = Boolean(expected) && expected !== found.id;
    const [sentence] = Receipts.sentence(found, texts).split("\n");
    const shown = show("receipt-proven", {
      sentence,
      same: texts[found.statement ? "same_text" : "same_entry"].replace("{at}", readable(found.at)),
      statement: found.statement,
      id: Receipts.printed(found.id),
      at: readable(found.at),
      other: isAnother && texts.other
        .replace(/\{proven\}/g, Receipts.printed(found.id))
        .replace(/\{shown\}/g, Receipts.printed(expected)),
    });
    const link = shown.querySelector("a");
    link.setAttribute("href", link.getAttribute("href").replace("_", found.id));
    if (found.id === result.dataset.notice) link.remove(); // it stands below
    if (isAnother) {
      shown.querySelector(".status-box").classList.add("of-another");
      shown.querySelector(".status-line").remove();
    }
    return shown;
  };

  // The notice as its own page tells it now: the box with its status, in the language of this one.
  const presentStatus = async (id) => {
    if (!navigator.onLine) return null;
    try {
      const reply = await fetch(`/notices/${id}${location.search}`);
      if (!reply.ok) return null;
      const page = new DOMParser().parseFromString(await reply.text(), "text/html");
      return document.importNode(page.querySelector("main > .status-box"), true);
    } catch { // nobody answers
      return null;
    }
  };

  // Beside the notice its status stands above already; elsewhere it is asked for, by the number alone.
  const proofOf = async (found, expected) => {
    const shown = proven(found, expected);
    if (found.id === result.dataset.notice) {
      document.getElementById("receipt-shown").replaceChildren(shown);
      return show("receipt-matched", {});
    }
    if (expected && expected !== found.id) return shown;
    shown.prepend((await presentStatus(found.id)) || show("receipt-unasked", {}));
    return shown;
  };

  let asked = 0;

  // Checks what `give` brings, { content, expected, onPaper }, and says so; the newest question counts.
  const check = async (give) => {
    const turn = asked += 1;
    const typed = document.getElementById("receipt-key");
    let shown;
    try {
      const { content, expected, onPaper } = await give();
      const key = typed ? typed.value.trim() : result.dataset.key;
      const found = await Receipts.verify(content, key);
      shown = await proofOf({ ...found, onPaper }, expected);
    } catch (problem) {
      if (problem instanceof Receipts.Refused) {
        shown = show("receipt-refused", { reason: texts[problem.reason] });
      } else if (problem instanceof Unread) {
        shown = show("receipt-unread", { reason: texts[problem.reason] });
      } else {
        console.error(problem);
        shown = show("receipt-refused", { reason: texts.unreadable });
      }
    }
    if (turn !== asked) return;
    const matched = Boolean(shown.querySelector("a[href='#proof']"));
    if (!matched) document.getElementById("receipt-shown")?.replaceChildren();
    result.replaceChildren(shown);
    if (matched) return; // whoever scanned a notice sees its status, and reads on from there
    result.focus();
    result.scrollIntoView({ block: "nearest" });
  };

  // What was scanned or pasted: an address with a proof in it, or a proof or receipt itself. Who
  // copies a text often loses the newline at its end, which belongs to a proof.
  const fromText = (typed) => {
    let text = typed.trim();
    if (!text) throw new Unread("nothing");
    let expected = "";
    const at = text.indexOf(MARK);
    if (at >= 0) {
      const beside = /\/notices\/([0-9]{14})(?:[?#]|$)/.exec(text.slice(0, at));
      if (beside) expected = beside[1];
      try {
        text = decodeURIComponent(text.slice(at + MARK.length));
      } catch {
        throw new Receipts.Refused("unreadable_proof");
      }
    }
    if (text.startsWith(Receipts.FIRST_LINE)) text = `${text.trim()}\n`;
    return { content: new TextEncoder().encode(text), expected };
  };

  const inflated = async (bytes) => {
    if (!window.DecompressionStream) throw new Unread("no_inflating");
    try {
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
      return new Uint8Array(await new Response(stream).arrayBuffer());
    } catch { // damaged
      return new Uint8Array();
    }
  };

  // The tlog-proof that is attached to a PDF. Streams of a PDF lie in it as they are, each behind
  // a dictionary that tells its kind and its length.
  const attached = async (pdf) => {
    const text = new TextDecoder("latin1").decode(pdf);
    for (const found of text.matchAll(/\bstream\r?\n/g)) {
      const head = text.slice(text.lastIndexOf(" obj", found.index), found.index);
      const length = /\/Length (\d+)\b(?! \d+ R)/.exec(head);
      if (!/\/EmbeddedFile\b/.test(head) || !length) continue;
      const start = found.index + found[0].length;
      const body = pdf.slice(start, start + Number(length[1]));
      const content = head.includes("/FlateDecode") ? await inflated(body) : body;
      if (Receipts.isProofText(content)) return content;
    }
    throw new Unread("no_attachment");
  };

  const fromFile = async (file) => {
    if (!file) throw new Unread("nothing");
    if (file.size > MOST_BYTES) throw new Receipts.Refused("too_large");
    const content = new Uint8Array(await file.arrayBuffer());
    const isPdf = "%PDF-".split("").every((char, at) => content[at] === char.charCodeAt(0));
    return { content: isPdf ? await attached(content) : content, expected: "", onPaper: isPdf };
  };

  // The proof in the address of a notice is checked at once.
  const fromAddress = () => {
    if (!result.dataset.notice || !location.hash.startsWith(MARK)) return;
    check(() => ({ ...fromText(location.hash), expected: result.dataset.notice }));
  };
  fromAddress();
  window.addEventListener("hashchange", fromAddress);

  if (form) {
    const [file, text] = ["file", "text"].map((name) => document.getElementById(`receipt-${name}`));
    form.hidden = false;
    document.getElementById("receipt-without").hidden = true;
    // What was given last is checked again by the button, with another key perhaps.
    const typed = () => fromText(text.value);
    let last = typed;
    file.addEventListener("change", () => {
      last = () => fromFile(file.files[0]);
      check(last);
    });
    text.addEventListener("input", () => { last = typed; });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      check(last);
    });
  }
}

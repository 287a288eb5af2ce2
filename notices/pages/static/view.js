// The view for elders: switched without losing what was typed, and read aloud by the browser's own voice.
"use strict";

const root = document.documentElement;
const view = document.querySelector("form.view");
const aloud = document.querySelector(".aloud");
const voice = window.speechSynthesis;

if (view) {
  const button = view.querySelector("button");
  view.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(view, button));
    // Where that leads is this very page: it is not asked for once more.
    const sent = { method: "POST", body, redirect: "manual" };
    const answer = await fetch(view.action, sent).catch(() => null);
    if (answer?.type !== "opaqueredirect") {
      // Refused: sent as a form, which carries no button, its page says why.
      const chosen = document.createElement("input");
      Object.assign(chosen, { type: "hidden", name: button.name, value: button.value });
      view.append(chosen);
      view.submit();
      return;
    }
    const elder = root.classList.toggle("elder");
    button.value = elder ? "usual" : "elder";
    button.textContent = elder ? view.dataset.usual : view.dataset.elder;
    if (!elder && voice) voice.cancel();
  });
}

if (voice && window.SpeechSynthesisUtterance && aloud) {
  const BLOCKS = "h1,h2,h3,p,li,dt,dd,th,td,caption,legend,label,summary,button,div,section";
  const button = aloud.querySelector("button");
  const [read, stop] = [button.textContent, button.dataset.stop];
  aloud.hidden = false;

  // What is seen of the page, piece by piece, each with its language; numbers figure by figure.
  const pieces = () => {
    const found = [];
    let last = null;
    const texts = document.createTreeWalker(document.getElementById("main"), NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const { data, parentElement: around } = texts.currentNode;
      if (!data.trim() || aloud.contains(around) || !seen(around)) continue;
      const block = around.closest(BLOCKS);
      const text = around.closest(".number") ? Array.from(data.trim()).join(" ") : data.trim();
      if (block === last) found[found.length - 1].text += ` ${text}`;
      else found.push({ text, lang: around.closest("[lang]").lang });
      last = block;
    }
    return found;
  };
  const seen = (element) => (
    element.checkVisibility ? element.checkVisibility() : element.getClientRects().length > 0
  ) && !element.closest("script,template,select,textarea,[aria-hidden=true],.visually-hidden");
  const silent = () => {
    voice.cancel();
    button.textContent = read;
  };
  button.addEventListener("click", () => {
    if (button.textContent === stop) {
      silent();
      return;
    }
    voice.cancel();
    const utterances = pieces().map(({ text, lang }) => {
      const utterance = new SpeechSynthesisUtterance(text);
      utterance.lang = lang;
      utterance.rate = 0.9;
      return utterance;
    });
    if (!utterances.length) return;
    utterances[utterances.length - 1].addEventListener("end", silent);
    button.textContent = stop;
    utterances.forEach((utterance) => voice.speak(utterance));
  });
  // Browsers go on reading a page that was left.
  window.addEventListener("pagehide", silent);
}

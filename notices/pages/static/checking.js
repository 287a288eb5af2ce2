// Makes checking quick where scripts run: the next number can be typed at once, what was scanned
// goes where it belongs, and a slip is printed by one press.
"use strict";

{
  const form = document.getElementById("check");
  const number = document.getElementById("number") || document.getElementById("numbers");
  const answer = document.getElementById("answer");

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  // A keyboard is there: what is typed now is the next number. On a phone its keys would hide the
  // answer. Whoever hears the page is told the answer as what describes the box.
  if (number && answer) {
    const told = document.createElement("span");
    told.id = "answer-told";
    told.className = "visually-hidden";
    const said = answer.querySelector(".doubt, .status-line") || answer;
    told.textContent = said.textContent.replace(/\s+/g, " ").trim();
    form.append(told);
    number.setAttribute("aria-describedby", `answer-told ${number.getAttribute("aria-describedby") || ""}`.trim());
  }
  const ready = () => {
    const keyboard = window.matchMedia("(hover: hover) and (pointer: fine)").matches;
    if (!number || location.hash || !keyboard || document.querySelector(".error-summary")) return;
    number.focus({ preventScroll: true });
    if (answer) number.select();
  };
  ready();
  window.addEventListener("pageshow", (event) => { if (event.persisted) ready(); });

  // What belongs elsewhere, by its kind; true where it was taken there. An address of another site
  // is never opened.
  const brought = (text) => {
    const found = /#(answer|proof)=\S[^]*/.exec(text);
    const notice = /\/notices\/([0-9]{14})(?![0-9])/.exec(text);
    const rest = found && found[0].replace(/\s/g, ""); // a long address is pasted in pieces
    if (found && found[1] === "answer") {
      if (!window.DecompressionStream) return false; // the site reads it for an old browser
      document.dispatchEvent(new CustomEvent("answer-given", { detail: rest.slice("#answer=".length) }));
      return true;
    }
    if (found && notice) {
      location.assign(`/notices/${notice[1]}${location.search}${rest}`);
      return true;
    }
    const receipt = document.getElementById("receipt-text");
    if (receipt && (found || text.startsWith("c2sp.org/tlog-proof") || (/^\{/.test(text) && /"checkpoint"/.test(text)))) {
      receipt.value = text;
      receipt.dispatchEvent(new Event("input"));
      document.getElementById("receipt-form").requestSubmit();
      return true;
    }
    return false;
  };
  if (form && document.getElementById("answer-result")) {
    form.addEventListener("submit", (event) => {
      if (brought(number.value.trim())) event.preventDefault();
    });
    // The box would lose the ends of a proof's lines, which belong to it.
    number.addEventListener("paste", (event) => {
      const text = event.clipboardData.getData("text").trim();
      if (text.includes("\n") && brought(text)) event.preventDefault();
    });
  }

  const button = document.getElementById("scan");
  if (button) {
    const told = document.getElementById("scan-told");
    const say = (name, text = "") => { told.textContent = (told.dataset[name] || "").replace("{text}", () => text); };
    const take = (text) => {
      const address = /^https?:\/\/[^\s]+$/i.test(text) && URL.canParse(text) ? new URL(text) : null;
      const ours = address && address.host === location.host;
      if (address && !ours) {
        say("foreign", text.slice(0, 200));
        return;
      }
      if (brought(text)) return;
      if (ours && /^\/notices\/[0-9]{14}$/.test(address.pathname)) {
        location.assign(address.pathname + location.search);
        return;
      }
      say("filled");
      number.value = text.trim().slice(0, number.maxLength);
      number.focus();
    };
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        const { scan } = await import(button.dataset.module);
        await scan({ reader: button.dataset.reader, button, say, take });
      } catch (problem) { // the reader did not come
        console.error(problem);
        say("failed");
      }
    });
  }
}

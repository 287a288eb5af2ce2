// Says in time that the session ends, and lets it last longer; every page works without.
"use strict";

const dialog = document.getElementById("session-ending");
if (dialog && dialog.showModal) {
  const WARNED = 5 * 60;
  const told = document.getElementById("session-told");
  const extend = document.getElementById("session-extend");
  let end = Date.now() + Number(document.body.dataset.left) * 1000;
  let longest = Date.now() + Number(document.body.dataset.longest) * 1000;
  let warned = false;
  const left = () => (end - Date.now()) / 1000;

  // What a page says of the session as it is now: another window may have let it last longer.
  const ask = async (method) => {
    const answer = await fetch("/session", { method, cache: "no-store" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok) throw new Error(`session: ${answer.status}`);
    const said = page.body.dataset;
    end = Date.now() + Number(said.left || 0) * 1000;
    longest = Date.now() + Number(said.longest || 0) * 1000;
  };
  const say = (text) => {
    told.textContent = text;
    told.classList.add("note-box");
    told.scrollIntoView({ block: "nearest" });
  };
  const look = async () => {
    if (left() > WARNED) {
      warned = false;
      return;
    }
    if (!warned) await ask("GET").catch(() => {});
    if (left() <= 0) {
      if (dialog.open) dialog.close();
      say(told.dataset.ended);
    } else if (left() <= WARNED && !warned) {
      warned = true;
      extend.hidden = longest - end < 60_000;
      if (!dialog.open) dialog.showModal();
    }
  };
  const longer = async (event) => {
    event.preventDefault();
    await ask("POST").catch(() => {});
    if (dialog.open) dialog.close();
    if (left() > WARNED) say(told.dataset.extended);
    else look();
  };
  extend.addEventListener("click", longer);
  // An app's web view has no second window, and what was typed must not go with the first.
  for (const link of document.querySelectorAll(".until a[data-here]")) {
    link.removeAttribute("target");
    link.textContent = link.dataset.here;
    link.addEventListener("click", longer);
  }
  document.getElementById("session-close").addEventListener("click", () => dialog.close());
  setInterval(look, 10_000);
  // A computer that slept, or a page that Back brought again.
  for (const event of ["visibilitychange", "pageshow"]) window.addEventListener(event, look);
}

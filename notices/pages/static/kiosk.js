// A terminal in a hall: asks whether somebody is still there, forgets them when nobody is, and
// leaves no page behind to which the next one could go back.
"use strict";

{
  const idle = Number(document.documentElement.dataset.idle) * 1000;
  const warned = Math.min(15_000, idle / 2);
  const dialog = document.getElementById("kiosk-idle");
  const left = document.getElementById("kiosk-left");
  const elder = document.documentElement.classList.contains("elder");
  const start = location.pathname === "/kiosk" && !location.search && !elder; // nothing to forget
  let touched = Date.now();

  const touch = () => {
    touched = Date.now();
    if (dialog.open) dialog.close();
  };
  const reset = () => location.replace("/kiosk/reset");

  for (const event of ["pointerdown", "keydown", "wheel", "touchmove"]) {
    window.addEventListener(event, touch, { passive: true });
  }
  document.getElementById("kiosk-stay").addEventListener("click", touch);
  setInterval(() => {
    const rest = touched + idle - Date.now();
    if (start) return;
    if (rest <= 0) reset();
    else if (rest <= warned) {
      left.textContent = String(Math.ceil(rest / 1000));
      if (!dialog.open) dialog.showModal();
    }
  }, 500);

  // The page of somebody who went is never shown from the browser's memory.
  window.addEventListener("pageshow", (event) => { if (event.persisted) reset(); });

  // Each page takes the place of the one before.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || link.getAttribute("href").startsWith("#")) return;
    event.preventDefault();
    location.replace(link.href);
  });
  document.addEventListener("submit", async (event) => {
    const { target: form, submitter } = event;
    if (event.defaultPrevented) return;
    event.preventDefault();
    const data = new FormData(form, submitter);
    const address = new URL((submitter && submitter.getAttribute("formaction")) || form.action);
    const body = new URLSearchParams(data);
    if (form.method === "get") {
      for (const [name, value] of body) if (value !== "") address.searchParams.set(name, value);
      location.replace(address);
      return;
    }
    const answer = await fetch(address, { method: "POST", body, cache: "no-store" }).catch(() => null);
    if (answer && answer.redirected) location.replace(answer.url);
    else form.submit(); // what went wrong is said by the page of it
  });
}

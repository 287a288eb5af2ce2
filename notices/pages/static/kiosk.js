// A terminal in a hall: asks whether somebody is still there, forgets them when nobody is, and
// leaves no page behind to which the next one could go back.
"use strict";

{
  const idle = Number(document.documentElement.dataset.idle) * 1000;
  const warned = 20_000; // the least that anybody needs to answer (WCAG 2.2, 2.2.1)
  const dialog = document.getElementById("kiosk-idle");
  const left = document.getElementById("kiosk-left");
  let touched = Date.now();

  // The start page as everybody finds it; the view for elders may have been switched on there.
  const forgotten = () => location.pathname === "/kiosk" && !location.search
    && !document.documentElement.classList.contains("elder");
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
    if (window.speechSynthesis?.speaking) touch(); // somebody listens
    const rest = touched + idle - Date.now();
    if (forgotten()) return;
    if (rest <= 0) reset();
    else if (rest <= warned) {
      left.textContent = String(Math.ceil(rest / 1000));
      if (!dialog.open) dialog.showModal();
    }
  }, 500);

  // Whoever goes back or forward here goes to a page of somebody before.
  window.addEventListener("pageshow", (event) => {
    const [came] = performance.getEntriesByType("navigation");
    if (event.persisted || (came && came.type === "back_forward")) reset();
  });

  // Each page takes the place of the one before, a place within a page too, and whatever a script
  // leads to where the browser tells of it.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented) return;
    event.preventDefault();
    location.replace(link.href);
  });
  window.navigation?.addEventListener("navigate", (event) => {
    if (event.navigationType !== "push" || !event.cancelable || event.formData) return;
    event.preventDefault();
    location.replace(event.destination.url);
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
    if (answer && answer.redirected) {
      location.replace(answer.url);
      return;
    }
    // What went wrong is said by the page of it; behind it lies the start.
    history.replaceState(null, "", "/kiosk");
    form.submit();
  });
}

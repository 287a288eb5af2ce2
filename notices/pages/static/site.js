// Improves the pages where scripts run; every page works without.
"use strict";

// The error summary is read first.
const summary = document.querySelector(".error-summary");
if (summary) summary.focus();

// Narrow the list of certificates while somebody types.
const filter = document.querySelector("form[data-filter]");
if (filter) {
  const input = filter.querySelector("input[type=search]");
  const list = document.getElementById(filter.dataset.filter);
  const none = document.querySelector(".none");
  const items = list ? Array.from(list.children) : [];
  const elsewhere = document.getElementById("elsewhere");
  const narrow = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const item of items) {
      const text = item.dataset.words.toLowerCase();
      item.hidden = !words.every((word) => text.includes(word));
      if (!item.hidden) shown += 1;
    }
    // What is declared elsewhere is told with where; then it is not that nothing was found.
    const typed = words.join("");
    const known = elsewhere && typed.length > 1 && Array.from(elsewhere.querySelectorAll("li")).filter((item) => {
      const found = item.dataset.words.toLowerCase().split("|").some((word) => typed.includes(word) || word.includes(typed));
      item.dataset.found = found;
      return found;
    }).length > 0;
    if (elsewhere) for (const item of elsewhere.querySelectorAll("li")) item.hidden = known && item.dataset.found !== "true";
    if (elsewhere && (known || shown === 0)) elsewhere.open = known;
    none.hidden = shown > 0 || known;
  };
  input.addEventListener("input", narrow);
  filter.addEventListener("submit", (event) => {
    if (list?.querySelector("li:not([hidden])")) event.preventDefault();
  });
}

// Which copy, and which paper, is asked only where a certificate has several.
const kind = document.querySelector("select[data-copies]");
const copies = document.getElementById("copy-group");
if (kind && copies) {
  const labels = copies.querySelectorAll("label");
  const only = (field, shown) => {
    field.closest(".field").hidden = !shown;
    if (!shown) field.value = "";
  };
  const ask = () => {
    const { parts, documents } = kind.selectedOptions[0].dataset;
    copies.hidden = !parts;
    if (parts) parts.split("|").forEach((part, place) => { labels[place + 1].textContent = part; });
    else copies.querySelector("input").checked = true;
    only(document.getElementById("copy_number"), parts && !copies.querySelector("[value=original]").checked);
    const paper = document.getElementById("document");
    only(paper, documents !== undefined);
    for (const group of paper.querySelectorAll("optgroup")) group.hidden = group.dataset.of !== kind.value;
  };
  kind.addEventListener("change", ask);
  copies.addEventListener("change", ask);
  ask();
}

// A second press changes nothing on the server; here it is not even sent.
for (const button of document.querySelectorAll("button[data-once]")) {
  let pressed = false;
  button.form.addEventListener("submit", (event) => {
    if (event.submitter !== button) return;
    if (pressed) event.preventDefault();
    pressed = true;
    button.setAttribute("aria-disabled", "true");
  });
  window.addEventListener("pageshow", () => { pressed = false; button.removeAttribute("aria-disabled"); });
}

// What was left empty does not belong into an address that somebody may pass on.
for (const form of document.querySelectorAll("form[method=get]")) {
  form.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of Array.from(formData)) if (value === "") formData.delete(name);
  });
}

// The browser's own menu prints as well; a button is nearer.
const printing = document.getElementById("print");
if (printing) {
  printing.hidden = false;
  printing.addEventListener("click", () => window.print());
}

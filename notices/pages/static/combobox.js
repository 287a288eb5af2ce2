// Completes what is typed into the search: an "editable combobox with list autocomplete" of the
// WAI-ARIA Authoring Practices. Where this does not run, the box is a plain one.

const FEWEST_CHARACTERS = 2;
const PAUSE = 200; // milliseconds without a key before anything is asked
const NONE = -1, LAST = -2;

class Combobox {
  constructor(input) {
    this.input = input;
    this.list = document.getElementById(input.dataset.suggestions);
    this.status = document.getElementById(input.dataset.suggestions + "-status");
    this.suggestions = [];
    this.active = NONE;
    this.asking = new AbortController();

    for (const [name, value] of Object.entries({
      "role": "combobox",
      "aria-autocomplete": "list",
      "aria-haspopup": "listbox",
      "aria-expanded": "false",
      "aria-controls": this.list.id,
    })) input.setAttribute(name, value);

    input.addEventListener("input", (event) => this.typed(event.isComposing));
    // The letters of an unfinished pinyin are no query, and Chinese is complete only here.
    input.addEventListener("compositionstart", () => this.close());
    input.addEventListener("compositionend", () => this.typed(false));
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.close());
    input.form.addEventListener("submit", () => this.close());
    // Pressing an option must not take the focus: the list would close under the finger.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose(Array.from(this.list.children).indexOf(option));
    });
  }

  get open() { return !this.list.hidden; }

  get text() { return this.input.value.trim(); }

  typed(composing) {
    this.forget();
    this.activate(NONE);
    if (composing) return;
    if (this.text.length < FEWEST_CHARACTERS) this.close();
    else this.waiting = setTimeout(() => this.ask(), PAUSE);
  }

  // What was asked before is of no interest any more, whenever its answer comes.
  forget() {
    clearTimeout(this.waiting);
    this.asking.abort();
    this.asking = new AbortController();
  }

  async ask(then = NONE) {
    this.forget();
    const { signal } = this.asking;
    let suggestions = [];
    try {
      const query = new URLSearchParams({ q: this.text });
      const answer = await fetch("/api/v1/suggestions?" + query, { signal });
      if (answer.ok) ({ suggestions } = await answer.json());
    } catch { /* Who types on finds without help too. */ }
    if (!signal.aborted) this.show(suggestions, then);
  }

  show(suggestions, then) {
    if (!suggestions.length) this.close();
    this.suggestions = suggestions;
    this.list.replaceChildren(...suggestions.map((suggestion, place) => this.option(suggestion, place)));
    this.status.textContent = suggestions.length
      ? this.status.dataset.some.replace("{n}", suggestions.length)
      : this.status.dataset.none;
    if (!suggestions.length) return;
    if (!this.open) this.reveal();
    this.activate(then === LAST ? suggestions.length - 1 : then);
  }

  reveal() {
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    // A phone's keyboard leaves hardly any room below the box, unless the box is at the top.
    const { height, offsetTop } = window.visualViewport;
    if (matchMedia("(pointer: coarse)").matches
        && this.list.getBoundingClientRect().bottom > height + offsetTop) {
      this.input.scrollIntoView({ block: "start" });
    }
  }

  option({ kind, text }, place) {
    const option = document.createElement("li");
    const [name, value] = [document.createElement("span"), document.createElement("span")];
    option.id = `${this.list.id}-${place}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    name.className = "kind";
    name.textContent = this.list.dataset[kind] ?? "";
    value.lang = "zh-CN"; // on an English page as well
    value.textContent = text;
    option.append(name, " ", value);
    return option;
  }

  close() {
    this.forget();
    this.activate(NONE);
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.status.textContent = "";
  }

  activate(place) {
    this.list.children[this.active]?.setAttribute("aria-selected", "false");
    this.active = place;
    const option = this.list.children[place];
    if (!option) return this.input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  key(event) {
    // An input method has its own use for these keys; Safari ends composing before it says Enter.
    if (event.isComposing || event.keyCode === 229) return;
    switch (event.key) {
      case "ArrowDown": return this.move(event, 1);
      case "ArrowUp": return this.move(event, -1);
      case "Enter":
        if (this.active === NONE) return this.close();
        event.preventDefault();
        return this.choose(this.active);
      case "Escape":
        if (!this.open) return undefined;
        event.preventDefault(); // a browser would empty the box
        return this.close();
      case "ArrowLeft": case "ArrowRight": case "Home": case "End":
        return this.activate(NONE); // the browser moves the caret
      default: return undefined;
    }
  }

  move(event, by) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (this.text.length < FEWEST_CHARACTERS) return;
    event.preventDefault();
    if (event.altKey) {
      if (by < 0) this.close();
      else if (!this.open) this.ask();
    } else if (!this.open) {
      this.ask(by > 0 ? 0 : LAST);
    } else {
      const { length } = this.suggestions;
      const from = this.active === NONE && by < 0 ? 0 : this.active;
      this.activate((from + by + length) % length);
    }
  }

  choose(place) {
    const { kind, text, id } = this.suggestions[place];
    const { form } = this.input;
    this.close();
    if (kind === "certificate" && id) {
      this.input.value = ""; // else the back button would bring half a word
      this.go(form, "", { certificate: id });
    } else if (kind === "number" && id) {
      this.go(form, "/" + id);
    } else {
      this.input.value = text;
      form.requestSubmit();
    }
  }

  go(form, path, pairs = {}) {
    const address = new URL(form.action);
    address.pathname += path;
    const language = new FormData(form).get("lang");
    address.search = new URLSearchParams(language ? { ...pairs, lang: language } : pairs);
    location.assign(address);
  }
}

for (const input of document.querySelectorAll("input[data-suggestions]")) new Combobox(input);

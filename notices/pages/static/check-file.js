// Sends a file with progress, says what it came to, and hands over the answers; without scripts
// the form sends it too.
"use strict";

{
  const form = document.getElementById("check-file");
  const at = (name) => document.getElementById(`check-${name}`);
  const [progress, told, bar, failed, done] = ["progress", "told", "bar", "failed", "done"].map(at);
  const key = document.getElementById("key");
  const file = document.getElementById("file");
  const words = at("words").content;
  if (key) document.getElementById("key-field").hidden = false;
  let addresses = [];

  const show = (part) => {
    for (const each of [progress, failed, done]) each.hidden = each !== part;
    form.querySelector("button").disabled = part === progress;
  };
  const fail = (sentences) => {
    failed.replaceChildren(...sentences.map((text) => {
      const line = document.createElement("p");
      line.textContent = text;
      return line;
    }));
    show(failed);
  };
  const save = (link, content) => {
    const address = URL.createObjectURL(content);
    addresses.push(address);
    link.href = address;
  };
  const rows = (body, counts) => body.replaceChildren(...counts.map(([text, count]) => {
    const row = document.createElement("tr");
    const name = document.createElement("th");
    name.scope = "row";
    name.textContent = text;
    const number = document.createElement("td");
    number.className = "number";
    number.textContent = count.toLocaleString();
    row.append(name, number);
    return row;
  }));
  const named = (kind, counts) => Object.entries(counts).map(([code, count]) => {
    const known = words.querySelector(`[data-${kind}="${code}"]`);
    return [known ? known.textContent : code, count];
  });

  const finish = async (request, headers, name) => {
    const link = /<([^>]+)>; rel="summary"/.exec(request.getResponseHeader("Link") || "");
    // Its path alone: the page may have been reached by another name of the site.
    const answer = await fetch(new URL(link[1]).pathname, { headers, cache: "no-store" });
    if (!answer.ok) throw new Error(`summary: ${answer.status}`);
    const text = await answer.text();
    const found = JSON.parse(text);
    const { rows: all, problems } = at("statuses").dataset;
    rows(at("statuses"), [
      [all, found.rows], ...named("status", found.by_status), [problems, found.problems],
    ]);
    rows(at("problems"), named("problem", found.by_problem));
    at("problems-table").hidden = !found.problems;
    save(at("summary"), new Blob([text], { type: "application/json" }));
    at("summary").download = "summary.json";
    const download = at("download");
    save(download, request.response);
    download.download = `${name.replace(/\.[^.]*$/, "")}-answers.csv`;
    show(done);
    at("done-title").focus();
  };

  const refused = async (content) => {
    try {
      const problem = JSON.parse(await content.text());
      const errors = (problem.errors || []).map((each) => each.message).filter(Boolean);
      fail(errors.length ? errors : [problem.detail || problem.title]);
    } catch {
      fail([told.dataset.lost]);
    }
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    addresses.forEach(URL.revokeObjectURL);
    addresses = [];
    const headers = { Accept: "text/csv", "Accept-Language": document.documentElement.lang };
    if (key && key.value.trim()) headers.Authorization = `Bearer ${key.value.trim()}`;
    const { name } = file.files[0]; // another may be chosen meanwhile
    const request = new XMLHttpRequest();
    request.open("POST", form.dataset.address);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.responseType = "blob";
    told.textContent = told.dataset.sending;
    bar.value = 0;
    request.upload.onprogress = ({ loaded, total }) => { bar.value = (100 * loaded) / total; };
    request.upload.onload = () => {
      told.textContent = told.dataset.checking;
      bar.removeAttribute("value");
    };
    request.onerror = () => fail([told.dataset.lost]);
    request.onabort = () => fail([told.dataset.stopped]);
    request.onload = () => {
      if (request.status !== 200) refused(request.response);
      else finish(request, headers, name).catch(() => fail([told.dataset.lost]));
    };
    at("stop").onclick = () => request.abort();
    show(progress);
    request.send(new FormData(form));
  });
}

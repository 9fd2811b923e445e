/* The list of people: searches, filters and pages at once, and keeps who is ticked until
   the tab is closed. Without this script, the form does it page by page. */
(() => {
  "use strict";
  const KEPT = "picked";
  const REST = 200;
  const NAMED = 6;
  const form = document.getElementById("people-list");
  if (!form) return;
  const found = document.getElementById("found");
  const bar = form.querySelector(".pick-bar");
  const [predict, untick] = bar.querySelectorAll("button");
  const names = bar.querySelector("p");

  const kept = () => {
    try {
      return JSON.parse(sessionStorage.getItem(KEPT)) ?? [];
    } catch {
      return [];
    }
  };
  const named = [...form.querySelectorAll('[name="users"]')];
  const picked = new Set(kept());
  for (const box of named) if (box.type === "hidden" || box.checked) picked.add(box.value);

  const hidden = (handle) => {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "users";
    field.value = handle;
    return field;
  };

  const show = () => {
    found.querySelectorAll('input[type="hidden"]').forEach((field) => field.remove());
    const boxes = [...found.querySelectorAll('input[name="users"]')];
    boxes.forEach((box) => (box.checked = picked.has(box.value)));
    const here = new Set(boxes.map((box) => box.value));
    found.prepend(...[...picked].filter((handle) => !here.has(handle)).map(hidden));
    bar.hidden = picked.size === 0;
    predict.textContent = `Predict with ${picked.size} ${picked.size === 1 ? "person" : "people"}`;
    const more = picked.size - NAMED;
    const first = [...picked].slice(0, NAMED).map((handle) => `@${handle}`);
    names.textContent = first.join(", ") + (more > 0 ? ` and ${more} more` : "");
    sessionStorage.setItem(KEPT, JSON.stringify([...picked]));
  };

  let asked = 0;
  const load = async (page) => {
    const query = new URLSearchParams(new FormData(form));
    query.delete("users");
    if (page) query.set("page", page);
    for (const [key, value] of [...query]) if (!value) query.delete(key);
    const address = `${location.pathname}${query.size ? `?${query}` : ""}`;
    const number = ++asked;
    try {
      const answer = await fetch(address);
      const text = await answer.text();
      if (number !== asked) return;
      const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("found");
      found.replaceChildren(...fresh.childNodes);
      history.replaceState(null, "", address);
      show();
      if (page) form.scrollIntoView();
    } catch {
      location.assign(address);
    }
  };

  let timer = 0;
  form.addEventListener("input", (event) => {
    if (event.target.name !== "q") return;
    clearTimeout(timer);
    timer = setTimeout(load, REST);
  });
  form.addEventListener("change", (event) => {
    const { name, value, checked } = event.target;
    if (name === "users") {
      if (checked) picked.add(value);
      else picked.delete(value);
      show();
    } else if (name !== "q") load();
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter === predict) {
      /* Home is asked about people, not about the list. */
      const fields = [...form.querySelectorAll("search [name]")];
      fields.forEach((field) => (field.disabled = true));
      setTimeout(() => fields.forEach((field) => (field.disabled = false)));
      return;
    }
    event.preventDefault();
    clearTimeout(timer);
    load(event.submitter?.name === "page" ? event.submitter.value : "");
  });
  untick.addEventListener("click", () => {
    picked.clear();
    show();
  });
  /* From the cache of the browser, with ticks of a later page. */
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    kept().forEach((handle) => picked.add(handle));
    show();
  });
  show();
})();

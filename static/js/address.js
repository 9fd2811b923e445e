/* Keeps the question in the address, so that reloading, Back and bookmarks bring it back:
   people and options in the query, the text behind the #, where no server sees it. */
(() => {
  "use strict";
  const REST = 350;
  const form = document.getElementById("question");
  if (!form) return;
  const box = document.getElementById("id_text");
  const people = document.getElementById("people");
  const isHome = location.pathname === form.dataset.home;

  const written = () => {
    const query = new URLSearchParams();
    const asked = new FormData(form);
    const picked = asked.getAll("users");
    const before = new URLSearchParams(location.search).getAll("users");
    const isSame = before.length === picked.length && picked.every((who) => before.includes(who));
    (isSame ? before : picked).forEach((handle) => query.append("users", handle));
    if (asked.has("style_only")) query.set("style_only", "on");
    const engine = document.getElementById("id_engine");
    if (engine && engine.selectedIndex > 0) query.set("engine", engine.value);
    const text = box.value.trim() ? `#text=${encodeURIComponent(box.value)}` : "";
    return `${form.dataset.home}${query.size ? `?${query}` : ""}${text}`;
  };

  const read = () => {
    const found = /^#text=(.*)$/s.exec(location.hash);
    if (!found) return null;
    try {
      return decodeURIComponent(found[1]);
    } catch {
      return null;
    }
  };

  let timer = 0;
  const write = () => {
    clearTimeout(timer);
    timer = 0;
    try {
      history.replaceState(history.state, "", written());
    } catch {
      /* Some browsers allow only so many changes a minute; the next one will do. */
    }
  };
  /* Not at each key: browsers count. */
  const later = () => {
    if (!timer && !("showing" in form.dataset)) timer = setTimeout(write, REST);
  };

  const restore = () => {
    const text = read();
    if (text === null || text === box.value) return;
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };

  box.addEventListener("input", later);
  people.addEventListener("change", later);
  for (const id of ["id_style_only", "id_engine"])
    document.getElementById(id)?.addEventListener("change", later);
  /* Before the page is left for another. */
  for (const way of ["click", "submit"])
    document.addEventListener(way, () => timer && write(), { capture: true });
  /* A link within the page took the place of the text, or another address came in. */
  window.addEventListener("hashchange", () => (read() === null ? box.value && write() : restore()));

  /* "Try another": the same people, and the next key replaces the text. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.try-another");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    box.focus();
    box.select();
  });

  const start = () => {
    if (isHome) restore();
    if (box.value.trim()) write();
  };
  /* Once browsers have filled in what the form held before. */
  document.addEventListener("DOMContentLoaded", start);
  window.addEventListener("pageshow", (event) => event.persisted && start());
})();

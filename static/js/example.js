/* Types an example once, so that the first look at the page shows an answer. The first
   touch or key stops it; whoever goes to the box finds it empty. */
(() => {
  "use strict";
  const BEFORE = 1200;
  const KEY = 55;
  const box = document.querySelector("textarea[data-example]");
  if (!box || box.value || location.hash) return;
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  if (sessionStorage.getItem("example")) return;
  const { form } = box;
  const hint = document.querySelector("#text-help span");
  const usual = hint.textContent;
  const letters = [...box.dataset.example];
  let timer = 0;

  const put = (text) => {
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const type = () => {
    put(box.value + letters.shift());
    if (letters.length) timer = setTimeout(type, KEY);
  };
  const stop = () => {
    clearTimeout(timer);
    for (const way of ["pointerdown", "keydown", "focusin"]) document.removeEventListener(way, stop, true);
  };
  const end = () => {
    stop();
    hint.textContent = usual;
    delete form.dataset.showing;
    box.removeEventListener("focus", clear);
    document.getElementById("people").removeEventListener("change", end);
  };
  const clear = () => {
    end();
    if (box.value) put("");
  };

  for (const way of ["pointerdown", "keydown", "focusin"]) document.addEventListener(way, stop, true);
  box.addEventListener("focus", clear);
  document.getElementById("people").addEventListener("change", end);
  timer = setTimeout(() => {
    if (box.value) return;
    sessionStorage.setItem("example", "shown");
    form.dataset.showing = "";
    hint.textContent = "An example. Go on with one of your own.";
    type();
  }, BEFORE);
})();

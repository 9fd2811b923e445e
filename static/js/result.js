/* Shares the result of a daily ten, where the browser can, and copies it. */
(() => {
  "use strict";
  const field = document.getElementById("result-text");
  const share = document.getElementById("share");
  const copy = document.getElementById("copy");
  const said = document.getElementById("copied");

  share.hidden = !navigator.share;
  share.addEventListener("click", () => {
    /* Whoever closes the dialogue has changed their mind. */
    navigator.share({ text: field.value }).catch(() => {});
  });

  copy.hidden = false;
  copy.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = "Copied.";
    } catch {
      said.textContent = "Press Ctrl+C or ⌘C to copy.";
    }
  });
})();

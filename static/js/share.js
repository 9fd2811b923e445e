/* Copies the address to share. */
(() => {
  "use strict";
  document.querySelectorAll("[data-copy]").forEach((button) =>
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copy);
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
        document.getElementById("copied").textContent = "Copied.";
      } catch {
        document.getElementById("copied").textContent = "Press Ctrl+C or ⌘C to copy.";
      }
    }),
  );
})();

/* Shares the address by the browser's own sheet where there is one, and copies fields. */
(() => {
  "use strict";
  const say = (button, words) => {
    const place = button.dataset.says ?? "copied";
    document.getElementById(place).textContent = words;
  };

  document.querySelectorAll("[data-copy]").forEach((button) =>
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copy);
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
        say(button, "Copied.");
      } catch {
        say(button, "Press Ctrl+C or ⌘C to copy.");
      }
    }),
  );

  if (!navigator.share) return;
  document.querySelectorAll("[data-share]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const { value: url } = document.getElementById(button.dataset.share);
      try {
        await navigator.share({ title: document.title, url });
      } catch (error) {
        /* Whoever closes the sheet has changed their mind. */
        if (error.name !== "AbortError") say(button, "Sharing did not work; copy the address.");
      }
    });
  });
})();

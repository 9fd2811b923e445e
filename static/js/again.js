/* Asks again by itself, with all that was sent. */
(() => {
  "use strict";
  document.querySelectorAll("[data-again]").forEach((form) => {
    document.getElementById("again").textContent = "This page asks again by itself.";
    setTimeout(() => form.submit(), 1000 * Number(form.dataset.again));
  });
})();

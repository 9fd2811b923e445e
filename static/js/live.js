/* The answer follows the typing; htmx sends the question, this decides when there is one
   to send, and keeps the page around the answer steady. */
(() => {
  "use strict";
  const form = document.getElementById("question");
  if (!form) return;
  const box = document.getElementById("id_text");
  const counter = document.getElementById("count");
  const answer = document.getElementById("answer");
  const limit = Number(counter.dataset.limit);
  const waiting = document.createElement("div");
  waiting.className = "card placeholder";

  const tell = (title, words) => {
    const heading = document.createElement("h2");
    const line = document.createElement("p");
    heading.textContent = title;
    line.textContent = words;
    waiting.replaceChildren(heading, line);
    answer.replaceChildren(waiting);
  };

  const count = () => {
    const length = [...box.value.trim()].length;
    counter.textContent = `${length.toLocaleString("en")} / ${limit.toLocaleString("en")}`;
    counter.classList.toggle("over", length > limit);
  };

  const missing = () => {
    const picked = new FormData(form).getAll("users");
    if (picked.length < 2 && picked[0] !== "all") return "Pick at least two people.";
    return box.value.trim() ? "" : "Type something that one of them might have posted.";
  };

  const refused = () => {
    for (const [field, list] of [[box, "text-errors"], [document.getElementById("people"), "users-errors"]]) {
      const errors = document.getElementById(list);
      if (errors.hidden) field.removeAttribute("aria-invalid");
      else field.setAttribute("aria-invalid", "true");
    }
  };

  box.addEventListener("input", count);
  count();

  form.addEventListener("htmx:configRequest", (event) => {
    if (event.target !== form || event.detail.triggeringEvent?.type === "submit") return;
    const lacking = missing();
    if (!lacking) return;
    event.preventDefault();
    htmx.trigger(form, "htmx:abort");
    tell("The answer follows your typing", lacking);
  });

  let opened = [];
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== answer) return;
    opened = [...answer.querySelectorAll("details[open]")].map((part) => part.id);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== answer) return;
    opened.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
    refused();
  });

  /* Leaving the page ends what is under way; that is no lost connection. */
  let leaving = false;
  window.addEventListener("beforeunload", () => (leaving = true));
  window.addEventListener("pageshow", () => (leaving = false));

  form.addEventListener("htmx:responseError", (event) => {
    const busy = event.detail.xhr.status === 429;
    tell(
      busy ? "A moment, please" : "That did not work",
      busy ? "You asked a lot in a short time. Wait a few seconds, then type on." : "Something broke on our side. Please try again.",
    );
  });
  form.addEventListener("htmx:sendError", () => {
    if (!leaving) tell("No connection", "The site could not be reached. Check your connection, then type on.");
  });

  /* Come back with a text typed already: answer it. */
  if (box.value.trim() && !missing() && !answer.querySelector(".answer"))
    document.addEventListener("DOMContentLoaded", () => htmx.trigger(form, "submit"));
})();

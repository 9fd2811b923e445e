/* The answer follows the typing. htmx sends the question; this decides when: one at a
   time and no more often than PACE, whatever is typed meanwhile waits as one question.
   Nothing under way is ever aborted; what nobody asks any more is not shown. */
(() => {
  "use strict";
  const PACE = 180;
  const RESTED = 800;
  const FRESH = 10_000;
  const form = document.getElementById("question");
  if (!form) return;
  const box = document.getElementById("id_text");
  const counter = document.getElementById("count");
  const answer = document.getElementById("answer");
  const limit = Number(counter.dataset.limit);
  const waiting = document.createElement("div");
  waiting.className = "card placeholder";
  const note = document.createElement("p");
  note.className = "notice";

  const tell = (title, words) => {
    const heading = document.createElement("h2");
    const line = document.createElement("p");
    heading.textContent = title;
    line.textContent = words;
    waiting.replaceChildren(heading, line);
    answer.replaceChildren(waiting);
    document.getElementById("said").textContent = "";
  };

  /* The last answer stays below the note. */
  const remark = (words) => {
    note.textContent = words;
    answer.prepend(note);
  };

  const count = () => {
    const length = [...box.value.trim()].length;
    counter.textContent = `${length.toLocaleString("en")} / ${limit.toLocaleString("en")}`;
    counter.classList.toggle("over", length > limit);
  };

  const missing = () => {
    const picked = new FormData(form).getAll("users");
    if (picked.length < 2 && picked[0] !== "all") return "Pick at least two users.";
    return box.value.trim() ? "" : "Enter a tweet.";
  };

  /* All of the question but its text. */
  const circumstances = () => {
    const asked = new FormData(form);
    asked.delete("text");
    return new URLSearchParams(asked).toString();
  };

  const now = () => performance.now();
  let busy = false;
  let wanted = false;
  let earliest = 0;
  let timer = 0;
  let sent = null;
  let shown = null;

  const ask = () => {
    const lacking = missing();
    wanted = !lacking;
    if (lacking) tell("The answer follows your typing", lacking);
    if (!wanted || busy || timer) return;
    timer = setTimeout(send, Math.max(0, earliest - now()));
  };

  const send = () => {
    timer = 0;
    if (!wanted || busy) return;
    wanted = false;
    if (!missing()) htmx.trigger(form, "ask");
  };

  /* Whether an answer to one text still says something about the next: they share at
     least half of it, at its ends. */
  const continues = (text, next) => {
    const most = Math.min(text.length, next.length);
    let head = 0;
    while (head < most && text[head] === next[head]) head++;
    let tail = 0;
    while (tail < most - head && text.at(-1 - tail) === next.at(-1 - tail)) tail++;
    return 2 * (head + tail) >= text.length;
  };

  const isLate = () =>
    sent.lacking !== missing() ||
    sent.circumstances !== circumstances() ||
    !continues(sent.text, box.value.trim());

  /* Whether the same answer is there already: another would take a button away from under
     somebody's finger. */
  const isShown = () =>
    answer.querySelector(".answer") !== null &&
    shown?.text === sent.text &&
    shown.circumstances === sent.circumstances &&
    now() - shown.at < FRESH;

  const refused = () => {
    for (const [field, list] of [[box, "text-errors"], [document.getElementById("people"), "users-errors"]]) {
      const errors = document.getElementById(list);
      if (errors.hidden) field.removeAttribute("aria-invalid");
      else field.setAttribute("aria-invalid", "true");
    }
  };

  /* Read aloud once the typing rests: not each change of a percentage. */
  let rest = 0;
  const speak = () => {
    clearTimeout(rest);
    rest = setTimeout(() => {
      const said = document.getElementById("said").textContent.trim();
      const spoken = document.getElementById("spoken");
      if (spoken.textContent !== said && !("showing" in form.dataset)) spoken.textContent = said;
    }, RESTED);
  };

  box.addEventListener("input", () => {
    count();
    ask();
  });

  /* A tap on the strip leads to the whole answer. The strip is there as long as the box has
     the focus, so that stays until the tap is over. */
  const isStrip = (event) => event.target.closest?.("#said");
  document.addEventListener("mousedown", (event) => isStrip(event) && event.preventDefault());
  document.addEventListener("click", (event) => {
    if (!isStrip(event)) return;
    event.preventDefault();
    box.blur();
    answer.scrollIntoView();
  });
  for (const id of ["people", "id_style_only", "id_engine"])
    document.getElementById(id)?.addEventListener("change", ask);
  count();

  form.addEventListener("htmx:configRequest", (event) => {
    /* The address holds the text, and no server need see that. */
    delete event.detail.headers["HX-Current-URL"];
  });
  form.addEventListener("htmx:beforeSend", (event) => {
    busy = true;
    earliest = now() + PACE;
    sent = {
      xhr: event.detail.xhr,
      text: box.value.trim(),
      lacking: missing(),
      circumstances: circumstances(),
    };
  });

  /* A refusal says in seconds when to come back. */
  const after = (xhr) => 1000 * Math.max(1, Number(xhr.getResponseHeader("Retry-After")) || 5);
  const isRefusal = (xhr) => xhr.status === 429 || (xhr.status === 204 && xhr.getResponseHeader("Retry-After"));

  form.addEventListener("htmx:afterRequest", (event) => {
    busy = false;
    const { xhr } = event.detail;
    if (isRefusal(xhr)) {
      earliest = now() + after(xhr);
      remark("A moment, please: you asked a lot in a short time. The answer goes on by itself.");
      wanted = true;
    }
    if (wanted) ask();
  });
  form.addEventListener("htmx:responseError", () =>
    tell("That did not work", "Something broke on our side. Please try again."),
  );
  form.addEventListener("htmx:sendError", () => {
    earliest = now() + 2000;
    remark("No connection: the site could not be reached. Type on to try again.");
  });

  let opened = [];
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== answer) return;
    if (sent && event.detail.xhr === sent.xhr && (isLate() || isShown())) {
      event.detail.shouldSwap = false;
      note.remove();
    }
    opened = [...answer.querySelectorAll("details[open]")].map((part) => part.id);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== answer) return;
    opened.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
    shown = sent && { ...sent, at: now() };
    refused();
    speak();
  });

  /* Reasons that were refused are asked for again. */
  answer.addEventListener("htmx:afterRequest", (event) => {
    const { elt, xhr } = event.detail;
    if (isRefusal(xhr)) setTimeout(() => elt.isConnected && htmx.trigger(elt, "again"), after(xhr));
  });
  answer.addEventListener("htmx:configRequest", (event) => delete event.detail.headers["HX-Current-URL"]);

  /* Leaving the page ends what is under way; that is no lost connection. */
  let left = false;
  window.addEventListener("beforeunload", () => {
    if (!busy) return;
    left = true;
    sent.xhr.onerror = sent.xhr.onabort = null;
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && left) location.reload();
  });
  window.addEventListener("online", () => missing() || ask());

  /* Come back with a text typed already: answer it. */
  document.addEventListener("DOMContentLoaded", () => {
    if (!missing() && !answer.querySelector(".answer")) ask();
  });
})();

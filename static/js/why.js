/* A marked word explains itself on hover, focus and tap: a small box shows the line of the
   list "Why these words?" that its link leads to. Without this, the link does. */
(() => {
  "use strict";
  const box = document.createElement("div");
  box.className = "explains";
  box.id = "explains";
  box.setAttribute("role", "tooltip");
  let shown = null;

  const hide = () => {
    shown?.removeAttribute("aria-describedby");
    shown = null;
    box.remove();
  };

  const show = (link) => {
    const line = document.querySelector(`${link.getAttribute("href")} .because`);
    if (!line || shown === link) return;
    hide();
    shown = link;
    box.replaceChildren(line.cloneNode(true));
    document.body.append(box);
    link.setAttribute("aria-describedby", box.id);
    const word = link.getClientRects()[0];
    const room = document.documentElement.clientWidth - box.offsetWidth - 16;
    box.style.left = `${window.scrollX + Math.max(16, Math.min(word.left, room))}px`;
    const below = word.bottom + 6 + box.offsetHeight < window.innerHeight;
    const top = below ? word.bottom + 6 : Math.max(word.top - box.offsetHeight - 6, 6);
    box.style.top = `${window.scrollY + top}px`;
  };

  const linkOf = (event) => event.target.closest?.('.evidence a[href^="#why-"]');

  document.addEventListener("mouseover", (event) => {
    const link = linkOf(event);
    if (link) show(link);
    else if (shown && !box.contains(event.target) && shown !== document.activeElement) hide();
  });
  document.addEventListener("focusin", (event) => {
    const link = linkOf(event);
    if (link) show(link);
    else hide();
  });
  document.addEventListener("click", (event) => {
    const link = linkOf(event);
    if (!link) {
      if (!box.contains(event.target)) hide();
      return;
    }
    const list = document.querySelector(link.getAttribute("href"));
    const asked = shown === link && event.detail === 0;
    /* A tap or click explains in place; Enter goes on to the tweets in the list. */
    if (!list || !asked) event.preventDefault();
    if (asked) hide();
    else show(link);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id === "answer") hide();
  });
})();

/* The map comes nearer: by wheel, pinch, keys and buttons. Names keep their size, and more
   of them appear; a dot that is pointed at shows who it is and who writes most alike.
   Without this, dots are links, and all of it stands in the lists below. */
(() => {
  "use strict";
  const LETTERS = 12.5, NEAREST = 16, STEP = 1.5, SETTLED = 300;
  const card = document.getElementById("map");
  const svg = card.querySelector("svg");
  const tools = card.querySelector(".map-tools");
  const hover = card.querySelector(".map-hover");
  const threads = svg.querySelector(".threads");
  const dots = [...svg.querySelectorAll("a.dot")];
  const levels = svg.dataset.levels.split(" ").map(Number);
  const [left, top, wide, high] = svg.getAttribute("viewBox").split(" ").map(Number);
  const found = threads.getAttribute("d");
  const view = { x: left, y: top, zoom: 1 };
  const pointers = new Map();
  let shown = null, touched = null, dragged = false, scrolled = 0;

  /* How much of the map is in view, and how many pixels a unit of it has. */
  const seen = () => {
    const fit = Math.min(svg.clientWidth / wide, svg.clientHeight / high);
    const scale = view.zoom * fit || 1;
    return { width: svg.clientWidth / scale, height: svg.clientHeight / scale, scale };
  };

  /* What is smaller than the view stands in its middle. */
  const within = (place, start, whole, part) =>
    part >= whole
      ? start - (part - whole) / 2
      : Math.min(Math.max(place, start), start + whole - part);

  const draw = () => {
    const { width, height, scale } = seen();
    view.x = within(view.x, left, wide, width);
    view.y = within(view.y, top, high, height);
    svg.setAttribute("viewBox", `${view.x} ${view.y} ${width} ${height}`);
    const em = LETTERS / scale;
    svg.style.setProperty("--em", em.toFixed(4));
    const level = levels.filter((one) => one >= em).length - 1;
    for (const dot of dots) dot.classList.toggle("bare", Number(dot.dataset.level) > level);
    svg.classList.toggle("nearer", view.zoom > 1);
    tools.querySelector('[data-zoom="out"]').disabled = view.zoom === 1;
    tools.querySelector('[data-zoom="in"]').disabled = view.zoom === NEAREST;
    if (shown) place();
  };

  const onMap = (x, y) => new DOMPoint(x, y).matrixTransform(svg.getScreenCTM().inverse());

  /* The point under the pointer stays there. */
  const zoomBy = (factor, at) => {
    const before = view.zoom, { width, height } = seen();
    view.zoom = Math.min(Math.max(view.zoom * factor, 1), NEAREST);
    const ratio = before / view.zoom;
    const fixed = at ?? { x: view.x + width / 2, y: view.y + height / 2 };
    view.x = fixed.x - (fixed.x - view.x) * ratio;
    view.y = fixed.y - (fixed.y - view.y) * ratio;
    draw();
  };

  const move = (x, y) => {
    view.x += x;
    view.y += y;
    draw();
  };

  const whole = () => {
    Object.assign(view, { x: left, y: top, zoom: 1 });
    draw();
  };

  const centre = (dot) => {
    const circle = dot.querySelector("circle");
    const x = circle.cx.baseVal.value, y = circle.cy.baseVal.value;
    const { width, height } = seen();
    if (x > view.x && x < view.x + width && y > view.y && y < view.y + height) return;
    Object.assign(view, { x: x - width / 2, y: y - height / 2 });
    draw();
  };

  /* Words come from the list below, so that both say the same. */
  const line = (words, name) => {
    const made = document.createElement("p");
    made.className = name;
    made.textContent = words;
    return made;
  };

  const place = () => {
    const dot = shown.querySelector("circle").getBoundingClientRect();
    const around = card.getBoundingClientRect();
    const middle = dot.left + dot.width / 2 - around.left - hover.offsetWidth / 2;
    const room = card.clientWidth - hover.offsetWidth - 8;
    hover.style.left = `${Math.max(8, Math.min(middle, room))}px`;
    const below = dot.bottom - around.top + 26;
    const above = dot.top - around.top - hover.offsetHeight - 26;
    hover.style.top = `${above > 0 ? above : below}px`;
  };

  const hide = () => {
    for (const dot of svg.querySelectorAll(".near")) dot.classList.remove("near");
    threads.setAttribute("d", found);
    hover.hidden = true;
    shown = null;
  };

  const show = (dot) => {
    if (shown === dot) return;
    hide();
    shown = dot;
    const row = document.getElementById(dot.id.replace("dot-", "row-"));
    const named = (number) => document.getElementById(`cluster-${number}`).textContent;
    const [cluster, near] = [...row.cells].slice(1).map((cell) => cell.textContent);
    const from = dot.querySelector("circle");
    const to = dot.dataset.near.split(" ").map((pk) => document.getElementById(`dot-${pk}`));
    const ends = to.filter(Boolean);
    for (const end of ends) end.classList.add("near");
    const drawn = ends.map((end) => end.querySelector("circle")).map((end) =>
      `M${from.getAttribute("cx")} ${from.getAttribute("cy")}` +
      `L${end.getAttribute("cx")} ${end.getAttribute("cy")}`);
    threads.setAttribute("d", drawn.join(""));
    const head = line(row.cells[0].textContent, "");
    const name = document.createElement("strong");
    name.append(...head.childNodes);
    head.append(name);
    hover.replaceChildren(head, line(`Cluster ${named(cluster.trim())}`, "quiet"));
    if (near.trim()) hover.append(line(`Writes most like ${near}`, ""));
    hover.hidden = false;
    place();
  };

  const dotOf = (event) => event.target.closest?.("a.dot");

  svg.addEventListener("mouseover", (event) => {
    const dot = dotOf(event);
    if (dot && !pointers.size) show(dot);
    else if (shown && shown !== document.activeElement) hide();
  });
  svg.addEventListener("mouseleave", () => {
    if (shown && shown !== document.activeElement) hide();
  });
  svg.addEventListener("focusin", (event) => {
    const dot = dotOf(event);
    if (!dot) return;
    centre(dot);
    if (!pointers.size) show(dot);
  });
  svg.addEventListener("focusout", hide);

  document.addEventListener("scroll", () => { scrolled = performance.now(); }, { passive: true });
  svg.addEventListener("wheel", (event) => {
    /* Whoever scrolls past the map goes on scrolling. */
    const passing = performance.now() - scrolled < SETTLED;
    const leaving = view.zoom === 1 && event.deltaY > 0;
    if (passing || leaving) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    zoomBy(Math.exp(-event.deltaY * lines * 0.002), onMap(event.clientX, event.clientY));
  }, { passive: false });

  svg.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    if (!pointers.size) dragged = false;
    touched = event.pointerType === "touch" ? { shown } : null;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  svg.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const far = Math.hypot(now.x - before.x, now.y - before.y);
    if (!dragged && far < 5) return;
    if (!dragged) {
      dragged = true;
      svg.setPointerCapture(event.pointerId);
      svg.classList.add("moving");
      hide();
    }
    const others = [...pointers].filter(([id]) => id !== event.pointerId);
    const from = onMap(before.x, before.y), to = onMap(now.x, now.y);
    pointers.set(event.pointerId, now);
    if (!others.length) {
      move(from.x - to.x, from.y - to.y);
      return;
    }
    const other = others[0][1];
    const apart = (one) => Math.hypot(one.x - other.x, one.y - other.y) || 1;
    zoomBy(apart(now) / apart(before), onMap((now.x + other.x) / 2, (now.y + other.y) / 2));
  });
  const lift = (event) => {
    pointers.delete(event.pointerId);
    svg.classList.remove("moving");
  };
  svg.addEventListener("pointerup", lift);
  svg.addEventListener("pointercancel", lift);
  svg.addEventListener("click", (event) => {
    const dot = dotOf(event);
    /* A drag is no click; a first tap says who it is, and a second goes there. */
    if (touched && dot && !dragged) show(dot);
    const first = touched && dot && dot !== touched.shown;
    if (dragged || first) event.preventDefault();
    dragged = false;
  }, true);
  svg.addEventListener("dragstart", (event) => event.preventDefault());

  tools.addEventListener("click", (event) => {
    const how = event.target.closest("button")?.dataset.zoom;
    if (how === "in") zoomBy(STEP);
    if (how === "out") zoomBy(1 / STEP);
    if (how === "whole") whole();
  });

  const step = () => wide / view.zoom / 6;
  const KEYS = {
    "+": () => zoomBy(STEP),
    "=": () => zoomBy(STEP),
    "-": () => zoomBy(1 / STEP),
    "0": whole,
    ArrowLeft: () => move(-step(), 0),
    ArrowRight: () => move(step(), 0),
    ArrowUp: () => move(0, -step()),
    ArrowDown: () => move(0, step()),
    Escape: hide,
  };
  card.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const does = KEYS[event.key];
    /* The whole map has nowhere to go, so arrows scroll the page. */
    if (!does || (event.key.startsWith("Arrow") && view.zoom === 1)) return;
    event.preventDefault();
    does();
  });

  svg.classList.add("live");
  tools.hidden = false;
  new ResizeObserver(draw).observe(svg);
  draw();
})();

/* Lights up the evidence in the text box itself: a layer behind the letters carries the
   marks of the last answer, shifted along with what is typed since. */
(() => {
  "use strict";
  const box = document.getElementById("id_text");
  const layer = document.getElementById("ink");
  if (!box || !layer) return;
  let text = "";
  let marks = [];

  /* Marks stay where the text is as it was: before the first change, or after the last. */
  const shift = (next) => {
    let head = 0;
    while (head < text.length && head < next.length && text[head] === next[head]) head++;
    let tail = 0;
    const room = Math.min(text.length, next.length) - head;
    while (tail < room && text[text.length - 1 - tail] === next[next.length - 1 - tail]) tail++;
    const grown = next.length - text.length;
    const after = text.length - tail;
    marks = marks
      .filter((mark) => mark.end <= head || mark.start >= after)
      .map((mark) =>
        mark.end <= head ? mark : { ...mark, start: mark.start + grown, end: mark.end + grown },
      );
    text = next;
  };

  const draw = () => {
    const pieces = [];
    let done = 0;
    for (const mark of marks) {
      pieces.push(text.slice(done, mark.start));
      const drawn = document.createElement("mark");
      drawn.className = mark.kind;
      drawn.textContent = text.slice(mark.start, mark.end);
      pieces.push(drawn);
      done = mark.end;
    }
    /* A last line break has no height of its own. */
    layer.replaceChildren(...pieces, text.slice(done) + "\u200b");
    layer.scrollTop = box.scrollTop;
  };

  const take = () => {
    const shown = document.querySelector("#answer .evidence");
    const found = [];
    let whole = "";
    for (const piece of shown ? shown.querySelectorAll(".words") : []) {
      const kind = piece.parentElement.tagName === "MARK" ? piece.parentElement.className : "";
      if (kind) found.push({ start: whole.length, end: whole.length + piece.textContent.length, kind });
      whole += piece.textContent;
    }
    /* The answer may be to what stood here a moment ago. */
    text = whole;
    marks = found;
    shift(box.value);
    draw();
  };

  box.addEventListener("input", () => {
    shift(box.value);
    draw();
  });
  box.addEventListener("scroll", () => (layer.scrollTop = box.scrollTop), { passive: true });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "answer") take();
  });
  take();
})();

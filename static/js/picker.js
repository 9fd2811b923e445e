/* Turns the checkboxes for people into a searchable picker. Without this script the
   checkboxes do the same work. */
(() => {
  "use strict";
  const EVERYONE = "all";

  const picture = (address) =>
    `<img class="avatar" src="${encodeURI(address)}" alt="" loading="lazy">`;

  const face = (person) =>
    person.image
      ? picture(person.image)
      : person.initials
      ? `<svg class="avatar" viewBox="0 0 32 32" aria-hidden="true" focusable="false">` +
        `<circle class="hue-${Number(person.hue)}" cx="16" cy="16" r="16"/>` +
        `<text x="16" y="20.5">${person.initials.replace(/[<&]/g, "")}</text></svg>`
      : "";

  const option = (person, escape) =>
    `<div class="person-option">${face(person)}<span>${escape(person.name)}` +
    (person.initials
      ? `<small>@${escape(person.handle)} · ` +
        `${Number(person.tweets).toLocaleString("en")} tweets</small>`
      : "") +
    `</span></div>`;

  /* The picker keeps people in an object by key: a handle may be the name of something
     that every object has, "@" and a handle cannot. Forms send handles. */
  const SIGN = "@";
  const keyed = (person) => ({ ...person, key: SIGN + person.handle });
  const unsigned = (event) => {
    const keys = event.formData.getAll("users");
    event.formData.delete("users");
    keys.forEach((key) => event.formData.append("users", key.replace(SIGN, "")));
  };

  const item = (person, escape) =>
    `<div class="person-item">${face(person)}<span>${escape(person.name)}</span></div>`;

  const read = (box) => keyed({ handle: box.value, ...box.dataset });

  const start = (field) => {
    const boxes = [...field.querySelectorAll(".people-choice input")];
    const select = field.querySelector(".picker select");
    const everyone = {
      key: EVERYONE,
      name: `Everyone (${Number(field.dataset.predictable).toLocaleString("en")})`,
    };
    const people = boxes.filter((box) => box.value !== EVERYONE).map(read);
    const picked = boxes.filter((box) => box.checked).map((box) => (box.value === EVERYONE ? EVERYONE : SIGN + box.value));
    field.querySelector(".people-choice").remove();
    select.name = "users";
    select.hidden = false;

    const picker = new TomSelect(select, {
      valueField: "key",
      labelField: "name",
      searchField: ["name", "handle"],
      options: [...people, everyone],
      items: picked,
      maxOptions: 60,
      hidePlaceholder: false,
      placeholder: matchMedia("(max-width: 40rem)").matches ? "Add…" : "Add a name or handle",
      closeAfterSelect: false,
      loadThrottle: 150,
      refreshThrottle: 0, // a later list would take the focus back
      plugins: { remove_button: { title: "Take out", label: "×" } },
      load(words, done) {
        fetch(`${field.dataset.find}?q=${encodeURIComponent(words)}`)
          .then((answer) => answer.json())
          .then((found) => done(found.items.map(keyed)))
          .catch(() => done());
      },
      render: {
        option,
        item,
        no_results: () => `<div class="no-results">Nobody found</div>`,
        loading: () => `<div class="no-results">Searching…</div>`,
      },
      onItemAdd(value) {
        const others = value === EVERYONE ? this.items.filter((i) => i !== EVERYONE) : [EVERYONE];
        others.forEach((other) => this.removeItem(other, true));
        this.setTextboxValue("");
      },
    });

    select.form.addEventListener("formdata", unsigned);

    /* The room kept for those picked at first is given back once others are. */
    const room = field.querySelector(".picker");
    select.addEventListener("change", () => delete room.dataset.picked, { once: true });

    const replace = (keys) => {
      picker.clear(true);
      keys.forEach((key) => picker.addItem(key, true));
      select.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const actions = {
      everyone: () => replace([EVERYONE]),
      nobody: () => {
        replace([]);
        picker.focus();
      },
      surprise: () =>
        fetch(field.dataset.surprise)
          .then((answer) => answer.json())
          .then((found) => {
            const people = found.items.map(keyed);
            picker.addOptions(people);
            replace(people.map((person) => person.key));
          })
          .catch(() => picker.focus()),
    };
    field.querySelectorAll("[data-do]").forEach((button) => {
      button.type = "button";
      button.removeAttribute("formaction");
      button.addEventListener("click", () => actions[button.dataset.do]());
    });
  };

  document.querySelectorAll("#people").forEach(start);
})();

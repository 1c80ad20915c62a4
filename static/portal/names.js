"use strict";
// Names for what Django's and the editor's scripts make without one, and the keys of the editor's toolbar.
(() => {
  const labelOf = (field) => {
    const label = document.querySelector(`label[for="${field.id}"]`) ?? field.closest(".form-row")?.querySelector("label");
    if (label) label.id ||= `${field.id}_label`;
    return label;
  };
  const textOf = (field) => labelOf(field)?.textContent.trim().replace(/:$/, "") ?? "";

  // Django labels date and time with one word each, and the pair with a label that belongs to no field.
  for (const [kind, word] of [["vDateField", "tanggal"], ["vTimeField", "jam"]]) {
    for (const field of document.querySelectorAll(`.datetime .${kind}`)) {
      const pair = field.closest(".form-row")?.querySelector("label"); // in a list there is none
      const name = pair ? pair.textContent.trim().replace(/:$/, "") : field.getAttribute("aria-label");
      field.setAttribute("aria-label", name ? `${name}, ${word}` : word);
    }
  }
  for (const group of document.querySelectorAll("div.radiolist")) {
    group.setAttribute("role", "radiogroup");
    group.setAttribute("aria-label", textOf(group));
  }
  const search = document.querySelector("#searchbar");
  search?.setAttribute("aria-label", "Cari");

  // Its "remove all" stands inside of a list and is reached by no key; single choices have their own cross.
  for (const select of document.querySelectorAll("select[multiple].admin-autocomplete")) {
    select.dataset.allowClear = "false";
  }
  window.django?.jQuery?.(() => {
    for (const select of document.querySelectorAll("select.select2-hidden-accessible")) nameChooser(select);
  });

  function nameChooser(select) {
    const box = select.parentElement.querySelector(".select2-selection");
    const label = labelOf(select);
    if (!box || !label) return;
    const chosen = box.querySelector(".select2-selection__rendered[role=textbox]");
    chosen?.removeAttribute("role"); // it is the text of the box, not a field of its own
    chosen?.removeAttribute("aria-readonly");
    box.setAttribute("aria-labelledby", chosen ? `${label.id} ${chosen.id}` : label.id);
    const nameSearch = (within) => {
      within.querySelector(".select2-search__field")?.setAttribute("aria-label", `Cari ${textOf(select).toLowerCase()}`);
    };
    nameSearch(box);
    window.django.jQuery(select).on("select2:open", () => {
      const open = document.querySelector(".select2-container--open .select2-dropdown");
      if (open) nameSearch(open);
      const results = document.getElementById(`select2-${select.id}-results`);
      results?.setAttribute("aria-label", textOf(select));
      if (results) box.setAttribute("aria-controls", results.id);
    });
    window.django.jQuery(select).on("select2:close", () => box.removeAttribute("aria-controls"));
    label.addEventListener("click", () => window.django.jQuery(select).select2("focus"));
  }

  document.addEventListener("prose-editor:ready", ({ target, detail: { editor, textarea } }) => {
    editor.on("create", () => {
      const text = editor.view.dom;
      const label = labelOf(textarea);
      if (label) text.setAttribute("aria-labelledby", label.id);
      text.setAttribute("aria-multiline", "true");
      label?.addEventListener("click", () => editor.commands.focus());
      prepareToolbar(target.closest(".prose-editor").querySelector(".prose-menubar"));
    });
  });

  // One Tab stop; arrows, Home and End go from button to button (ARIA Authoring Practices, toolbar).
  function prepareToolbar(menu) {
    const all = () => [...menu.querySelectorAll("button")].filter((button) => !button.closest("[popover]"));
    const shown = () => all().filter((button) => button.getClientRects().length);
    menu.setAttribute("role", "toolbar");
    menu.setAttribute("aria-label", "Bentuk teks");
    let current;
    const refresh = () => {
      const buttons = shown();
      if (!buttons.includes(current)) current = buttons[0];
      for (const button of all()) {
        button.tabIndex = button === current ? 0 : -1;
        set(button, "aria-pressed", button.classList.contains("active"));
        set(button, "aria-disabled", button.classList.contains("disabled"));
      }
    };
    const set = (button, name, on) => {
      if (on) button.setAttribute(name, "true");
      else button.removeAttribute(name);
    };
    const step = (list, event, next, previous) => {
      const place = list.indexOf(document.activeElement);
      const to = { [next]: place + 1, [previous]: place - 1, Home: 0, End: list.length - 1 }[event.key];
      if (to === undefined || !list.length) return;
      event.preventDefault();
      list[(to + list.length) % list.length].focus();
    };
    menu.addEventListener("focusin", ({ target }) => {
      if (target.closest("[popover]")) return;
      current = target;
      refresh();
    });
    menu.addEventListener("keydown", (event) => {
      const open = menu.querySelector("[popover]:popover-open");
      if (open && (open.contains(event.target) || event.key === "ArrowDown")) {
        step([...open.querySelectorAll("button")], event, "ArrowDown", "ArrowUp");
      } else {
        step(shown(), event, "ArrowRight", "ArrowLeft");
      }
    });
    new MutationObserver(refresh).observe(menu, { attributeFilter: ["class"], childList: true, subtree: true });
    refresh();
  }
})();

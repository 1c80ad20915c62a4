"use strict";
// The page for writing: fields that grow, counters, what is told beside the text, and tags that are made in place.
// Loaded with `defer`: after the widgets' scripts, before they prepare their fields.
(() => {
  const TITLE = 90, SUMMARY = 160;  // letters, as in news/before_publication.py
  const AFTER = 900, EVERY = 60000;  // milliseconds
  const form = document.querySelector("#article_form");
  const panel = document.querySelector("#sebelum-terbit");
  const { title, summary, body } = form.elements;
  const $ = window.django.jQuery;

  function make(tag, attributes = {}, ...content) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...content);
    return element;
  }

  // ---- Title and summary

  let editor = null;
  document.addEventListener("prose-editor:ready", ({ detail }) => { if (detail.textarea === body) editor = detail.editor; });

  function grow(field) {
    if (CSS.supports("field-sizing", "content")) return;
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
  }

  const count = make("p", { class: "count" });

  function showCount() {
    const numbers = [["judul", title.value.trim().length, TITLE], ["ringkasan", summary.value.trim().length, SUMMARY]];
    count.replaceChildren(...numbers.flatMap(([name, number, most], place) => [
      `${place ? " · " : ""}${name} `,
      make("b", number > most ? { class: "over" } : {}, String(number)),
      ` dari ${most}`,
    ]));
  }

  // Not by the editor's own focus(): it waits for the next frame, and letters typed until then would be lost.
  function begin() {
    editor.commands.setTextSelection(0);
    editor.view.focus();
  }

  if (title && summary) {
    summary.closest(".form-row").append(count);
    for (const [field, next] of [[title, () => summary.focus()], [summary, () => editor && begin()]]) {
      field.addEventListener("input", () => { grow(field); showCount(); });
      // Both are one line to readers: Enter goes on to the next field.
      field.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.isComposing) return;
        event.preventDefault();
        next();
      });
      grow(field);
    }
    showCount();
  }

  // ---- Focus: on the first field with an error, or on the title of a new article

  function focusOn(name) {
    const field = form.querySelector(`[name="${name}"], [name="${name}_0"]`);
    const library = field?.closest(".photo-choice")?.querySelector(".photo-pick");  // it hides the list
    field?.closest("details")?.setAttribute("open", "");
    if (field === body && editor) editor.view.focus();
    else if (field?.classList.contains("select2-hidden-accessible")) $(field).select2("focus");
    else (library ?? field)?.focus();
    field?.closest(".form-row")?.scrollIntoView({ block: "center" });
  }

  window.addEventListener("load", () => {
    const wrong = form.querySelector(".form-row.errors [name]");
    if (wrong) focusOn(wrong.name.replace(/_[01]$/, ""));
    else if (title && !panel.dataset.pk && !form.querySelector(".errornote")) title.focus();
  });

  // ---- What is told beside the text

  const typed = () => {
    const names = ["title", "summary", "body", "photo", "category", "published_at_0", "published_at_1"];
    const all = new FormData(form), sent = new URLSearchParams();
    for (const name of names) if (all.has(name)) sent.append(name, all.get(name));
    sent.append("pk", panel.dataset.pk);
    return sent;
  };
  let shown = title ? String(typed()) : "", timer = null, asking = null, told = panel.innerHTML;

  async function ask() {
    asking?.abort();
    asking = new AbortController();
    const sent = typed();
    shown = String(sent);
    const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
    try {
      const response = await fetch(panel.dataset.notes, { method: "POST", body: sent, headers, signal: asking.signal });
      if (!response.ok || response.redirected) throw new Error(response.statusText);
      tell(await response.json());
    } catch (error) {
      if (error.name !== "AbortError") shown = "";  // asked again after the next change; what is shown stays
    }
  }

  function tell({ panel: html, time, publish }) {
    if (html !== told && !panel.contains(document.activeElement)) {
      told = html;
      panel.innerHTML = html;  // a template of ours
      const number = panel.querySelectorAll(".faults li").length;
      const link = form.querySelector(".to-notes");
      link.replaceChildren("Sebelum terbit", ...(number ? [" ", make("b", {}, String(number))] : []));
    }
    const words = form.querySelector(".field-in_words .readonly");
    if (words && words.textContent !== time) words.textContent = time;
    for (const button of form.querySelectorAll("button[name=_move][value=publish]")) button.textContent = publish;
  }

  if (title) {
    // Looked at once in a while: the editor, choosers and date pickers tell of changes in ways of their own.
    setInterval(() => {
      if (document.hidden || String(typed()) === shown) return;
      shown = String(typed());
      clearTimeout(timer);
      timer = setTimeout(ask, AFTER);
    }, 300);
    setInterval(() => { if (!document.hidden && form.elements.published_at_0?.value) ask(); }, EVERY);
  }

  panel.addEventListener("click", (event) => {
    const link = event.target.closest(".faults a");
    if (!link) return;
    event.preventDefault();
    focusOn(link.hash.slice("#id_".length));
  });

  // ---- Tags

  const byName = form.querySelector(".field-tag_names");
  if (byName) byName.hidden = !byName.classList.contains("errors");

  const same = (one, other) => one.toLocaleLowerCase() === other.toLocaleLowerCase();

  function prepareTags(select) {
    const box = make("div", { class: "new-tag", role: "status" });
    $(select).select2({
      ajax: {
        data: ({ term, page }) => {
          const { appLabel, modelName, fieldName } = select.dataset;
          return { term, page, app_label: appLabel, model_name: modelName, field_name: fieldName };
        },
      },
      tags: true,
      tokenSeparators: [","],
      createTag: ({ term }) => {
        const name = term.trim().replace(/\s+/g, " ");
        return name ? { id: `baru:${name}`, text: `buat “${name}”`, name } : null;
      },
      // Last: Enter takes what exists.
      insertTag: (found, tag) => { if (!found.some(({ text }) => same(text, tag.name))) found.push(tag); },
    });
    $(select).on("select2:select", ({ params: { data } }) => {
      if (!data.name) return;
      [...select.options].filter((option) => option.value === data.id).forEach((option) => option.remove());
      $(select).trigger("change");
      request(data.name);
    });

    async function request(name, sure = "") {
      box.replaceChildren(`Membuat “${name}” …`);
      const sent = new URLSearchParams({ name, sure });
      const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
      const answer = await fetch(select.dataset.new, { method: "POST", body: sent, headers })
        .then((response) => (response.redirected ? null : response.json()))
        .catch(() => null);
      if (answer?.tag) take(answer.tag, answer.told ?? "");
      else if (answer?.near) choose(answer);
      else fail(name, answer?.problem ?? "Server tidak menjawab, atau Anda perlu masuk lagi.");
    }

    function take({ id, text }, sentence) {
      if (![...select.options].some((option) => option.value === String(id))) select.add(new Option(text, id));
      for (const option of select.options) if (option.value === String(id)) option.selected = true;
      $(select).trigger("change");
      box.replaceChildren(sentence);
      $(select).select2("focus");
    }

    function choose({ name, near }) {
      const use = near.map((tag) => button(`Pakai “${tag.text}” (${tag.used} berita)`, () => take(tag, "")));
      box.replaceChildren(
        make("p", {}, `“${name}” mirip dengan tag yang sudah ada.`),
        ...use,
        button(`Tetap buat “${name}”`, () => request(name, "1")),
        button("Batal", () => { box.replaceChildren(); $(select).select2("focus"); }),
      );
      use[0].focus();
    }

    function fail(name, problem) {
      const again = button("Coba lagi", () => request(name));
      box.replaceChildren(make("p", {}, `Tag “${name}” belum dibuat. ${problem}`), again);
      again.focus();
    }

    function button(text, action) {
      const element = make("button", { type: "button", class: "button" }, text);
      element.addEventListener("click", action);
      return element;
    }

    select.closest(".form-row").append(box);
  }

  const prepare = $.fn.djangoAdminSelect2;
  $.fn.djangoAdminSelect2 = function prepareChoosers() {
    prepare.call(this.not("[data-new]"));
    this.filter("[data-new]").each((_, select) => prepareTags(select));
    return this;
  };
})();

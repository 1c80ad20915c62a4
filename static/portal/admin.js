"use strict";
// Loaded before the editor's modules, which translate their texts with window.gettext.
(() => {
  const TEXTS = {
    "Add caption": "Tambah keterangan", "Add column": "Tambah kolom", "Add row": "Tambah baris",
    "Alternative Text": "Teks alternatif", "Cancel": "Batal", "Caption": "Keterangan", "Columns": "Kolom",
    "Delete column": "Hapus kolom", "Delete row": "Hapus baris", "Delete table": "Hapus tabel",
    "Edit Figure": "Sunting foto", "Edit Image": "Sunting foto", "Edit Link": "Tautan",
    "Heading 2": "Subjudul", "Heading 3": "Subjudul kecil", "heading 2": "subjudul", "heading 3": "subjudul kecil",
    "Image URL": "Alamat foto", "Include header row": "Dengan baris judul", "Insert": "Sisipkan",
    "Insert Figure": "Sisipkan foto", "Insert Table": "Sisipkan tabel", "Insert table": "Sisipkan tabel",
    "No": "Tidak", "Yes": "Ya", "Merge cells": "Gabungkan sel", "Paragraph": "Paragraf", "Remove caption": "Hapus keterangan", "Rows": "Baris",
    "Split cell": "Pisahkan sel", "Table Properties": "Tabel",
    "Toggle header cell": "Jadikan sel judul", "URL": "Alamat (https://…)", "Update": "Simpan",
    "blockquote": "kutipan", "bold": "tebal", "figure": "foto", "horizontal rule": "garis pemisah",
    "insert link": "tautan", "italic": "miring", "ordered list": "daftar bernomor", "paragraph": "paragraf",
    "redo": "ulangi", "remove link": "lepas tautan", "strike": "coret", "subscript": "subskrip",
    "superscript": "superskrip", "underline": "garis bawah", "undo": "urungkan", "unordered list": "daftar butir",
  };
  if (window.django) Object.assign(window.django.catalog ??= {}, TEXTS);

  // Texts that the editor does not translate: its buttons, and the options in its dialogs.
  document.addEventListener("prose-editor:ready", ({ target, detail }) => {
    detail.editor.on("create", () => {
      const menu = target.closest(".prose-editor").querySelector(".prose-menubar");
      for (const button of menu.querySelectorAll("button")) {
        const text = TEXTS[button.title];
        if (text) {
          button.title = text;
          button.setAttribute("aria-label", text);
        }
      }
      for (const option of menu.querySelectorAll(".prose-menubar__option > *")) {
        option.textContent = TEXTS[option.textContent] ?? option.textContent;
      }
    });
  });
  document.addEventListener("focusin", ({ target }) => {
    for (const option of target.closest(".prose-editor-dialog")?.querySelectorAll("option:not([value])") ?? []) {
      option.value = option.textContent;
      option.textContent = TEXTS[option.textContent] ?? option.textContent;
    }
  });

  document.addEventListener("prose-editor:ready", ({ target, detail }) => {
    if (detail.textarea.dataset.pasted) cleanPastes(target, detail);
  });

  // A few words keep the spaces around them, and an address becomes a link of what is selected: the editor does both.
  function isPlain(text) {
    return /^https?:\/\/\S+$/.test(text.trim()) || !/[\r\n*_~`•·▪●◦‣]|^\s*(?:[->[\d\u200e])/.test(text);
  }

  // What comes from another program is cleaned by the server first, like an import: it knows what was hidden there.
  function cleanPastes(target, { editor, textarea }) {
    const box = target.closest(".prose-editor");
    const status = document.createElement("p");
    status.className = "help";
    status.setAttribute("role", "status");
    box.after(status);
    box.addEventListener("paste", async (event) => {
      const html = event.clipboardData?.getData("text/html");
      const text = event.clipboardData?.getData("text/plain");
      if (!(html || text) || html.includes("data-pm-slice") || !editor.view.dom.contains(event.target)) return;
      if (!html && isPlain(text)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const pictures = window.photoLibrary.takePictures(html);
      const body = new URLSearchParams(html ? { html: pictures.text } : { text });
      const headers = { "X-CSRFToken": textarea.form.elements.csrfmiddlewaretoken.value };
      const toEditor = (answer) => ({ ...answer, html: editor.storage.kept.editable(answer.html) });
      const cleaned = await fetch(textarea.dataset.pasted, { method: "POST", body, headers })
        .then((response) => response.json())
        .then(toEditor)
        // No connection, too large, or the log-in page instead of an answer: it is cleaned when the article is saved.
        .catch(() => ({ html: pictures.text, left_out: [] }));
      if (cleaned.html) editor.view.pasteHTML(cleaned.html);
      else if (!html) editor.view.pasteText(text);
      status.textContent = cleaned.left_out.join(" ");
      if (pictures.files.length) window.photoLibrary.offer(box, pictures.files);
    }, true);
  }

  document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector("#article_form, #page_form");
    if (form) warnBeforeLeaving(form);
    const photo = document.querySelector("#photo_form");
    if (photo) preparePhoto(photo);
  });

  function warnBeforeLeaving(form) {
    let changed = form.querySelector(".errornote") !== null;
    form.addEventListener("input", () => { changed = true; });
    form.addEventListener("submit", () => { changed = false; });
    window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  }

  // A file field is empty again after an error: what can be checked before sending is checked before.
  function preparePhoto(form) {
    const { alt_text: alt, decorative, upload } = form.elements;
    if (!alt || !decorative || !upload) return;
    const updateRequired = () => { alt.required = !decorative.checked; };
    decorative.addEventListener("change", updateRequired);
    updateRequired();
    form.noValidate = false;
    upload.addEventListener("change", () => {
      const image = form.querySelector(".preview") ?? document.createElement("img");
      image.className = "preview";
      image.alt = "";
      URL.revokeObjectURL(image.src);
      image.src = URL.createObjectURL(upload.files[0]);
      if (!image.isConnected) upload.closest(".form-row").append(image);
    });
  }
})();

"use strict";
// Loaded before the editor's modules, which ask window.gettext for their words.
(() => {
  const WORDS = {
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
  if (window.django) Object.assign(window.django.catalog ??= {}, WORDS);

  // What the editor does not ask a word for: its buttons, and the choices in its dialogs.
  document.addEventListener("prose-editor:ready", ({ target, detail }) => {
    detail.editor.on("create", () => {
      const menu = target.closest(".prose-editor").querySelector(".prose-menubar");
      for (const button of menu.querySelectorAll("button")) {
        const word = WORDS[button.title];
        if (word) {
          button.title = word;
          button.setAttribute("aria-label", word);
        }
      }
      for (const option of menu.querySelectorAll(".prose-menubar__option > *")) {
        option.textContent = WORDS[option.textContent] ?? option.textContent;
      }
    });
  });
  document.addEventListener("focusin", ({ target }) => {
    for (const option of target.closest(".prose-editor-dialog")?.querySelectorAll("option:not([value])") ?? []) {
      option.value = option.textContent;
      option.textContent = WORDS[option.textContent] ?? option.textContent;
    }
  });

  document.addEventListener("DOMContentLoaded", () => {
    const article = document.querySelector("#article_form");
    if (article) warnBeforeLeaving(article);
    const photo = document.querySelector("#photo_form");
    if (photo) preparePhoto(photo);
  });

  function warnBeforeLeaving(form) {
    let changed = form.querySelector(".errornote") !== null;
    form.addEventListener("input", () => { changed = true; });
    form.addEventListener("submit", () => { changed = false; });
    window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  }

  // A file field cannot be filled again after an error: what can be told before sending is told before.
  function preparePhoto(form) {
    const { alt_text: alt, decorative, upload } = form.elements;
    if (!alt || !decorative || !upload) return;
    const demand = () => { alt.required = !decorative.checked; };
    decorative.addEventListener("change", demand);
    demand();
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

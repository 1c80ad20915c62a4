"use strict";
// The photo library: one dialog for the lead photo, for photos in a text, and for what is pasted or dropped there. A file
// is sent by itself, with its texts; what the server refuses stays in the dialog. Without this script a list remains.
(() => {
  const WAIT = 250; // milliseconds after the last letter of a search
  const SPOKEN_LOGIN = "Anda perlu masuk lagi. Masuklah di tab lain, lalu tekan tombol ini sekali lagi; foto dan teksnya tetap di sini.";
  const SPOKEN_SILENCE = "Server tidak menjawab. Foto dan teksnya tetap di sini: coba sekali lagi.";

  const config = () => document.querySelector("[data-library]")?.dataset;
  const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;
  const known = new Map(); // photos by id, as the server told them
  let numbers = 0;

  function make(html) {
    const template = document.createElement("template");
    template.innerHTML = html.trim();
    return template.content.firstElementChild;
  }

  async function ask(parameters) {
    const response = await fetch(`${config().library}?${new URLSearchParams(parameters)}`).catch(() => null);
    const answer = response?.ok && !response.redirected ? await response.json().catch(() => null) : null;
    if (!answer) return { problem: response?.redirected ? SPOKEN_LOGIN : SPOKEN_SILENCE, photos: [], next: null };
    for (const photo of answer.photos) known.set(String(photo.id), photo);
    return answer;
  }

  // ---- Files

  const picturesOf = (data) => [...(data?.files ?? [])].filter((file) => file.type.startsWith("image/") || whyNot(file) === "");
  const carriesFiles = (data) => [...(data?.types ?? [])].includes("Files");

  // Why the portal would not take the file; "" if it may.
  function whyNot(file) {
    const { accept, mostBytes, tooLarge, unknownKind } = config();
    const endings = [/\.[^.]*$/.exec(file.name.toLowerCase())?.[0], file.type.replace("image/", ".")];
    if (!accept.split(",").some((each) => endings.includes(each))) return unknownKind;
    if (!file.size) return "Berkas ini kosong. Ambil sekali lagi dari asalnya.";
    return file.size > Number(mostBytes) ? tooLarge : "";
  }

  // What a text that is pasted carries within itself, and the text without it.
  function takePictures(html) {
    const files = [];
    const text = html.replace(/<img\b[^>]*?\ssrc\s*=\s*["']?data:(image\/[a-z+]+);base64,([\w+/=\s]+)[^>]*>/gi, (whole, type, data) => {
      try {
        const bytes = Uint8Array.from(atob(data.replace(/\s/g, "")), (each) => each.charCodeAt(0));
        files.push(new File([bytes], `tempelan.${type.slice(6)}`, { type }));
        return "";
      } catch {
        return whole;
      }
    });
    return { text, files };
  }

  const saysSomething = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent.trim() !== "";

  // ---- The dialog

  let dialog = null;
  let purpose = null; // { label, take(photos) }
  let next = null;
  let search = null;

  const part = (name) => dialog.querySelector(`.library-${name}`);

  function build() {
    dialog = make(`
      <dialog class="library" aria-labelledby="library-title">
        <div class="library-head"><h2 id="library-title">Foto</h2><button type="button" class="library-close button">Tutup</button></div>
        <section class="library-new" aria-label="Foto baru">
          <p><button type="button" class="library-pick button" autofocus>Pilih berkas foto</button>
            <span>atau seret ke sini, atau tempel (Ctrl+V). Boleh beberapa sekaligus.</span></p>
          <input type="file" multiple hidden aria-label="Berkas foto">
          <ol class="library-files"></ol>
          <p class="library-said" role="status"></p>
          <button type="button" class="library-send button default" hidden></button>
        </section>
        <section aria-label="Foto di pustaka">
          <label class="library-find">Cari di pustaka <input type="search" maxlength="200" placeholder="keterangan, teks alternatif, kredit"></label>
          <ul class="library-shelf"></ul>
          <p class="library-found" role="status"></p>
          <button type="button" class="library-more button" hidden>Muat lebih banyak</button>
        </section>
      </dialog>`);
    document.body.append(dialog);
    const input = dialog.querySelector("[type=file]");
    input.accept = config().accept;
    part("pick").addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      addFiles([...input.files]);
      input.value = "";
    });
    part("close").addEventListener("click", () => dialog.close());
    part("send").addEventListener("click", send);
    part("more").addEventListener("click", () => shelve({ more: true }));
    part("find").addEventListener("input", () => {
      clearTimeout(search);
      search = setTimeout(shelve, WAIT);
    });
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.matches(".library-file input")) {
        event.preventDefault();
        send();
      }
    });
  }

  async function open(forWhat, files = []) {
    if (!dialog) build();
    purpose = forWhat;
    part("send").textContent = forWhat.label;
    if (!dialog.open) dialog.showModal();
    addFiles(files);
    await shelve();
  }

  function finish(photos, isNew = false) {
    dialog.close();
    purpose.take(photos, { isNew });
  }

  // ---- Photos that are there

  async function shelve({ more = false } = {}) {
    const words = part("find").querySelector("input").value.trim();
    const answer = await ask({ q: words, ...(more ? { before: next } : {}) });
    if (words !== part("find").querySelector("input").value.trim()) return; // typed on meanwhile
    const shelf = part("shelf");
    const thumbnails = answer.photos.map(thumbnail);
    if (more) shelf.append(...thumbnails);
    else if (!answer.problem) shelf.replaceChildren(...thumbnails);
    if (more) thumbnails[0]?.querySelector("button").focus();
    if (!answer.problem) {
      next = answer.next;
      part("more").hidden = next === null;
      part("new").hidden = !answer.may_add;
    }
    const nothing = words ? "Tidak ada foto dengan kata itu." : "Pustaka masih kosong.";
    part("found").textContent = answer.problem ?? (shelf.children.length ? "" : nothing);
  }

  function thumbnail(photo) {
    const item = make(`<li><button type="button"><img alt="" loading="lazy"><span></span></button></li>`);
    const text = photo.caption || photo.alt || photo.name;
    item.querySelector("img").src = photo.src;
    item.querySelector("span").textContent = text;
    const button = item.querySelector("button");
    button.title = photo.alt || photo.name;
    button.addEventListener("click", () => finish([photo]));
    return item;
  }

  // ---- Photos that are new

  const rows = () => [...(dialog?.querySelectorAll(".library-file:not(.refused)") ?? [])];
  const files = new WeakMap();

  function addFiles(chosen) {
    const added = chosen.map((file) => {
      const reason = whyNot(file);
      return reason ? refusal(file, reason) : row(file);
    });
    part("files").append(...added);
    added.find((each) => !each.matches(".refused"))?.querySelector("[name=alt_text]").focus();
    part("send").hidden = !rows().length;
  }

  function named(item, file) {
    item.querySelector("strong").textContent = file.name;
    item.querySelector(".library-remove").setAttribute("aria-label", `Buang ${file.name} dari daftar`);
    item.querySelector(".library-remove").addEventListener("click", () => {
      item.remove();
      part("send").hidden = !rows().length;
      part("pick").focus();
    });
    return item;
  }

  function refusal(file, reason) {
    const item = make(`<li class="library-file refused"><div><strong></strong> <button type="button" class="library-remove">Buang</button>
      <p class="library-error" role="alert"></p></div></li>`);
    item.querySelector("p").textContent = reason;
    return named(item, file);
  }

  function row(file) {
    const id = `library-${numbers += 1}`;
    const field = (name, label, most) => `<label>${label} <input type="text" name="${name}" maxlength="${most}" aria-describedby="${id}-${name}"></label>
      <p class="library-error" id="${id}-${name}" data-of="${name}"></p>`;
    const item = make(`
      <li class="library-file">
        <img alt="">
        <div>
          <strong></strong> <button type="button" class="library-remove">Buang</button>
          <p class="library-error" data-of="upload"></p>
          ${field("alt_text", "Teks alternatif: apa yang tampak pada foto", 250)}
          <label class="library-check"><input type="checkbox" name="decorative"> Hiasan: foto tidak menambah keterangan apa pun</label>
          <div class="library-two"><div>${field("caption", "Keterangan foto", 300)}</div><div>${field("credit", "Kredit", 120)}</div></div>
          <progress max="1" value="0" hidden></progress>
        </div>
      </li>`);
    files.set(item, file);
    const image = item.querySelector("img");
    image.addEventListener("error", () => image.replaceWith(make(`<span class="library-blind">Tanpa pratinjau</span>`)));
    image.src = URL.createObjectURL(file);
    item.querySelector("progress").setAttribute("aria-label", `Unggahan ${file.name}`);
    return named(item, file);
  }

  function say(item, errors) {
    for (const place of item.querySelectorAll("[data-of]")) {
      const name = place.dataset.of;
      place.textContent = (errors[name] ?? []).join(" ");
      const input = item.querySelector(`[name=${name}]`);
      if (input) input.ariaInvalid = errors[name] ? "true" : null;
    }
    const others = Object.keys(errors).filter((name) => !item.querySelector(`[data-of="${name}"]`));
    for (const name of others) item.querySelector("[data-of=upload]").textContent += errors[name].join(" ");
  }

  // What can be seen without the server.
  function missing(item) {
    const alt = item.querySelector("[name=alt_text]").value.trim();
    const errors = {};
    if (!alt && !item.querySelector("[name=decorative]").checked) errors.alt_text = ["Isi teks alternatif, atau centang “hiasan”."];
    return errors;
  }

  async function send() {
    const waiting = rows();
    const button = part("send");
    if (button.disabled) return;
    for (const item of waiting) say(item, missing(item));
    if (toFirstError()) return;
    button.disabled = true;
    const taken = [];
    part("said").textContent = "";
    for (const item of waiting) {
      const answer = await upload(item);
      if (answer.photo) {
        known.set(String(answer.photo.id), answer.photo);
        taken.push(answer.photo);
        item.remove();
      } else {
        say(item, answer.errors);
      }
    }
    button.disabled = false;
    button.hidden = !rows().length;
    if (!rows().length) {
      finish(taken, true);
    } else {
      if (taken.length) purpose.take(taken, { isNew: true });
      part("said").textContent = taken.length ? `${taken.length} foto tersimpan; sisanya belum.` : "Belum tersimpan.";
      toFirstError();
    }
  }

  function toFirstError() {
    const place = [...dialog.querySelectorAll(".library-file:not(.refused) .library-error")].find((each) => each.textContent);
    const item = place?.closest(".library-file");
    (item?.querySelector(`[name="${place.dataset.of}"]`) ?? item?.querySelector("button"))?.focus();
    return Boolean(place);
  }

  // Not fetch(): it does not tell how much of a file is sent.
  function upload(item) {
    const body = new FormData();
    body.append("upload", files.get(item), files.get(item).name);
    for (const input of item.querySelectorAll("input")) {
      if (input.type !== "checkbox") body.append(input.name, input.value);
      else if (input.checked) body.append(input.name, "on");
    }
    const progress = item.querySelector("progress");
    progress.hidden = false;
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      const refuse = (text) => {
        progress.hidden = true;
        resolve({ errors: { upload: [text] } });
      };
      request.upload.addEventListener("progress", ({ loaded, total }) => { progress.value = total ? loaded / total : 0; });
      request.addEventListener("error", () => refuse(SPOKEN_SILENCE));
      request.addEventListener("load", () => {
        progress.hidden = true;
        if (request.status === 413) refuse(config().tooLarge);
        else if (request.response?.photo || request.response?.errors) resolve(request.response);
        else refuse(request.status < 500 ? SPOKEN_LOGIN : SPOKEN_SILENCE);
      });
      request.responseType = "json";
      request.open("POST", config().upload);
      request.setRequestHeader("X-CSRFToken", token());
      request.send(body);
    });
  }

  // ---- Photos in a text

  const texts = new Map(); // by the element around the editor

  document.addEventListener("prose-editor:ready", ({ target, detail }) => {
    const box = target.closest(".prose-editor");
    const text = { ...detail, visited: false };
    texts.set(box, text);
    detail.editor.on("focus", () => { text.visited = true; });
    detail.editor.on("create", () => {
      const button = make(`<button type="button" class="prose-menubar__button photo-button" title="Sisipkan foto">Foto</button>`);
      box.querySelector(`.prose-menubar [data-name="figure"]`).replaceWith(button); // it asks for an address
      button.addEventListener("click", () => open(intoText(text)));
    });
  });

  // After the paragraph, list or table with the cursor, or at this position; at the end if there was no cursor yet.
  const intoText = (text, position = null) => ({
    label: "Unggah dan sisipkan",
    take(photos) {
      const { editor, textarea } = text;
      const { doc, selection } = editor.state;
      const $place = position === null ? selection.$to : doc.resolve(Math.min(position, doc.content.size));
      const after = $place.depth ? $place.after(1) : $place.pos;
      const place = position === null && !text.visited ? doc.content.size : after;
      editor.chain().insertContentAt(place, photos.map((photo) => photo.figure).join("")).scrollIntoView().focus().run();
      position = null; // what follows goes behind
      textarea.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });

  // ---- The lead photo

  document.addEventListener("DOMContentLoaded", () => {
    for (const box of document.querySelectorAll(".photo-choice")) prepareChoice(box);
    const form = document.querySelector("#photo_form");
    if (form) preparePhoto(form);
    const list = document.querySelector(".library-open");
    if (list) prepareList(list);
  });

  // The list of photos: new ones are seen at its top, an old one is opened.
  function prepareList(button) {
    button.hidden = false;
    button.addEventListener("click", () => open({
      label: "Unggah",
      take([photo], { isNew }) {
        if (isNew && rows().length) return; // some are still to be put right
        location.assign(isNew ? location.pathname : photo.address);
      },
    }));
  }

  function prepareChoice(box) {
    const select = box.querySelector("select");
    const chosen = box.querySelector(".photo-chosen");
    const label = document.querySelector(`label[for="${select.id}"]`);
    const pick = make(`<button type="button" class="button photo-pick"></button>`);
    const drop = make(`<button type="button" class="button photo-drop">Lepas</button>`);
    box.append(pick, " ", drop);
    box.classList.add("ready");
    box.setAttribute("role", "group");
    if (label) {
      label.id ||= `${select.id}_label`;
      box.setAttribute("aria-labelledby", label.id);
      label.addEventListener("click", () => pick.focus());
    }
    const show = async () => {
      chosen.hidden = drop.hidden = !select.value;
      pick.textContent = select.value ? "Ganti" : "Pilih foto";
      if (!select.value) return;
      const wanted = select.value;
      if (!known.has(wanted)) await ask({ id: wanted });
      const photo = known.get(wanted);
      if (!photo || select.value !== wanted) return;
      chosen.querySelector("img").src = photo.src;
      chosen.querySelector("img").alt = photo.alt;
      chosen.querySelector("figcaption").textContent = photo.alt || "Foto hiasan, tanpa teks alternatif";
    };
    const set = (value) => {
      select.value = value;
      for (const name of ["input", "change"]) select.dispatchEvent(new Event(name, { bubbles: true }));
    };
    box.purpose = {
      label: "Unggah dan pakai",
      take([photo]) {
        const value = String(photo.id);
        if (![...select.options].some((option) => option.value === value)) select.add(new Option(photo.name, value));
        set(value);
        pick.focus();
      },
    };
    select.addEventListener("change", show);
    pick.addEventListener("click", () => open(box.purpose));
    drop.addEventListener("click", () => {
      set("");
      pick.focus();
    });
    show();
  }

  // ---- Pasted and dropped

  document.addEventListener("paste", (event) => {
    const text = texts.get(event.target.closest?.(".prose-editor"));
    const inDialog = dialog?.open && dialog.contains(event.target);
    if (!text && !inDialog) return;
    const found = picturesOf(event.clipboardData);
    if (!found.length) return;
    const html = event.clipboardData.getData("text/html");
    // Word copies a picture of its text beside the text.
    if (text && (html ? saysSomething(html) : event.clipboardData.getData("text/plain").trim())) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (inDialog) addFiles(found);
    else open(intoText(text), found);
  }, true);

  // A file that is dropped beside them would open in the place of the page, with all that was typed there.
  for (const name of ["dragover", "drop"]) {
    document.addEventListener(name, (event) => {
      if (!carriesFiles(event.dataTransfer) || event.target.matches?.("input[type=file]")) return;
      const text = texts.get(event.target.closest?.(".prose-editor"));
      const choice = event.target.closest?.(".photo-choice");
      const inDialog = dialog?.open;
      event.preventDefault();
      if (name === "dragover") {
        event.dataTransfer.dropEffect = text || choice || inDialog ? "copy" : "none";
        return;
      }
      event.stopImmediatePropagation();
      const dropped = [...event.dataTransfer.files];
      if (inDialog) addFiles(dropped);
      else if (choice) open(choice.purpose, dropped);
      else if (text) {
        const at = text.editor.view.posAtCoords({ left: event.clientX, top: event.clientY });
        open(intoText(text, at?.pos ?? null), dropped);
      }
    }, true);
  }

  window.photoLibrary = {
    takePictures,
    offer: (box, found) => open(intoText(texts.get(box)), found),
  };

  // ---- The form of a photo: its focal point, and files that the portal would not take

  function preparePhoto(form) {
    const { focus_x: x, focus_y: y, upload } = form.elements;
    upload?.addEventListener("change", () => {
      upload.setCustomValidity(upload.files[0] ? whyNot(upload.files[0]) : "");
      upload.reportValidity();
    });
    if (!x || !y) return;
    const mark = make(`<span class="focus-mark" hidden></span>`);
    const show = () => {
      const image = form.querySelector(".preview");
      if (!image) return;
      if (!image.parentElement.matches(".focus-frame")) {
        const frame = make(`<span class="focus-frame"></span>`);
        image.before(frame);
        frame.append(image, mark);
      }
      mark.hidden = !x.value || !y.value;
      mark.style.left = `${x.value}%`;
      mark.style.top = `${y.value}%`;
    };
    for (const field of [x, y]) field.addEventListener("input", show);
    upload?.addEventListener("change", show);
    form.addEventListener("click", ({ target, offsetX, offsetY }) => {
      if (!target.matches(".preview")) return;
      x.value = Math.round((100 * offsetX) / target.clientWidth);
      y.value = Math.round((100 * offsetY) / target.clientHeight);
      x.dispatchEvent(new Event("input", { bubbles: true }));
    });
    show();
  }
})();

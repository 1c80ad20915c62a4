"use strict";
// Nothing typed in the newsroom is lost. What stands in a form is copied into the browser's own database within a second,
// and to the server every few seconds; it is offered when the form is opened again. A form is sent only when the server
// has just answered: a dead network, session or token leaves everything where it is.
(() => {
  const { user, address, login } = document.currentScript.dataset;
  const LOCAL_EVERY = 1000, SERVER_EVERY = 5000, OPEN_EVERY = 20000, PATIENCE = 20000;  // milliseconds
  const KEPT = 30 * 86400 * 1000;
  const COUNTS = /-(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS$/;  // how many rows a formset has
  const FIELD = "_salinan";  // tells the server whose copies a saved form makes needless
  let zone = null;

  const editors = new WeakMap();
  document.addEventListener("prose-editor:ready", ({ detail }) => editors.set(detail.textarea, detail.editor));

  // ---- The browser's database: unlike localStorage, what it has confirmed survives the death of the browser

  const database = new Promise((resolve, reject) => {
    const request = indexedDB.open("tulisan", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("copies", { keyPath: "name" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  database.catch(() => {});  // each use says so

  async function inStore(mode, use) {
    const transaction = (await database).transaction("copies", mode);
    const request = use(transaction.objectStore("copies"));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }

  const put = (copy) => inStore("readwrite", (store) => store.put(copy)).then(() => true, () => false);
  const remove = (name) => inStore("readwrite", (store) => store.delete(name)).catch(() => {});

  async function localCopies(key) {
    const all = await inStore("readonly", (store) => store.getAll()).catch(() => []);
    for (const copy of all) if (copy.at < Date.now() - KEPT) remove(copy.name);
    return all.filter((copy) => copy.user === user && copy.form === key);
  }

  // ---- The server

  // Its answer; `problem` says why nothing was stored: "network", "server", "logged out", "another user", "too large".
  async function ask(values) {
    const body = new FormData();  // percent-encoded, a long text would be three times as long
    for (const [name, value] of Object.entries({ user, ...values })) body.append(name, value);
    let response;
    try {
      response = await fetch(address, { method: "POST", body, signal: AbortSignal.timeout(PATIENCE) });
    } catch {
      return { problem: "network" };
    }
    const answer = await response.json().catch(() => null);
    if (!response.ok || !answer) return { problem: response.status === 413 ? "too large" : "server" };
    if (answer.zone) zone = answer.zone;
    if (answer.token) {
      for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = answer.token;
    }
    return answer;
  }

  // ---- What a form contains

  const isKept = (name) => name && name !== "csrfmiddlewaretoken" && name !== FIELD && !name.includes("__prefix__");

  function fieldsOf(form) {
    const fields = {};
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && isKept(name)) (fields[name] ??= []).push(value.replaceAll("\r\n", "\n"));
    }
    return fields;
  }

  // The names of what was chosen in lists that are loaded while one types.
  function labelsOf(form) {
    const labels = {};
    for (const list of form.querySelectorAll("select.admin-autocomplete, .photo-choice select")) {
      if (!isKept(list.name)) continue;
      for (const option of list.selectedOptions) (labels[list.name] ??= {})[option.value] = option.textContent;
    }
    return labels;
  }

  const elementsOf = (form, name) => [...form.elements].filter((element) => element.name === name);
  const isHidden = (form, name) => elementsOf(form, name).some((element) => element.type === "hidden");
  const isSame = (some, others) => JSON.stringify(some ?? []) === JSON.stringify(others ?? []);

  // Fields in which `copy` is not what the form shows, as [name, shown, copied].
  function differences(form, shown, copy) {
    const names = [...new Set([...Object.keys(shown), ...Object.keys(copy)])];
    return names
      .filter((name) => !isHidden(form, name) && !isSame(shown[name], copy[name]))
      .filter((name) => elementsOf(form, name).length || copy[name].some((value) => value.trim()))
      .map((name) => [name, shown[name] ?? [], copy[name] ?? []]);
  }

  function fill(form, { fields, labels }) {
    for (const [name, [count]] of Object.entries(fields)) {
      if (COUNTS.test(name) && name.includes("-TOTAL_")) addRows(form, name, Number(count));
    }
    const used = {};
    for (const element of [...form.elements]) {
      const { name, type } = element;
      if (!isKept(name) || COUNTS.test(name) || ["submit", "button", "file", "password", "reset"].includes(type)) continue;
      const values = fields[name] ?? [];
      if (type === "checkbox" || type === "radio") {
        element.checked = values.includes(element.value);
      } else if (element instanceof HTMLSelectElement) {
        for (const value of values) {
          if (![...element.options].some((option) => option.value === value)) {
            element.add(new Option(labels?.[name]?.[value] ?? value, value));
          }
        }
        for (const option of element.options) option.selected = values.includes(option.value);
      } else {
        used[name] = (used[name] ?? -1) + 1;
        if (values[used[name]] === undefined) continue;
        const editor = editors.get(element);
        editor?.commands.setContent(editor.storage.kept.editable(values[used[name]]));
        element.value = values[used[name]];
      }
      element.dispatchEvent(new Event("input", { bubbles: true }));
      element.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }

  function addRows(form, name, count) {
    const total = form.elements[name];
    const group = document.getElementById(name.replace(/-TOTAL_FORMS$/, "-group"));
    for (let tries = 0; total && tries < 50 && Number(total.value) < count; tries += 1) {
      group?.querySelector(".add-row a")?.click();
    }
  }

  // ---- What people read

  function clock(at) {
    const where = zone ? { timeZone: zone.name } : {};
    const moment = new Date(at);
    const day = (date) => date.toLocaleDateString("id-ID", { ...where, day: "numeric", month: "long" });
    const time = moment.toLocaleTimeString("id-ID", { ...where, hour: "2-digit", minute: "2-digit" });
    const shown = zone ? `${time} ${zone.label}` : time;
    return day(moment) === day(new Date()) ? shown : `${day(moment)} ${shown}`;
  }

  function make(tag, attributes = {}, ...content) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...content);
    return element;
  }

  function button(text, action) {
    const element = make("button", { type: "button", class: "button" }, text);
    element.addEventListener("click", action);
    return element;
  }

  function labelOf(form, name) {
    const [element] = elementsOf(form, name);
    const label = element?.labels?.[0] ?? form.querySelector(`label[for="${CSS.escape(element?.id ?? "")}"]`);
    const own = label && [...label.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
    return own?.map((node) => node.textContent).join("").trim().replace(/:$/, "") || name;
  }

  function textOf(form, name, values, labels) {
    const [element] = elementsOf(form, name);
    if (element instanceof HTMLSelectElement) {
      const known = Object.fromEntries([...element.options].map((option) => [option.value, option.textContent]));
      return values.filter(Boolean).map((value) => known[value] ?? labels?.[name]?.[value] ?? value).join(", ");
    }
    if (element?.type === "checkbox") return values.length ? "ya" : "tidak";
    return values.map((value) => (/^\s*<\w/.test(value) ? plain(value) : value)).join("\n");
  }

  function plain(html) {
    const { body } = new DOMParser().parseFromString(html, "text/html");
    for (const block of body.querySelectorAll("p, li, h2, h3, blockquote, tr, figure, br, hr")) block.append("\n");
    for (const line of body.querySelectorAll("br, hr")) line.replaceWith("\n");
    return body.textContent.trim();
  }

  const WHY = {
    network: "jaringan terputus.",
    server: "server sedang bermasalah.",
    "logged out": "sesi Anda sudah berakhir.",
  };

  // ---- One form

  function watch(form, key) {
    const shown = fieldsOf(form);
    const copy = { name: newName(), user, form: key, at: 0, fields: shown, labels: {} };
    const restored = new Set();  // names of older copies that went into this form
    let text = JSON.stringify(shown), posted = text, postedAt = 0, posting = null, isStored = true;
    let isLeaving = false, isSending = false, passes = false;
    const place = form.querySelector("[data-unsaved]");  // a bar that stays in sight has the status, and its own words
    const status = place?.querySelector(".unsaved-status") ?? make("p", { class: "unsaved-status", role: "status" });
    const kept = place ? "Tersimpan" : "Tersimpan sementara";
    const butNot = place?.dataset.unsaved ?? "";  // what that does not mean yet
    const alert = make("div", { class: "unsaved unsaved-problem", role: "alert", hidden: "" });
    const bar = make("div", { class: "unsaved", role: "region", "aria-label": "Tulisan yang belum tersimpan", hidden: "" });
    const last = [...form.querySelectorAll(".submit-row")].at(-1);
    if (place) place.after(alert);
    else if (last) last.before(alert, status);
    else form.append(alert, status);
    form.before(bar);

    function say(sentence) {
      if (status.textContent !== sentence) status.textContent = sentence;
    }

    async function keep() {
      const fields = fieldsOf(form), now = JSON.stringify(fields);
      if (now === text) return;
      text = now;
      Object.assign(copy, { fields, labels: labelsOf(form), at: Date.now(), sent: false });
      isStored = await put({ ...copy });
      if (isStored && !posting) say(`${kept} ${clock(copy.at)}${butNot}`);
    }

    async function post() {
      postedAt = Date.now();
      const sent = text;
      posting = ask({ form: key, name: copy.name, content: JSON.stringify({ fields: copy.fields, labels: copy.labels }) });
      const answer = await posting;
      posting = null;
      if (!answer.problem) {
        posted = sent;
        say(`${kept} ${clock(copy.at || Date.now())}${butNot}`);
      } else if (isStored) {
        const why = WHY[answer.problem] ?? "";
        say(`${kept} ${clock(copy.at || Date.now())}, di peramban ini saja${why && `: ${why}`}`);
      } else {
        say("Tulisan Anda belum tersimpan di mana pun. Jangan tutup halaman ini.");
      }
      return answer;
    }

    async function tick() {
      if (isLeaving || isSending) return;
      await keep();
      if (text !== posted && !posting && Date.now() - postedAt >= SERVER_EVERY) await post();
    }
    setInterval(tick, LOCAL_EVERY);
    const hurry = () => {
      if (isLeaving || isSending) return;
      keep();
      if (text !== posted && !posting) post();
    };
    document.addEventListener("visibilitychange", () => { if (document.hidden) hurry(); });
    window.addEventListener("pagehide", hurry);
    window.addEventListener("pageshow", (event) => { if (event.persisted) isLeaving = passes = false; });

    // ---- Sending: in the capture phase, so that other scripts hear of it only when the form really goes

    document.addEventListener("submit", (event) => {
      if (event.target !== form || event.submitter?.formTarget) return;  // a preview in another tab saves nothing
      if (passes) {
        passes = false;
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!isSending) send(event.submitter);
    }, true);

    async function send(submitter) {
      isSending = true;
      alert.hidden = true;
      say("Mengirim…");
      await keep();
      await posting;  // otherwise an older state could arrive when the form is saved
      const { problem, name } = await post();
      isSending = false;
      if (problem && problem !== "too large") return refuse(problem, name, submitter);
      const names = [copy.name, ...restored];
      form.querySelectorAll(`[name="${FIELD}"]`).forEach((field) => field.remove());
      form.append(...names.map((each) => make("input", { type: "hidden", name: FIELD, value: each })));
      if (!problem) await markSent(names);
      isLeaving = passes = true;
      form.requestSubmit(submitter);
      if (passes) isLeaving = passes = false;  // the browser refused it: a field that it checks itself
      setTimeout(() => { isLeaving = false; }, 2 * PATIENCE);  // still here: nothing came of it
    }

    async function markSent(names) {
      for (const each of await localCopies(key)) if (names.includes(each.name)) await put({ ...each, sent: true });
    }

    function refuse(problem, name, submitter) {
      const where = isStored ? "Tulisan Anda tersimpan di peramban ini." : "Jangan tutup halaman ini.";
      const why = problem === "another user"
        ? `di peramban ini sekarang masuk ${name}. Keluarlah dari akun itu, lalu masuk dengan akun Anda sendiri.`
        : WHY[problem];
      const link = make("a", { href: login, target: "_blank" }, "Masuk lagi di tab baru");
      const again = button("Kirim lagi", () => send(submitter));
      const needsLogin = problem === "logged out" || problem === "another user";
      alert.replaceChildren(make("p", {}, `Belum terkirim: ${why} ${where}`));
      alert.append(make("p", {}, ...(needsLogin ? [link, ", kemudian ", again] : [again])));
      alert.hidden = false;
      say("");
      alert.scrollIntoView({ block: "center" });
      (needsLogin ? link : again).focus();
    }

    // ---- Older copies

    async function open() {
      const [answer, local] = [await ask({ form: key }), await localCopies(key)];
      const stored = answer.copies ?? [];
      const found = new Map(stored.map((each) => [each.name, each]));
      for (const each of local) {
        // It was on the server when the form was sent; the server drops it when it is saved.
        if (each.sent && answer.copies && !found.has(each.name)) remove(each.name);
        else found.set(each.name, each);
      }
      const seen = new Set();
      const offers = [];
      for (const each of [...found.values()].sort((some, other) => other.at - some.at)) {
        const content = JSON.stringify(Object.entries(each.fields).sort());
        if (seen.has(content)) discard(each);
        else if (differences(form, shown, each.fields).length) offers.push(each);
        else if (!copy.at) copy.name = each.name;  // what the form shows, perhaps after an error: go on with it
        else discard(each);
        seen.add(content);
      }
      offer(offers);
    }

    function discard({ name }) {
      remove(name);
      return ask({ discard: name });
    }

    function offer(offers, focus = false) {
      const [older, ...rest] = offers;
      bar.hidden = !older;
      if (!older) return;
      const at = clock(older.at);
      const comparison = make("div", { class: "unsaved-comparison", id: `${copy.name}-comparison`, hidden: "" });
      const restore = button("Pulihkan", () => {
        const before = { fields: fieldsOf(form), labels: labelsOf(form) };
        fill(form, older);
        restored.add(older.name);
        keep();
        done(`Tulisan dari ${at} dipulihkan. Periksa, lalu simpan.`, rest, () => {
          fill(form, before);
          restored.delete(older.name);
          offer(offers, true);
        });
      });
      const compare = button("Bandingkan", () => {
        comparison.hidden = !comparison.hidden;
        compare.setAttribute("aria-expanded", String(!comparison.hidden));
        if (!comparison.hidden) comparison.replaceChildren(table(older));
      });
      compare.setAttribute("aria-expanded", "false");
      compare.setAttribute("aria-controls", comparison.id);
      const drop = button("Buang", () => {
        discard(older);
        done(`Tulisan dari ${at} dibuang.`, rest, () => {
          put({ ...older, user, form: key, sent: false });
          ask({ form: key, name: older.name, content: JSON.stringify({ fields: older.fields, labels: older.labels ?? {} }) });
          offer(offers, true);
        });
      });
      const more = rest.length ? ` (dan ${rest.length} lagi)` : "";
      bar.replaceChildren(
        make("p", {}, `Ada tulisan yang belum tersimpan dari ${at}${more}.`),
        make("p", { class: "unsaved-buttons" }, restore, compare, drop),
        comparison,
      );
      if (focus) restore.focus();
    }

    function done(sentence, rest, undo) {
      const back = button("Urungkan", undo);
      const next = button(rest.length ? "Tulisan berikutnya" : "Tutup", () => offer(rest, true));
      bar.replaceChildren(
        make("p", { role: "status" }, sentence),
        make("p", { class: "unsaved-buttons" }, back, next),
      );
      back.focus();
    }

    function table(older) {
      const rows = differences(form, fieldsOf(form), older.fields).map(([name, now, then]) => make(
        "tr", {},
        make("th", { scope: "row" }, labelOf(form, name)),
        make("td", { "data-label": "Di formulir ini" }, textOf(form, name, now) || "(kosong)"),
        make("td", { "data-label": "Yang belum tersimpan" }, textOf(form, name, then, older.labels) || "(kosong)"),
      ));
      const heads = ["Bagian", "Di formulir ini", "Yang belum tersimpan"].map((each) => make("th", { scope: "col" }, each));
      return make("table", {}, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows));
    }

    // ---- Others who have the same form open; on a form for something new everybody writes something else

    const who = make("p", { class: "unsaved-others", role: "status", hidden: "" });
    form.before(who);
    const what = key.includes("/news/article/") ? "berita ini" : "halaman ini";
    const opened = newName();  // a copy's name may be that of an earlier tab

    async function sayOpen() {
      const { others } = await ask({ form: key, opened });
      if (!others) return;
      const names = new Intl.ListFormat("id").format(others);
      const sentence = others.length ? `${names} juga sedang membuka ${what}.` : "";
      if (who.textContent !== sentence) who.textContent = sentence;
      who.hidden = !sentence;
    }

    function watchOthers() {
      sayOpen();
      setInterval(sayOpen, OPEN_EVERY);
      window.addEventListener("pageshow", (event) => { if (event.persisted) sayOpen(); });
      window.addEventListener("pagehide", () => {
        const body = new FormData();
        body.append("user", user);
        body.append("closed", opened);
        navigator.sendBeacon(address, body);
      });
    }

    open();
    if (!/\/add\/(#|$)/.test(key)) watchOthers();
  }

  const newName = () => [...crypto.getRandomValues(new Uint8Array(16))].map((each) => each.toString(16).padStart(2, "0")).join("");

  const forms = [...document.querySelectorAll("form[method=post]:not(#changelist-form)")].filter((form) =>
    form.querySelector("textarea:not([readonly]), input[type=text]")
    && !form.querySelector("[type=password], [autocomplete=one-time-code], [name=passkey]"));
  for (const form of forms) watch(form, `${location.pathname}${forms.length > 1 ? `#${form.id}` : ""}`);
})();

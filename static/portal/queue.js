"use strict";
// Makes the queue work without reloads and with the keyboard. Decided rows disappear at once and are sent one after the
// other; a row that could not be sent comes back with a message.
(() => {
  const queue = document.getElementById("queue");
  if (!queue) return;
  const last = document.getElementById("last");
  const status = last.querySelector("[role=status]");
  const keysOn = document.getElementById("keys-on");
  const picked = document.getElementById("terpilih");
  const rows = () => [...queue.querySelectorAll(".row")];
  const decided = [];  // decisions that this page has sent and can undo
  const gone = new Set();  // ids of removed rows, which a page fetched meanwhile may still contain
  let current = null, sending = Promise.resolve(), unsent = 0, loading = null;
  let isStale = false;  // whether the queue contains rows that this page does not show

  // ---- The current row, to which the keys apply

  function choose(row, { focus = true } = {}) {
    current?.classList.remove("is-current");
    current = row ?? null;
    current?.classList.add("is-current");
    if (!current || !focus) return;
    current.focus({ preventScroll: true });
    current.scrollIntoView({ block: "start" });
  }

  function move(step) {
    const all = rows();
    choose(all[Math.min(Math.max(all.indexOf(current) + step, 0), all.length - 1)]);
  }

  const pickedRows = () => rows().filter((row) => row.querySelector(".pick").checked);
  const targets = () => { const some = pickedRows(); return some.length ? some : current ? [current] : []; };

  function countPicked() {
    const count = pickedRows().length;
    picked.classList.toggle("is-needed", count > 0);
    picked.querySelector("#picked-count").textContent = `${count} dipilih`;
  }

  // ---- Sending

  class Refused extends Error {}

  async function post(form, values) {
    const ask = () => {
      const body = new URLSearchParams(new FormData(form));
      for (const [name, value] of Object.entries(values)) {
        body.delete(name);
        for (const each of [value].flat()) body.append(name, each);
      }
      body.set("csrfmiddlewaretoken", last.elements.csrfmiddlewaretoken.value);
      return fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } })
        .catch(() => { throw new Refused("Jaringan terputus."); });
    };
    const isOurs = (answer) => answer.headers.get("Content-Type")?.startsWith("application/json");
    let answer = await ask();
    if (!isOurs(answer) && await renewToken()) answer = await ask();
    if (!isOurs(answer)) {
      throw new Refused(answer.redirected || answer.status === 403
        ? "Anda perlu masuk lagi. Masuklah di tab lain, lalu coba lagi." : "Server sedang bermasalah.");
    }
    const answered = await answer.json();
    if (!answer.ok) throw new Refused(answered.message);
    return answered;
  }

  // After a new login in another tab there is a new CSRF token, which only a new page contains.
  async function renewToken() {
    const page = await fetchPage(location.href).catch(() => null);
    const token = page?.querySelector("#last [name=csrfmiddlewaretoken]");
    if (token) last.elements.csrfmiddlewaretoken.value = token.value;
    return Boolean(token);
  }

  async function fetchPage(address) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(answer.status);
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  }

  // Runs tasks one after the other, so that a decision is sent before it is undone.
  function inTurn(task) {
    unsent += 1;
    sending = sending.then(task).finally(() => { unsent -= 1; tidy(); });
    return sending;
  }

  function say(text, batch) {
    last.hidden = false;
    status.textContent = text;
    last.elements.batch.value = batch ?? "";
    last.querySelector("button").hidden = !batch;
  }

  // ---- Decisions

  function decide(chosen, values) {
    if (!chosen.length) return;
    const places = chosen.map((row) => [row, document.createComment("")]);
    const all = rows();
    const next = all.slice(all.indexOf(chosen.at(-1)) + 1).find((row) => !chosen.includes(row))
      ?? all.findLast((row) => !chosen.includes(row));
    for (const [row, place] of places) {
      row.querySelector(".failed")?.remove();
      row.querySelector(".pick").checked = false;
      row.replaceWith(place);
      gone.add(row.id);
    }
    choose(next);
    countPicked();
    const decision = { places, batch: null };
    const items = chosen.map((row) => row.dataset.item);
    inTurn(async () => {
      try {
        const { message, batch, rest } = await post(chosen[0].querySelector("form"), { item: items, ...values });
        decision.batch = batch;
        if (batch) decided.push(decision);
        if (rest) isStale = true;
        say(message, batch);
      } catch (error) {
        if (!(error instanceof Refused)) console.error(error);
        putBack(places);
        fail(places, error.message, () => decide(chosen, values));
      }
    });
    tidy();  // now, while this one counts as unsent: an empty page is left only when everything is sent
  }

  function putBack(places) {
    for (const [row, place] of places) {
      place.replaceWith(row);
      gone.delete(row.id);
    }
    choose(places[0][0]);
    tidy();
  }

  function fail(places, why, again) {
    for (const [row] of places) {
      const note = document.createElement("p");
      note.className = "failed";
      note.setAttribute("role", "alert");
      note.append(`Belum tersimpan. ${why} `);
      if (row === places[0][0]) {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = places.length > 1 ? `Coba lagi (${places.length})` : "Coba lagi";
        button.addEventListener("click", again);
        note.append(button);
      }
      row.prepend(note);
    }
    say(`Belum tersimpan. ${why}`);
  }

  function undo() {
    inTurn(async () => {
      const batch = decided.at(-1)?.batch ?? last.elements.batch.value;
      if (!batch) return say("Tidak ada lagi yang dapat dibatalkan di sini. Lihat Keputusan terakhir.");
      say("Sedang membatalkan…");
      try {
        const { message } = await post(last, { batch });
        const decision = decided.pop();
        if (decision) putBack(decision.places);
        else isStale = true;  // the decision is older than this page
        say(message, decided.at(-1)?.batch);
      } catch (error) {
        say(`Belum dibatalkan. ${error.message}`, batch);
      }
    });
  }

  // ---- Loading more rows

  function tidy() {
    for (const section of queue.querySelectorAll("section")) section.hidden = !section.querySelector(".row");
    const left = rows().length;
    const more = document.querySelector(".more");
    if (left < 15 && more && !loading) loading = append(more).finally(() => { loading = null; });
    if (isStale && !unsent) return renew();
    if (left || unsent || loading) return;
    document.querySelector(".empty").hidden = false;
    if (decided.length) renew();
  }

  // Reloads the queue from its beginning and keeps the last message.
  function renew() {
    sessionStorage.setItem("antrean-kabar", status.textContent);
    const query = new URLSearchParams(location.search);
    query.delete("sesudah");
    location.replace(location.pathname + (query.size ? `?${query}` : ""));
  }

  async function append(more) {
    const page = await fetchPage(more.querySelector("a").href).catch(() => null);
    if (!page) return;  // the link stays
    for (const section of page.querySelectorAll("#queue section")) {
      let here = queue.querySelector(`section[data-held="${section.dataset.held}"]`);
      const fresh = [...section.querySelectorAll(".row")].filter(isNew);
      if (here) here.append(...fresh);
      else queue.append(section);
    }
    const next = page.querySelector(".more");
    if (next) more.replaceWith(next);
    else more.remove();
    if (!current) choose(rows()[0]);
    setTimeout(tidy);
  }

  function isNew(row) {
    if (gone.has(row.id) || document.getElementById(row.id)) return false;
    return !row.dataset.group || !row.dataset.item.endsWith("~") ||
      !rows().some((other) => other.dataset.group === row.dataset.group);
  }

  // ---- Buttons

  let onDecision = null;  // called with the values of the open dialog
  let place = "";  // dialog and rows of the open dialog
  const notes = new Map();  // written in a dialog that was closed without a decision, by its place
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.addEventListener("submit", (event) => {
      event.preventDefault();
      const { catatan, opd } = event.target.elements;
      const values = { keputusan: event.submitter.value, catatan: catatan.value, opd: opd?.value ?? "" };
      dialog.close();  // first, since an open dialog would keep the focus from the next row
      if (!values.keputusan) return;
      notes.delete(place);
      onDecision(values);
    });
    dialog.addEventListener("close", () => { dialog.querySelector("form").reset(); });
    dialog.addEventListener("input", ({ target }) => { if (target.name === "catatan") notes.set(place, target.value); });
    dialog.addEventListener("keydown", (event) => {
      if (event.target.matches("textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
      const button = dialog.querySelectorAll(".reasons button")[event.key - 1];
      if (!button) return;
      event.preventDefault();
      button.click();
    });
  }

  function open(name, chosen) {
    if (!chosen.length) return;
    const dialog = document.getElementById(name);
    onDecision = (values) => decide(chosen, values);
    place = [name, ...chosen.map((row) => row.id)].join(" ");
    dialog.querySelector("textarea").value = notes.get(place) ?? "";
    dialog.showModal();
    dialog.querySelector(name === "tolak" ? ".reasons button" : "select").focus();
  }

  queue.addEventListener("submit", (event) => {
    event.preventDefault();
    decide([event.target.closest(".row")], { keputusan: event.submitter.value });
  });
  queue.addEventListener("click", (event) => {
    const link = event.target.closest("[data-opens]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link.dataset.opens, [link.closest(".row")]);
  });
  queue.addEventListener("keydown", (event) => {
    if (event.key === " " && event.target.matches("[data-opens]")) {
      event.preventDefault();
      event.target.click();
    }
  });
  queue.addEventListener("focusin", (event) => {
    const row = event.target.closest(".row");
    if (row && row !== current) choose(row, { focus: false });
  });
  queue.addEventListener("change", countPicked);
  picked.addEventListener("submit", (event) => {
    event.preventDefault();
    decide(pickedRows(), { keputusan: picked.elements.keputusan.value });
  });
  last.addEventListener("submit", (event) => { event.preventDefault(); undo(); });
  window.addEventListener("beforeunload", (event) => { if (unsent) event.preventDefault(); });

  // ---- Keys

  const press = (value) => decide(targets(), { keputusan: value });
  const MOVES = { j: () => move(1), arrowdown: () => move(1), k: () => move(-1), arrowup: () => move(-1) };
  const KEYS = {
    ...MOVES,
    s: () => press("setujui"), p: () => press("spam"),
    t: () => open("tolak", targets()), d: () => open("teruskan", targets()),
    b: undo, u: undo,
    x: () => current?.querySelector(".pick").click(),
    o: () => { for (const each of current?.querySelectorAll("details") ?? []) each.open = !each.open; },
    "?": () => { const help = document.querySelector(".keys"); help.open = !help.open; if (help.open) help.querySelector("summary").focus(); },
  };
  keysOn.checked = localStorage.getItem("antrean-tanpa-tombol") !== "ya";
  keysOn.addEventListener("change", () => {
    if (keysOn.checked) localStorage.removeItem("antrean-tanpa-tombol");
    else localStorage.setItem("antrean-tanpa-tombol", "ya");
  });
  document.addEventListener("keydown", (event) => {
    const { target } = event;
    const isWriting = target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox])");
    if (!keysOn.checked || isWriting || event.ctrlKey || event.metaKey || event.altKey || target.closest("dialog")) return;
    const key = event.key.toLowerCase();
    if (!Object.hasOwn(KEYS, key)) return;
    event.preventDefault();
    if (event.repeat && !Object.hasOwn(MOVES, key)) return;  // a key held down would decide about rows nobody has read
    KEYS[key]();
  });

  const message = sessionStorage.getItem("antrean-kabar");
  sessionStorage.removeItem("antrean-kabar");
  if (message) say(message, last.elements.batch.value);
  choose(rows()[0], { focus: false });
  countPicked();
  tidy();
  document.body.classList.add("has-queue-script");
})();

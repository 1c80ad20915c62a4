// The portal's only script, for articles and their comment forms; every page works without it.
"use strict";

// ---- Copying the address

for (const item of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  item.hidden = false;
  item.firstElementChild.addEventListener("click", async () => {
    const status = document.querySelector("[data-copied]");
    try {
      await navigator.clipboard.writeText(item.dataset.copy);
      status.textContent = "Tautan disalin.";
    } catch {
      status.textContent = `Salin sendiri: ${item.dataset.copy}`;
    }
  });
}

// ---- Reading aloud, if the browser has an Indonesian voice: the title and the text, one paragraph at a time, because
// Chromium stops after 15 seconds of one text.
const listen = document.querySelector("[data-listen]");
if (listen && "speechSynthesis" in window) {
  const [start, stop] = listen.querySelectorAll("button");
  const speech = window.speechSynthesis;
  const texts = ".article h1, .prose :is(p, li, h2, h3, td, th, figure:not(.lead-photo) figcaption)";
  const pieces = [...document.querySelectorAll(texts)].filter(
    (element) => !element.querySelector("p, li") && element.textContent.trim(),
  );
  let next = -1; // index into pieces; -1: not reading
  let round = 0; // number of this reading, to ignore late events of one that was stopped

  const voice = () => speech.getVoices().find((found) => /^id\b/i.test(found.lang.replace("_", "-")));
  const offer = () => (start.hidden = !voice()); // voices may load after the page
  const show = (label, running) => {
    start.textContent = label;
    stop.hidden = !running;
  };
  const end = () => {
    round += 1;
    next = -1;
    speech.cancel();
    show("Dengarkan", false);
  };
  const read = () => {
    if (next >= pieces.length) return end();
    const started = round;
    const utterance = new SpeechSynthesisUtterance(pieces[next].textContent);
    utterance.lang = "id-ID";
    utterance.voice = voice();
    utterance.onend = () => {
      if (started !== round) return;
      next += 1;
      read();
    };
    utterance.onerror = () => started === round && end();
    speech.speak(utterance);
  };

  start.addEventListener("click", () => {
    if (next < 0) {
      speech.cancel();
      next = 0;
      show("Jeda", true);
      read();
    } else if (speech.paused) {
      speech.resume();
      show("Jeda", true);
    } else {
      speech.pause();
      show("Lanjutkan", true);
    }
  });
  stop.addEventListener("click", () => {
    end();
    start.focus();
  });
  addEventListener("pagehide", end);
  speech.addEventListener?.("voiceschanged", offer);
  offer();
}

// ---- The comment form: fetches the captcha from the address in `data-captcha` when the reader begins to write. Without
// this script, the response to the first post contains it.
for (const form of document.querySelectorAll("form[data-comment]")) {
  const place = form.querySelector("[data-captcha]");
  const status = form.querySelector("[data-captcha-status]");
  let busy = false;

  // One button starts and stops the sound; the browser's own player has four tab stops before the field.
  const preparePlayer = () => {
    const player = place.querySelector("audio");
    if (!player) return;
    const listen = place.querySelector("[data-captcha-sound]");
    const label = listen.textContent;
    let tries = 0; // the server may still be busy: it makes one sound at a time
    listen.addEventListener("click", () => {
      if (!player.paused) return player.pause();
      say("");
      tries = 0;
      player.currentTime = 0;
      player.play().catch(() => {}); // the player's error event reports it
    });
    player.addEventListener("play", () => (listen.textContent = "Hentikan suara"));
    for (const end of ["pause", "ended", "error"]) player.addEventListener(end, () => (listen.textContent = label));
    player.addEventListener("error", () => {
      if (tries++ >= 2) return say("Suara belum dapat diputar. Coba lagi sebentar, atau tekan “Gambar lain”.", true);
      say("Suara sedang disiapkan.");
      setTimeout(() => {
        if (!player.isConnected) return;
        player.load();
        player.play().catch(() => {});
      }, 1500);
    });
    player.hidden = true;
    for (const button of place.querySelectorAll("button[hidden]")) button.hidden = false;
  };

  // Read out by screen readers; visible only when something went wrong.
  const say = (text, wrong) => {
    status.className = wrong ? "errorlist" : "unseen";
    status.textContent = text;
  };

  const load = async (success, failure) => {
    if (busy) return;
    busy = true;
    say("");
    try {
      const response = await fetch(place.dataset.captcha, { cache: "no-store" });
      if (!response.ok) throw new Error(response.status);
      place.querySelector("audio")?.pause();
      place.innerHTML = await response.text();
      preparePlayer();
      say(success);
    } catch {
      if (failure) say(failure, true); // otherwise the next focus tries again
    }
    busy = false;
  };

  preparePlayer();
  form.addEventListener("focusin", () => {
    if (!place.firstElementChild) load("Sebelum tombol kirim ada kode untuk diketik: lihat gambarnya atau dengarkan.");
  });
  place.addEventListener("click", async (event) => {
    if (!event.target.closest("[data-new-captcha]")) return;
    await load("Gambar dan suara baru siap.", "Gambar lain belum dapat diambil. Periksa sambungan internet, lalu coba lagi.");
    if (!event.target.isConnected) place.querySelector("[name=captcha_1]").focus(); // the old button is gone
  });
}

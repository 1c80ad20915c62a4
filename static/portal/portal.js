// What an article's page can do more with JavaScript: copy its address, read itself aloud.
"use strict";

for (const item of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  item.hidden = false;
  item.firstElementChild.addEventListener("click", async () => {
    const said = document.querySelector("[data-copied]");
    try {
      await navigator.clipboard.writeText(item.dataset.copy);
      said.textContent = "Tautan disalin.";
    } catch {
      said.textContent = `Salin sendiri: ${item.dataset.copy}`;
    }
  });
}

// Reads the title and the text with a voice of the browser's own, a paragraph at a time: long texts in one piece stop
// after 15 seconds in Chromium.
const listen = document.querySelector("[data-listen]");
if (listen && "speechSynthesis" in window) {
  const [start, stop] = listen.children;
  const speech = window.speechSynthesis;
  const pieces = [...document.querySelectorAll(".article h1, .prose :is(p, li, h2, h3, td, th, figcaption)")].filter(
    (each) => !each.querySelector("p, li") && each.textContent.trim(),
  );
  let next = -1; // of the pieces; -1: not reading
  let round = 0; // of what was begun: late events of a stopped one are not listened to

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
    const mine = round;
    const utterance = new SpeechSynthesisUtterance(pieces[next].textContent);
    utterance.lang = "id-ID";
    utterance.voice = speech.getVoices().find((voice) => voice.lang.replace("_", "-").startsWith("id")) ?? null;
    utterance.onend = () => {
      if (mine !== round) return;
      next += 1;
      read();
    };
    utterance.onerror = () => mine === round && end();
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
  listen.hidden = false;
}

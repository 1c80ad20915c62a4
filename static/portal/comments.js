// The comment form: fetches the captcha when someone begins to write. Without this file the first post brings it.
"use strict";
for (const form of document.querySelectorAll("form[data-comment]")) {
  const place = form.querySelector("[data-captcha]");
  let busy = false;
  let sent = false;

  const showButton = () => {
    const button = place.querySelector("[data-new-captcha]");
    if (button) button.hidden = false;
  };

  const load = async () => {
    if (busy) return;
    busy = true;
    try {
      const answer = await fetch(`${form.getAttribute("action")}/captcha`, { cache: "no-store" });
      if (answer.ok) {
        place.innerHTML = await answer.text();
        showButton();
      }
    } catch {
      // No network at this moment: the next focus tries again.
    }
    busy = false;
  };

  showButton();
  form.addEventListener("focusin", () => {
    if (!place.firstElementChild) load();
  });
  place.addEventListener("click", async (event) => {
    if (!event.target.closest("[data-new-captcha]")) return;
    await load();
    place.querySelector("[name=captcha_1]").focus();
  });
  // A second click would send the same captcha again, and show its refusal in place of the thanks.
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  addEventListener("pageshow", () => (sent = false));
}
document.getElementById("pemberitahuan")?.focus();

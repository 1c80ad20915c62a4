"use strict";
// Passkeys: a button that has the browser make one, or answer with one, and sends the answer with the form around it.
// Without JavaScript, or in a browser that knows none, the button stays hidden and the code remains the way.
document.addEventListener("DOMContentLoaded", () => {
  const place = document.querySelector("[data-passkey]");
  if (!place || !window.PublicKeyCredential || location.origin !== place.dataset.origin) return;
  const form = place.closest("form");
  const answer = form.querySelector("input[name=passkey]");
  const button = place.querySelector("button");
  const status = place.querySelector("[role=status]");
  const code = form.querySelector("input[name=code]");
  const wish = JSON.parse(place.dataset.passkey);
  const makes = "pubKeyCredParams" in wish;
  const REASONS = {
    NotAllowedError: makes
      ? "Kunci sandi belum dibuat: dibatalkan, atau waktunya habis. Coba sekali lagi."
      : "Belum berhasil: dibatalkan, waktunya habis, atau kuncinya tidak ada di perangkat ini. Coba sekali lagi, atau tulis kodenya.",
    InvalidStateError: "Perangkat ini sudah punya kunci sandi untuk akun Anda.",
    NotSupportedError: "Perangkat ini tidak dapat membuat kunci sandi.",
  };

  function bytes(text) {
    const letters = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  }

  function text(buffer) {
    const letters = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function described(keys) {
    return (keys || []).map((key) => ({ ...key, id: bytes(key.id) }));
  }

  function asked() {
    const options = { ...wish, challenge: bytes(wish.challenge) };
    if (!makes) return navigator.credentials.get({ publicKey: { ...options, allowCredentials: described(wish.allowCredentials) } });
    const user = { ...wish.user, id: bytes(wish.user.id) };
    return navigator.credentials.create({ publicKey: { ...options, user, excludeCredentials: described(wish.excludeCredentials) } });
  }

  function written(key) {
    const { response } = key;
    const parts = { clientDataJSON: text(response.clientDataJSON) };
    if (makes) {
      parts.attestationObject = text(response.attestationObject);
      parts.transports = response.getTransports ? response.getTransports() : [];
    } else {
      parts.authenticatorData = text(response.authenticatorData);
      parts.signature = text(response.signature);
    }
    return JSON.stringify({ id: key.id, rawId: text(key.rawId), type: key.type, response: parts });
  }

  button.addEventListener("click", async () => {
    button.disabled = true;
    status.textContent = "Ikuti petunjuk perangkat Anda.";
    try {
      answer.value = written(await asked());
    } catch (error) {
      status.textContent = REASONS[error.name] || `Belum berhasil (${error.name}). Coba sekali lagi.`;
      button.disabled = false;
      return;
    }
    if (code) code.required = false;
    const ways = form.querySelectorAll("[type=submit]");
    if (ways.length < 2) {
      status.textContent = "";
      form.requestSubmit(ways[0]);
    } else {
      status.textContent = "Kunci sandi diterima, kode tidak perlu. Sekarang pilih tombol di bawah.";
    }
    button.disabled = ways.length > 1;
  });
  place.hidden = false;
  form.querySelector("[data-without-passkey]")?.remove();
});

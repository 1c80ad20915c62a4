"use strict";
// The preview beside an article's form: the page that the site's own templates make of what stands in the form, renewed
// while somebody writes. Without JavaScript the same button opens it in another tab.
document.addEventListener("DOMContentLoaded", () => {
  const button = document.querySelector("button[data-preview]");
  if (!button) return;
  const PAUSE = 800;  // milliseconds after the last key
  const WIDTHS = [["HP", 360], ["Desktop", 1280]];
  const form = button.form;
  const panel = document.createElement("aside");
  panel.className = "live-preview";
  panel.hidden = true;
  panel.setAttribute("aria-label", "Pratinjau");
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  const frame = document.createElement("iframe");
  frame.title = "Berita ini seperti pembaca melihatnya";
  frame.setAttribute("sandbox", "allow-same-origin");  // no scripts of the page run in it
  const tools = document.createElement("div");
  tools.className = "live-preview-tools";
  let width = WIDTHS[0][1], timer = null, running = null;

  function tool(text, action) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = "button";
    element.textContent = text;
    element.addEventListener("click", action);
    tools.append(element);
    return element;
  }

  const sizes = WIDTHS.map(([name, pixels]) => {
    const element = tool(name, () => resize(pixels));
    element.dataset.width = pixels;
    return element;
  });
  if (button.dataset.links) {  // an address for somebody without an account
    const link = document.createElement("a");
    link.href = button.dataset.links;
    link.textContent = "Tautan pratinjau";
    tools.append(link);
  }
  tool("Tutup", close);
  panel.append(tools, status, frame);
  document.body.append(panel);

  function resize(pixels) {
    width = pixels;
    document.body.style.setProperty("--live-preview", width > 500 ? "44rem" : "420px");
    for (const each of sizes) each.setAttribute("aria-pressed", String(Number(each.dataset.width) === width));
    const scale = Math.min(1, panel.clientWidth / width);
    frame.style.width = `${width}px`;
    frame.style.transform = `scale(${scale})`;
    frame.style.height = `${(panel.clientHeight - frame.offsetTop) / scale}px`;
  }

  async function renew() {
    running?.abort();
    running = new AbortController();
    const body = new FormData(form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    let html = "";
    try {
      const response = await fetch(button.formAction, { method: "POST", body, signal: running.signal });
      if (response.redirected) throw new Error("logged out");
      html = await response.text();
      if (!response.ok) {
        status.textContent = response.headers.get("Content-Type")?.startsWith("text/plain") ? html : "Pratinjau belum dapat dibuat.";
        return;
      }
    } catch (error) {
      if (error.name !== "AbortError") status.textContent = "Pratinjau belum dapat diperbarui. Tulisan Anda tetap ada di formulir.";
      return;
    }
    status.textContent = "";
    const place = frame.contentWindow.scrollY;
    const page = frame.contentDocument;
    page.open();  // unlike an address, it leaves no entry in the history of the tab
    page.write(html);
    page.close();
    frame.contentWindow.scrollTo(0, place);
    for (const link of page.querySelectorAll("a[href]")) link.target = "_blank";
  }

  function later() {
    if (panel.hidden) return;
    clearTimeout(timer);
    timer = setTimeout(renew, PAUSE);
  }

  function close() {
    panel.hidden = true;
    document.body.classList.remove("has-live-preview");
    button.setAttribute("aria-expanded", "false");
    button.focus();
  }

  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", (event) => {
    event.preventDefault();
    if (!panel.hidden) return close();
    panel.hidden = false;
    document.body.classList.add("has-live-preview");
    button.setAttribute("aria-expanded", "true");
    resize(width);
    renew();
    tools.firstElementChild.focus();
  });
  panel.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  document.addEventListener("prose-editor:ready", ({ detail }) => detail.editor.on("update", later));
  window.addEventListener("resize", () => { if (!panel.hidden) resize(width); });
});

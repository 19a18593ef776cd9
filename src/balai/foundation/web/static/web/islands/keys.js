// <balai-keys>: the desk by keyboard. Lines carry data-balai-line, their link data-balai-open, buttons data-balai-action.
const ACTIONS = { a: "assign", r: "reply", e: "done" };
const TYPING = "input:not([type='checkbox'], [type='radio']), textarea, select, [contenteditable]";

customElements.define("balai-keys", class extends HTMLElement {
  connectedCallback() {
    this.went = 0;
    this.listen = (event) => this.press(event);
    document.addEventListener("keydown", this.listen);
    document.addEventListener("change", (event) => { if (event.target.closest("[data-balai-line]")) this.count(); });
    this.count();
  }

  disconnectedCallback() { document.removeEventListener("keydown", this.listen); }

  get lines() { return [...document.querySelectorAll("[data-balai-line]")]; }
  get here() { return document.querySelector("[data-balai-line].b-line--here") || document.querySelector("[data-balai-line][aria-current]"); }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.target.matches(TYPING) || document.querySelector("dialog[open]")) return;
    const key = event.key;
    if (Date.now() - this.went < 1500) {
      this.went = 0;
      const door = document.querySelector(`[data-balai-key="${CSS.escape(key)}"]`);
      if (door) { event.preventDefault(); door.click(); }
      return;
    }
    if (key === "g") { this.went = Date.now(); return; }
    if (key === "?") { event.preventDefault(); document.getElementById("keys")?.showModal(); return; }
    if (key === "/") { const field = document.querySelector("[data-balai-search], input[type='search']"); if (field) { event.preventDefault(); field.focus(); } return; }
    if (key === "j" || key === "k") { event.preventDefault(); this.move(key === "j" ? 1 : -1); return; }
    if (key === "Enter" && this.here && !event.target.closest("a, button, summary, input")) { event.preventDefault(); this.here.querySelector("[data-balai-open]")?.click(); return; }
    if (key === "x" && this.here) { this.here.querySelector("input[type='checkbox']")?.click(); return; }
    if (ACTIONS[key]) {
      const selector = `[data-balai-action="${ACTIONS[key]}"]`;
      const button = this.here?.querySelector(selector) || document.querySelector(selector);
      if (button) { event.preventDefault(); if (button.matches("textarea, input")) button.focus(); else button.click(); }
    }
  }

  move(by) {
    const lines = this.lines;
    if (!lines.length) return;
    const now = lines.indexOf(this.here);
    const line = lines[Math.max(0, Math.min(lines.length - 1, now < 0 ? 0 : now + by))];
    lines.forEach((other) => other.classList.toggle("b-line--here", other === line));
    line.querySelector("[data-balai-open]")?.focus({ preventScroll: true });
    line.scrollIntoView({ block: "nearest" });
    line.dispatchEvent(new CustomEvent("balai-here", { bubbles: true }));
  }

  // The bulk bar stands there only when something is selected.
  count() {
    const count = document.querySelectorAll("[data-balai-line] input[type='checkbox']:checked").length;
    document.querySelectorAll("[data-balai-bulk]").forEach((bar) => { bar.hidden = !count; });
    document.querySelectorAll("[data-balai-count]").forEach((place) => { place.textContent = count; });
  }
});

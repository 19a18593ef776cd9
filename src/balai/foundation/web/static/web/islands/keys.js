// <balai-keys>: the desk by keyboard. Lines carry data-balai-line (or data-balai-row), their link
// data-balai-open; buttons carry data-balai-action, or a letter of their own in data-balai-key.
const LINE = "[data-balai-line], [data-balai-row]";
const OPEN = "[data-balai-open], .b-row__title";
const ACTIONS = { a: "assign", r: "reply", e: "done" };
const TYPING = "input:not([type='checkbox'], [type='radio']), textarea, select, [contenteditable]";

customElements.define("balai-keys", class extends HTMLElement {
  connectedCallback() {
    this.went = 0;
    this.listen = (event) => this.press(event);
    document.addEventListener("keydown", this.listen);
    document.addEventListener("change", (event) => { if (event.target.closest(LINE)) this.count(); });
    this.count();
  }

  disconnectedCallback() { document.removeEventListener("keydown", this.listen); }

  get lines() { return [...document.querySelectorAll(LINE)]; }
  get here() { return document.querySelector(".b-line--here, .b-row--here") || this.lines.find((line) => line.hasAttribute("aria-current")); }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.target.matches(TYPING) || document.querySelector("dialog[open]")) return;
    const key = event.key;
    if (Date.now() - this.went < 1500) {
      this.went = 0;
      const door = document.querySelector(`.b-rail [data-balai-key="${CSS.escape(key)}"]`);
      if (door) { event.preventDefault(); door.click(); }
      return;
    }
    if (key === "g") { this.went = Date.now(); return; }
    if (key === "?") { event.preventDefault(); document.getElementById("keys")?.showModal(); return; }
    if (key === "/") { const field = document.querySelector("[data-balai-search], input[type='search']"); if (field) { event.preventDefault(); field.focus(); } return; }
    if (key === "j" || key === "k") { event.preventDefault(); this.move(key === "j" ? 1 : -1); return; }
    if (key === "Enter" && this.here && !event.target.closest("a, button, summary, input")) { event.preventDefault(); this.here.querySelector(OPEN)?.click(); return; }
    if (key === "x" && this.here) { this.here.querySelector("input[type='checkbox']")?.click(); return; }
    if (key.length === 1) {
      const selector = ACTIONS[key] ? `[data-balai-action="${ACTIONS[key]}"], main [data-balai-key="${key}"]` : `main [data-balai-key="${CSS.escape(key)}"]`;
      const button = this.here?.querySelector(selector) || document.querySelector(selector);
      if (button) { event.preventDefault(); if (button.matches("textarea, input")) button.focus(); else button.click(); }
    }
  }

  move(by) {
    const lines = this.lines;
    if (!lines.length) return;
    const now = lines.indexOf(this.here);
    const line = lines[Math.max(0, Math.min(lines.length - 1, now < 0 ? 0 : now + by))];
    lines.forEach((other) => other.classList.toggle(other.matches(".b-row") ? "b-row--here" : "b-line--here", other === line));
    line.querySelector(OPEN)?.focus({ preventScroll: true });
    line.scrollIntoView({ block: "nearest" });
    line.dispatchEvent(new CustomEvent("balai-here", { bubbles: true }));
  }

  // The bulk bar stands there only when something is selected.
  count() {
    const count = this.lines.filter((line) => line.querySelector("input[type='checkbox']:checked")).length;
    document.querySelectorAll("[data-balai-bulk]").forEach((bar) => { bar.hidden = !count; });
    document.querySelectorAll("[data-balai-count]").forEach((place) => { place.textContent = count; });
  }
});

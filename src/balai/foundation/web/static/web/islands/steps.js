// <balai-steps> around a form: one section at a time. Going back keeps everything; without script it is one page.
const WORDS = {
  id: { where: "Langkah {n} dari {m}", next: "Lanjut", back: "Kembali" },
  en: { where: "Step {n} of {m}", next: "Continue", back: "Back" },
};
const words = WORDS[document.documentElement.lang] || WORDS.id;

customElements.define("balai-steps", class extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form") || this.closest("form");
    this.steps = [...this.querySelectorAll(".b-form-section")];
    if (!this.form || this.steps.length < 2 || this.classList.contains("b-steps--on")) return;
    this.classList.add("b-steps--on");
    this.end = [...this.form.querySelectorAll(".b-actions, [data-balai-end]")].filter((part) => !this.steps.some((step) => step.contains(part)));
    this.draw();
    const wrong = this.steps.findIndex((step) => step.querySelector(".b-field--wrong, [aria-invalid='true']"));
    // data-fresh: what the browser remembers of this page was sent, an empty form begins at its first section
    this.at = wrong >= 0 ? wrong : "fresh" in this.dataset ? 0 : Math.min(Number(history.state?.balaiStep) || 0, this.steps.length - 1);
    history.replaceState({ ...history.state, balaiStep: this.at }, "");
    window.addEventListener("popstate", (event) => { if (event.state && "balaiStep" in event.state) this.go(event.state.balaiStep, true); });
    this.form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.tagName === "INPUT" && event.target.type !== "submit" && !this.isLast) { event.preventDefault(); this.next(); }
    });
    // The browser must be able to show what is missing in a section that is not on the screen.
    this.form.addEventListener("invalid", (event) => {
      const step = this.steps.findIndex((part) => part.contains(event.target));
      if (step >= 0 && step !== this.at && !this.jumping) { this.jumping = true; this.go(step); setTimeout(() => { this.jumping = false; event.target.reportValidity(); }); }
    }, true);
    this.form.addEventListener("click", (event) => {
      const link = event.target.closest(".b-errors a[href^='#'], [data-balai-step]");
      if (!link) return;
      const target = this.form.querySelector(link.dataset.balaiStep || `#${CSS.escape(link.hash.slice(1))}`);
      const step = this.steps.findIndex((part) => part.contains(target));
      if (step >= 0) { event.preventDefault(); this.go(step); target.focus(); }
    });
    this.show(false);
  }

  get isLast() { return this.at === this.steps.length - 1; }

  draw() {
    this.where = document.createElement("p");
    this.where.className = "b-steps__where";
    this.where.setAttribute("role", "status");
    this.steps[0].before(this.where);
    this.buttons = document.createElement("div");
    this.buttons.className = "b-steps__buttons";
    this.forward = document.createElement("button");
    this.forward.type = "button";
    this.forward.className = "b-button";
    this.forward.textContent = words.next;
    this.forward.addEventListener("click", () => this.next());
    this.backward = document.createElement("button");
    this.backward.type = "button";
    this.backward.className = "b-button b-button--quiet";
    this.backward.textContent = words.back;
    this.backward.addEventListener("click", () => history.back());
    this.buttons.append(this.forward, this.backward);
    this.steps.at(-1).after(this.buttons);
  }

  next() {
    const fields = [...this.steps[this.at].querySelectorAll("input, textarea, select")];
    const wrong = fields.find((field) => field.willValidate && !field.checkValidity());
    if (wrong) { wrong.reportValidity(); return; }
    this.go(this.at + 1);
  }

  go(step, wasHistory = false) {
    const target = Math.max(0, Math.min(step, this.steps.length - 1));
    if (target === this.at) return;
    this.at = target;
    if (!wasHistory) history.pushState({ balaiStep: this.at }, "");
    this.show(true);
  }

  show(moved) {
    this.steps.forEach((step, index) => { step.hidden = index !== this.at; });
    this.end.forEach((part) => { part.hidden = !this.isLast; });
    this.forward.hidden = this.isLast;
    this.backward.hidden = this.at === 0;
    const text = words.where.replace("{n}", this.at + 1).replace("{m}", this.steps.length);
    const done = ((this.at + 1) / this.steps.length) * 100;
    this.where.innerHTML = `<span>${text}</span><svg class="b-steps__bar" height="6" width="100%" aria-hidden="true"><rect class="b-steps__track" width="100%" height="6" rx="3"/><rect class="b-steps__fill" width="${done}%" height="6" rx="3"/></svg>`;
    this.dispatchEvent(new CustomEvent("balai-step", { bubbles: true, detail: { step: this.at, section: this.steps[this.at] } }));
    if (!moved) return;
    const head = this.steps[this.at].querySelector("legend, h2") || this.steps[this.at];
    head.tabIndex = -1;
    head.focus({ preventScroll: true });
    this.scrollIntoView({ block: "start" });
  }
});

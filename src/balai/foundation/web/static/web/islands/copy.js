// <balai-copy data-text="…">Copy</balai-copy>: a button that copies; without script nothing is shown.
const WORDS = { id: "Tersalin", en: "Copied" };

customElements.define("balai-copy", class extends HTMLElement {
  connectedCallback() {
    if (this.querySelector("button")) return;
    const label = this.textContent.trim();
    const button = document.createElement("button");
    button.type = "button";
    button.className = "b-button b-button--second b-button--small";
    button.textContent = label;
    const voice = document.createElement("span");
    voice.setAttribute("role", "status");
    voice.className = "b-hidden";
    this.replaceChildren(button, voice);
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(this.dataset.text);
      } catch {
        this.select();
        return;
      }
      const done = WORDS[document.documentElement.lang] || WORDS.id;
      button.textContent = done;
      voice.textContent = done;
      setTimeout(() => { button.textContent = label; voice.textContent = ""; }, 2500);
    });
  }

  // Copying is forbidden here (an old browser, no https): show the text selected instead.
  select() {
    const field = document.createElement("input");
    field.readOnly = true;
    field.value = this.dataset.text;
    field.setAttribute("aria-label", this.textContent.trim());
    this.replaceChildren(field);
    field.focus();
    field.select();
  }
});

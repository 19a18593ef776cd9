// A button prints the page; without script the browser's own menu does it.
for (const button of document.querySelectorAll("[data-balai-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

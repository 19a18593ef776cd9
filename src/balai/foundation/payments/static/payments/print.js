// The button prints the page; without script the browser's own menu does it.
const button = document.querySelector("[data-balai-print]");
button.hidden = false;
button.addEventListener("click", () => window.print());

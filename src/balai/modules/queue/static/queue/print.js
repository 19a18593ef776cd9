// The ticket machine prints by itself where its browser may (kiosk printing), else the button does it.
const button = document.querySelector("[data-balai-print]");
button.hidden = false;
button.addEventListener("click", () => window.print());

// After a while the machine is free for the next person, in its own language; whoever still touches it or scrolls keeps the page.
const next = document.querySelector("[data-balai-next]");
const READING_MS = 1000 * (Number(next.dataset.balaiNext) || 20);
let leaving = setTimeout(leave, READING_MS);

function leave() {
  window.location.replace(next.href);
}

for (const sign of ["pointerdown", "keydown", "scroll", "focusin"]) {
  document.addEventListener(sign, () => {
    clearTimeout(leaving);
    leaving = setTimeout(leave, READING_MS);
  });
}

// The screen in a hall: a chime and a voice for every new call. Browsers make no sound before somebody has pressed once.
const screen = document.getElementById("screen");
const button = document.getElementById("sound");
let audio = null;
let last = mark();

function mark() {
  return screen.querySelector("[data-mark]")?.dataset.mark || "";
}

// two falling notes, made here: no file, no licence
function chime() {
  [[660, 0], [523, 0.35]].forEach(([pitch, after]) => {
    const tone = audio.createOscillator();
    const loudness = audio.createGain();
    const start = audio.currentTime + after;
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.0001, start);
    loudness.gain.exponentialRampToValueAtTime(0.4, start + 0.03);
    loudness.gain.exponentialRampToValueAtTime(0.0001, start + 0.8);
    tone.connect(loudness).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.85);
  });
}

function say(words) {
  if (!("speechSynthesis" in window) || !words) return;
  const speech = new SpeechSynthesisUtterance(words);
  speech.lang = document.documentElement.lang === "en" ? "en" : "id-ID";
  speech.rate = 0.9;
  setTimeout(() => window.speechSynthesis.speak(speech), 1200);
}

if (button && "AudioContext" in window) {
  button.hidden = false;
  button.addEventListener("click", () => {
    audio = new AudioContext();
    chime();
    button.textContent = button.dataset.off;
    button.disabled = true;
  });
}

new MutationObserver(() => {
  const now = mark();
  if (!now || now === last) return;
  last = now;
  if (!audio) return;
  screen.dataset.announced = now;
  chime();
  say(screen.querySelector("[data-say]").dataset.say);
}).observe(screen, { childList: true, subtree: true });

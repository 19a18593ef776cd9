// The screen in a hall: a chime and a voice for every new call, one after another. Browsers make no sound before somebody
// has pressed once.
const screen = document.getElementById("screen");
const button = document.getElementById("sound");
// a browser without a voice may never say that it has spoken
const LONGEST_SPEECH_MS = 15_000;
let audio = null;
let announcing = Promise.resolve();
// what stands here when the page opens was called before
const known = new Set(calls().map((call) => call.dataset.mark));

function calls() {
  return [...screen.querySelectorAll("[data-mark]")];
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
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
  if (!("speechSynthesis" in window)) return undefined;
  const speech = new SpeechSynthesisUtterance(words);
  speech.lang = document.documentElement.lang === "en" ? "en" : "id-ID";
  speech.rate = 0.9;
  const spoken = new Promise((resolve) => {
    speech.addEventListener("end", resolve);
    speech.addEventListener("error", resolve);
  });
  window.speechSynthesis.speak(speech);
  return Promise.race([spoken, pause(LONGEST_SPEECH_MS)]);
}

async function announce({ mark, say: words }) {
  screen.dataset.announced = mark;
  chime();
  await pause(1200);
  await say(words);
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
  const fresh = calls().map((call) => ({ ...call.dataset })).filter((call) => !known.has(call.mark));
  // the newest stands first
  for (const call of fresh.reverse()) {
    known.add(call.mark);
    if (audio) announcing = announcing.then(() => announce(call));
  }
}).observe(screen, { childList: true, subtree: true });

// The checklist of a visit on an officer's device: kept with its photos as it is filled in, sent when there is a line.
const WORDS = {
  id: {
    kept: "Tersimpan di perangkat ini. Bisa diisi tanpa sinyal.",
    waits: "Belum ada sinyal. Isian dan foto tersimpan di perangkat ini dan dikirim sendiri begitu sinyal kembali.",
    again: "Masuk lagi dulu, lalu buka halaman ini: isian masih tersimpan.",
    photos: (count) => `${count} foto tersimpan di perangkat ini`,
  },
  en: {
    kept: "Kept on this device. It can be filled in without a line.",
    waits: "No line. Answers and photos are kept on this device and sent by themselves when it is back.",
    again: "Sign in again, then open this page: what you filled in is still here.",
    photos: (count) => `${count} photos kept on this device`,
  },
};
const words = WORDS[document.documentElement.lang] || WORDS.id;
const form = document.querySelector("form[data-visit]");
const said = document.querySelector("[data-visit-said]");
const KEEP_FOR = 14 * 24 * 3600 * 1000;
const MOST_PHOTOS = 3;

function base() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("balai-visits", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("visits");
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

async function at(mode, work) {
  const store = (await base()).transaction("visits", mode).objectStore("visits");
  const asked = work(store);
  return new Promise((resolve, reject) => { asked.onsuccess = () => resolve(asked.result); asked.onerror = () => reject(asked.error); });
}

const key = form.dataset.visit;
let photos = {};
let waiting = false;

function say(text, state = "info") {
  const line = document.createElement("div");
  line.className = `b-notice b-notice--${state}`;
  line.textContent = text;
  said.replaceChildren(line);
}

function values() {
  const found = {};
  for (const field of form.elements) {
    if (!field.name || field.type === "file" || field.name === "csrfmiddlewaretoken") continue;
    if (field.type !== "radio") found[field.name] = field.value;
    else if (field.checked) found[field.name] = field.value;
  }
  return found;
}

function store() {
  return at("readwrite", (visits) => visits.put({ at: Date.now(), values: values(), photos, waiting }, key));
}

function show() {
  for (const line of form.querySelectorAll("[data-line]")) {
    const count = (photos[line.dataset.line] || []).length;
    line.querySelector("[data-photos]").textContent = count ? words.photos(count) : "";
  }
}

function restore(kept) {
  photos = kept.photos || {};
  waiting = kept.waiting;
  for (const [name, value] of Object.entries(kept.values)) {
    const field = form.elements.namedItem(name);
    if (field) field.value = value;
  }
  show();
}

// The camera writes several megabytes; a picture of 1,600 pixels shows what was seen and goes through a weak line.
async function smaller(file) {
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, 1600 / Math.max(picture.width, picture.height));
    if (scale === 1 && file.size < 600_000) return file;
    const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => canvas.toBlob((blob) => resolve(blob || file), "image/jpeg", 0.85));
  } catch { return file; }
}

function here() {
  return new Promise((resolve) => {
    if (!navigator.geolocation) { resolve(); return; }
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => { form.elements.lat.value = coords.latitude.toFixed(6); form.elements.lon.value = coords.longitude.toFixed(6); resolve(); },
      () => resolve(),
      { timeout: 4000, maximumAge: 120_000 },
    );
  });
}

async function send() {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  for (const [name, value] of Object.entries(values())) body.append(name, value);
  for (const [slug, files] of Object.entries(photos)) files.forEach((file, place) => body.append(`photo-${slug}`, file, `foto-${place + 1}.jpg`));
  let answer;
  try {
    answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin" });
  } catch {
    waiting = true;
    await store();
    say(words.waits, "attention");
    return;
  }
  const said_ = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : null;
  if (said_?.kept) {
    await at("readwrite", (visits) => visits.delete(key));
    navigator.serviceWorker?.controller?.postMessage({ forget: location.pathname });
    location.assign(said_.address);
    return;
  }
  waiting = false;
  await store();
  if (!said_) { say(words.again, "late"); return; }
  say(said_.problem, "late");
  for (const line of form.querySelectorAll("[data-line]")) {
    const wrong = said_.lines?.[line.dataset.line] || "";
    line.classList.toggle("b-field--wrong", Boolean(wrong));
    Object.assign(line.querySelector("[data-wrong]"), { textContent: wrong, hidden: !wrong });
  }
}

async function keep() {
  if (!("serviceWorker" in navigator)) return;
  const registered = await navigator.serviceWorker.register(form.dataset.worker, { scope: form.dataset.scope });
  const worker = (await navigator.serviceWorker.ready).active || registered.active;
  const drawn = [...document.querySelectorAll('link[rel="stylesheet"], link[rel="icon"], script[src]')].map((each) => each.href || each.src);
  const fonts = performance.getEntriesByType("resource").map((each) => each.name).filter((name) => /\.(woff2|js|css|svg)(\?|$)/.test(name));
  const channel = new MessageChannel();
  const done = new Promise((resolve) => { channel.port1.onmessage = resolve; });
  worker.postMessage({ keep: [location.pathname, ...new Set([...drawn, ...fonts].filter((each) => each.startsWith(location.origin)))] }, [channel.port2]);
  await done;
  if (!said.firstElementChild) say(words.kept, "good");
}

let timer;
form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(store, 300); });
form.addEventListener("change", async (event) => {
  if (event.target.type !== "file") return;
  const slug = event.target.name.replace("photo-", "");
  photos[slug] = await Promise.all([...event.target.files].slice(0, MOST_PHOTOS).map(smaller));
  event.target.value = "";
  show();
  await store();
});
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  clearTimeout(timer);
  form.elements.found_at.value = new Date().toISOString();
  await here();
  await store();
  await send();
});
addEventListener("online", () => { if (waiting) send(); });
setInterval(() => { if (waiting && navigator.onLine) send(); }, 30_000);

try {
  const kept = await at("readonly", (visits) => visits.get(key));
  if (kept && Date.now() - kept.at < KEEP_FOR) restore(kept);
  else if (kept) await at("readwrite", (visits) => visits.delete(key));
  if (waiting) { say(words.waits, "attention"); if (navigator.onLine) send(); }
  await keep();
} catch { /* storage is switched off: the page works with a line only */ }

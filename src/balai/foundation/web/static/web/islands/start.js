// Finds the islands on a page and loads only those that are there; a few manners of the frame itself.
const files = JSON.parse(document.querySelector('meta[name="balai-islands"]')?.content || "{}");
const loaded = new Set();
const wanted = { map: "balai-map", photo: "balai-photo", steps: "balai-steps", copy: "balai-copy", keys: "balai-keys", draft: "form[data-balai-draft]", time: "time[data-balai-time]" };

function load(name) {
  if (loaded.has(name) || !files[name]) return;
  loaded.add(name);
  import(files[name]);
}

// A map is heavy: it comes when it is about to be seen.
const seen = "IntersectionObserver" in window
  ? new IntersectionObserver((entries) => { if (entries.some((entry) => entry.isIntersecting)) { seen.disconnect(); load("map"); } }, { rootMargin: "300px" })
  : null;

// Inside steps a map is on the page but not on the screen until its step is: wait until the steps have sorted that out.
function observe(map) {
  if (map.closest("balai-steps:not(.b-steps--on)") && files.steps) customElements.whenDefined("balai-steps").then(() => seen.observe(map));
  else seen.observe(map);
}

function look() {
  for (const [name, selector] of Object.entries(wanted)) {
    if (loaded.has(name)) continue;
    const found = document.querySelector(selector);
    if (!found) continue;
    if (name === "map" && seen) document.querySelectorAll(selector).forEach(observe);
    else load(name);
  }
}
look();
new MutationObserver(look).observe(document.body, { childList: true, subtree: true });

// Menus close by Escape and by a click elsewhere.
document.addEventListener("click", (event) => {
  document.querySelectorAll("[data-balai-menu][open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll("[data-balai-menu][open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
});

// The summary of errors is read first.
document.querySelector("[data-balai-focus]")?.focus();

// A draft was sent, and the page that answers has no such form: the form was accepted.
try {
  const sent = sessionStorage.getItem("balai-sent");
  if (sent) {
    sessionStorage.removeItem("balai-sent");
    if (![...document.querySelectorAll("form[data-balai-draft]")].some((form) => form.dataset.balaiDraft === sent)) localStorage.removeItem(`balai-draft:${sent}`);
  }
  // A whole application was sent: nothing of any of its steps stays.
  document.querySelectorAll("form[data-balai-done]").forEach((form) => form.addEventListener("submit", () => sessionStorage.setItem("balai-done", form.dataset.balaiDone)));
  const done = sessionStorage.getItem("balai-done");
  if (done && !document.querySelector("form[data-balai-done]")) {
    sessionStorage.removeItem("balai-done");
    for (const key of Object.keys(localStorage)) if (key.startsWith(`balai-draft:${done}`)) localStorage.removeItem(key);
  }
} catch { /* storage is switched off: there is no draft either */ }

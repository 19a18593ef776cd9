// Keeps what is typed into <form data-balai-draft="key"> on this device until the form is accepted, a week at most.
// With data-balai-revision the server keeps answers too: what is here wins only over the very answers it was typed over.
// Names, telephones, addresses of mail and identity numbers are never kept: telephones are shared in families.
const WORDS = {
  id: { kept: "Tulisan Anda yang belum terkirim dipulihkan.", forget: "Hapus dan mulai baru" },
  en: { kept: "Your text that was not sent yet is back.", forget: "Delete and start anew" },
};
const words = WORDS[document.documentElement.lang] || WORDS.id;
const PRIVATE = 'input[type="password"], input[type="tel"], input[type="email"], input[type="file"], input[type="hidden"], [autocomplete="name"], [name="nik"], [name="name"], [data-balai-private]:not([data-balai-private="off"]), [data-balai-private]:not([data-balai-private="off"]) *';
const KEEP_FOR = 7 * 24 * 3600 * 1000;

function fields(form) {
  return [...form.elements].filter((field) => field.name && /^(INPUT|TEXTAREA|SELECT)$/.test(field.tagName) && !field.matches(PRIVATE));
}

function read(form) {
  const kept = {};
  const saved = "balaiRevision" in form.dataset;
  for (const field of fields(form)) {
    if (field.type === "checkbox" || field.type === "radio") { if (field.checked) (kept[field.name] ||= []).push(field.value); else if (saved) kept[field.name] ||= []; }
    else if (saved ? field.value !== field.defaultValue || field.tagName === "SELECT" : field.value && field.value !== field.defaultValue) kept[field.name] = field.value;
  }
  return kept;
}

function restore(form, kept) {
  let count = 0;
  const saved = "balaiRevision" in form.dataset;
  for (const field of fields(form)) {
    const value = kept[field.name];
    if (value === undefined) continue;
    if (field.type === "checkbox" || field.type === "radio") {
      const on = value.includes(field.value);
      if (saved && on !== field.checked) count += 1;
      field.checked = on;
    } else if (field.value && field.tagName !== "SELECT" && !saved) continue;
    else {
      if (saved ? field.value !== value : field.tagName === "TEXTAREA") count += 1;
      field.value = value;
    }
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  return count;
}

function stored(key, revision) {
  const found = JSON.parse(localStorage.getItem(key) || "null");
  return found && found.values && Date.now() - found.at < KEEP_FOR && found.revision === revision ? found.values : null;
}

function sweep() {
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith("balai-draft:")) continue;
    let at = 0;
    try { at = JSON.parse(localStorage.getItem(key)).at || 0; } catch { /* of an older kind */ }
    if (Date.now() - at >= KEEP_FOR) localStorage.removeItem(key);
  }
}

function keep(form) {
  const key = `balai-draft:${form.dataset.balaiDraft}`;
  const revision = form.dataset.balaiRevision ?? "";
  let timer;
  let thrown = false;
  const store = () => {
    const values = read(form);
    if (Object.keys(values).length && !thrown) localStorage.setItem(key, JSON.stringify({ at: Date.now(), revision, values }));
    else localStorage.removeItem(key);
  };
  form.addEventListener("input", () => { thrown = false; clearTimeout(timer); timer = setTimeout(store, 400); });
  form.addEventListener("submit", () => { clearTimeout(timer); store(); sessionStorage.setItem("balai-sent", form.dataset.balaiDraft); });
  // A form that came back with errors brings its own values.
  const kept = form.querySelector(".b-errors") ? null : stored(key, revision);
  if (!kept) return;
  // entries and questions that the page does not show yet: the form's own script brings them
  const missing = Object.keys(kept).some((name) => !form.elements.namedItem(name));
  if (!restore(form, kept) && !missing) return;
  Object.assign(form, { balaiKept: kept, balaiRestore: () => restore(form, kept) });
  form.dispatchEvent(new Event("balai-kept"));
  const line = document.createElement("p");
  line.className = "b-draft";
  line.setAttribute("role", "status");
  line.append(words.kept);
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = words.forget;
  button.addEventListener("click", () => {
    thrown = true;
    clearTimeout(timer);
    localStorage.removeItem(key);
    // what the server keeps is shown again as it is there; entries that were added go with it
    if (revision) location.reload();
    else { form.reset(); line.remove(); }
  });
  line.append(button);
  form.prepend(line);
}

try { sweep(); document.querySelectorAll("form[data-balai-draft]").forEach(keep); } catch { /* storage is switched off */ }

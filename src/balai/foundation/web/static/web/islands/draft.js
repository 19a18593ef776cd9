// Keeps what is typed into <form data-balai-draft="key"> on this device until the form is accepted.
// Names, telephones, addresses of mail and identity numbers are never kept: telephones are shared in families.
const WORDS = {
  id: { kept: "Tulisan Anda yang belum terkirim dipulihkan.", forget: "Hapus dan mulai baru" },
  en: { kept: "Your text that was not sent yet is back.", forget: "Delete and start anew" },
};
const words = WORDS[document.documentElement.lang] || WORDS.id;
const PRIVATE = 'input[type="password"], input[type="tel"], input[type="email"], input[type="file"], input[type="hidden"], [autocomplete="name"], [name="nik"], [name="name"], [data-balai-private]';

function fields(form) {
  return [...form.elements].filter((field) => field.name && /^(INPUT|TEXTAREA|SELECT)$/.test(field.tagName) && !field.matches(PRIVATE));
}

function read(form) {
  const kept = {};
  for (const field of fields(form)) {
    if (field.type === "checkbox" || field.type === "radio") { if (field.checked) (kept[field.name] ||= []).push(field.value); }
    else if (field.value && field.value !== field.defaultValue) kept[field.name] = field.value;
  }
  return kept;
}

function restore(form, kept) {
  let count = 0;
  for (const field of fields(form)) {
    const value = kept[field.name];
    if (value === undefined) continue;
    if (field.type === "checkbox" || field.type === "radio") field.checked = value.includes(field.value);
    else if (field.value && field.tagName !== "SELECT") continue;
    else { field.value = value; if (field.tagName === "TEXTAREA") count += 1; }
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  return count;
}

function keep(form) {
  const key = `balai-draft:${form.dataset.balaiDraft}`;
  let timer;
  const store = () => {
    const kept = read(form);
    if (Object.keys(kept).length) localStorage.setItem(key, JSON.stringify(kept));
    else localStorage.removeItem(key);
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(store, 400); });
  form.addEventListener("submit", () => { clearTimeout(timer); store(); sessionStorage.setItem("balai-sent", form.dataset.balaiDraft); });
  // A form that came back with errors brings its own values.
  const stored = form.querySelector(".b-errors") ? null : localStorage.getItem(key);
  if (!stored || !restore(form, JSON.parse(stored))) return;
  const line = document.createElement("p");
  line.className = "b-draft";
  line.setAttribute("role", "status");
  line.append(words.kept);
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = words.forget;
  button.addEventListener("click", () => { localStorage.removeItem(key); form.reset(); line.remove(); });
  line.append(button);
  form.prepend(line);
}

try { document.querySelectorAll("form[data-balai-draft]").forEach(keep); } catch { /* storage is switched off */ }

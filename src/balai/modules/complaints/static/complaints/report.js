// The report form with script: categories suggested from the words, the category's own questions, and what the city
// will promise before the report is sent. Whatever fails, the form still goes to the check page.
const form = document.querySelector("form.c-report");
const WORDS = {
  id: { photos: "Foto", looking: "Menghitung siapa yang menerima dan sampai kapan …", failed: "Janji belum dapat ditampilkan. Laporan tetap dapat diperiksa dan dikirim." },
  en: { photos: "Photos", looking: "Working out who gets it and by when …", failed: "The promise cannot be shown now. You can still check and send the report." },
};
const words = WORDS[document.documentElement.lang] || WORDS.id;

function contents() {
  const data = new FormData(form);
  data.delete("photo");
  data.delete("step");
  return data;
}

async function fetchInto(target, address, options) {
  const answer = await fetch(address, options);
  if (!answer.ok) throw new Error(answer.status);
  target.innerHTML = await answer.text();
}

// photos travel only when the report is sent: until then only this browser can show them
function showPhotos(facts) {
  const files = [...form.elements.photo.files];
  if (!facts || !files.length) return;
  const list = Object.assign(document.createElement("ul"), { className: "b-photos" });
  list.append(...files.map((file, index) => {
    const item = document.createElement("li");
    const image = Object.assign(document.createElement("img"), { alt: `${words.photos} ${index + 1}`, src: URL.createObjectURL(file) });
    // a PDF, or a kind of photo that this browser cannot draw
    image.addEventListener("error", () => image.replaceWith(file.name));
    for (const end of ["load", "error"]) image.addEventListener(end, () => URL.revokeObjectURL(image.src));
    item.append(image);
    return item;
  }));
  const row = Object.assign(document.createElement("div"), { className: "b-facts__row" });
  const value = document.createElement("dd");
  value.append(list);
  row.append(Object.assign(document.createElement("dt"), { textContent: words.photos }), value);
  facts.firstElementChild.after(row);
}

if (form) {
  const steps = form.closest("balai-steps");
  const button = form.querySelector("button[name=step]");
  const plain = button.textContent;
  const suggestions = document.getElementById("suggestions");
  const questions = document.getElementById("questions");
  const promise = document.getElementById("promise");
  let told = form.elements.text.value;

  const suggest = async () => {
    const text = form.elements.text.value.trim();
    if (!text || text === told) return;
    told = text;
    const chosen = new FormData(form).get("category");
    try {
      await fetchInto(suggestions, form.dataset.suggest, { method: "POST", body: contents() });
    } catch { return; }
    // the fragment took the old buttons along: what was chosen stays chosen
    if (chosen) form.querySelectorAll("[name=category]").forEach((radio) => { if (radio.value === chosen) radio.checked = true; });
  };

  const ask = (category) => {
    if (questions.dataset.category === category) return;
    questions.dataset.category = category;
    fetchInto(questions, `${form.dataset.questions}?category=${encodeURIComponent(category)}`).catch(() => {});
  };

  const look = async () => {
    promise.textContent = words.looking;
    button.value = "check";
    button.textContent = plain;
    const data = contents();
    data.set("photos_waiting", form.elements.photo.files.length);
    try {
      await fetchInto(promise, form.dataset.promise, { method: "POST", body: data });
    } catch {
      promise.textContent = words.failed;
      return;
    }
    showPhotos(promise.querySelector(".c-promise"));
    const isReady = Boolean(promise.querySelector(".c-promise"));
    button.hidden = !isReady;
    if (isReady) {
      button.value = "send";
      button.textContent = button.dataset.send;
    }
  };

  form.addEventListener("change", (event) => {
    if (event.target.name === "category") ask(event.target.value);
    // a village chosen by hand means the pin was wrong
    if (event.target.name === "village" && event.target.value && event.isTrusted) { form.elements.lat.value = ""; form.elements.lon.value = ""; }
    if (event.target.name === "text") suggest();
  });
  steps?.addEventListener("balai-step", (event) => {
    const section = event.detail.section.id;
    // the promise of the page is read once; afterwards the question stands on top
    document.querySelector(".c-report__lead").hidden = event.detail.step > 0;
    if (section === "section-category") suggest();
    if (section === "section-check") look();
  });
  // pressed twice by a nervous thumb: once is enough
  let sent = false;
  form.addEventListener("submit", () => { sent = button.value === "send"; setTimeout(() => { button.disabled = true; }); });
  // kept whole by the browser, the page would still hold what was sent: the server tells what became of it
  window.addEventListener("pageshow", (event) => { button.disabled = false; if (event.persisted && sent) location.reload(); });
}

// <balai-photo> around a file field: shows the photos, makes them smaller before they travel.
// Kept as it came: what the browser cannot draw, and what would not get smaller.
// Where and when it was taken (the EXIF block) goes along: it is the evidence, which the server keeps apart.
const WORDS = {
  id: { pick: "Ambil atau pilih foto", more: "Tambah foto", remove: "Hapus foto", full: "Paling banyak {n} foto.", alt: "Foto {n}", wrong: "{names}: bukan foto, jadi tidak ikut. Pilih foto (JPEG, PNG, WebP, HEIC)." },
  en: { pick: "Take or choose a photo", more: "Add a photo", remove: "Remove photo", full: "At most {n} photos.", alt: "Photo {n}", wrong: "{names}: no photo, so it was left out. Choose a photo (JPEG, PNG, WebP, HEIC)." },
};
const words = WORDS[document.documentElement.lang] || WORDS.id;
const LONGEST = 2048;
const QUALITY = 0.85;

// The EXIF block of a JPEG, saying "upright" because a picture drawn anew is; null when there is none.
async function exifOf(file) {
  const bytes = new Uint8Array(await file.slice(0, 262_144).arrayBuffer());
  const view = new DataView(bytes.buffer);
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 10 < bytes.length;) {
    const marker = view.getUint16(at);
    const end = at + 2 + view.getUint16(at + 2);
    if (marker < 0xff01 || marker === 0xffda || end > bytes.length) return null;
    if (marker === 0xffe1 && view.getUint32(at + 4) === 0x45786966 && view.getUint16(at + 8) === 0) {
      return upright(bytes.slice(at, end));
    }
    at = end;
  }
  return null;
}

function upright(block) {
  const view = new DataView(block.buffer);
  const start = 10;
  try {
    const little = view.getUint16(start) === 0x4949;
    const list = start + view.getUint32(start + 4, little);
    for (let n = view.getUint16(list, little), at = list + 2; n > 0; n -= 1, at += 12) {
      if (view.getUint16(at, little) === 0x0112) view.setUint16(at + 8, 1, little);
    }
  } catch { return null; } // a damaged block is no evidence
  return block;
}

async function smaller(file) {
  if (!file.type.startsWith("image/") || file.type === "image/gif" || !window.createImageBitmap) return file;
  let picture;
  try { picture = await createImageBitmap(file, { imageOrientation: "from-image" }); } catch { return file; }
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  if (scale === 1 && file.size < 700_000) return file;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  if (!blob || blob.size >= file.size) return file;
  const exif = await exifOf(file).catch(() => null);
  const parts = exif ? [blob.slice(0, 2), exif, blob.slice(2)] : [blob];
  return new File(parts, file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg", lastModified: file.lastModified });
}

// What the browser knows to be something else; of what it does not know, the server judges by the bytes.
function isOther(file, accepted) {
  return file.type && !file.type.startsWith("image/") && !(file.type === "application/pdf" && accepted.includes("pdf"));
}

customElements.define("balai-photo", class extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector('input[type="file"]');
    if (!this.input || this.classList.contains("b-photo--on") || !window.DataTransfer) return;
    this.most = Number(this.dataset.most) || (this.input.multiple ? 5 : 1);
    this.files = [];
    this.classList.add("b-photo--on");
    this.pick = document.createElement("label");
    this.pick.className = "b-photo__pick";
    this.pick.htmlFor = this.input.id;
    this.list = document.createElement("ul");
    this.list.className = "b-photo__list";
    this.status = document.createElement("p");
    this.status.className = "b-hint";
    this.status.setAttribute("role", "status");
    this.input.after(this.pick, this.list, this.status);
    this.input.addEventListener("change", () => this.add([...this.input.files]));
    this.show();
  }

  async add(chosen) {
    this.setAttribute("aria-busy", "true");
    const wrong = chosen.filter((file) => isOther(file, this.input.accept));
    const made = await Promise.all(chosen.filter((file) => !wrong.includes(file)).map(smaller));
    const room = this.input.multiple ? this.most - this.files.length : 1;
    this.files = this.input.multiple ? [...this.files, ...made.slice(0, Math.max(0, room))] : [...made, ...this.files].slice(0, 1);
    this.status.textContent = [
      wrong.length ? words.wrong.replace("{names}", wrong.map((file) => file.name).join(", ")) : "",
      this.input.multiple && made.length > room ? words.full.replace("{n}", this.most) : "",
    ].filter(Boolean).join(" ");
    this.removeAttribute("aria-busy");
    this.store();
  }

  store() {
    const carrier = new DataTransfer();
    this.files.forEach((file) => carrier.items.add(file));
    this.input.files = carrier.files;
    this.show();
    this.dispatchEvent(new CustomEvent("balai-photos", { bubbles: true, detail: { count: this.files.length } }));
  }

  show() {
    this.pick.textContent = this.files.length && this.input.multiple ? words.more : words.pick;
    this.pick.hidden = this.files.length >= this.most;
    this.list.querySelectorAll("img").forEach((image) => URL.revokeObjectURL(image.src));
    this.list.replaceChildren(...this.files.map((file, index) => this.item(file, index)));
  }

  item(file, index) {
    const item = document.createElement("li");
    item.className = "b-photo__item";
    const image = document.createElement("img");
    image.alt = words.alt.replace("{n}", index + 1);
    image.src = URL.createObjectURL(file);
    image.addEventListener("error", () => image.replaceWith(file.name));
    const button = document.createElement("button");
    button.type = "button";
    button.className = "b-photo__remove";
    button.textContent = words.remove;
    button.setAttribute("aria-label", `${words.remove} ${index + 1}`);
    button.addEventListener("click", () => { this.files.splice(index, 1); this.store(); this.input.focus(); });
    item.append(image, button);
    return item;
  }
});

// <balai-map data-mode="pick | browse | show">: Leaflet over the outlines of the villages; street tiles only where the
// city named a source. Comes when it is about to be seen; whatever fails, the words and lists beside it do the same.
//
// pick:   data-lat-input, data-lon-input (ids; else fields named lat and lon); fires "balai-place" {lat, lon}
// browse: data-url answers ?bbox=w,s,e,n&zoom=z with {clusters: [[lat, lon, count, reference, title], …]};
//         data-case-url with REFERENCE in it; data-list = selector of the list to reload; fires "balai-map-moved" {bbox}
// show:   data-lat, data-lon
const files = JSON.parse(document.querySelector('meta[name="balai-islands"]').content);
const WORDS = {
  id: { mine: "Pakai lokasi saya", seeking: "Mencari lokasi Anda …", denied: "Lokasi tidak dapat dibaca. Geser pin atau pilih kelurahan dari daftar.", pin: "Pin. Geser, atau gerakkan dengan tombol panah.", tap: "Ketuk peta atau geser pin ke tempat yang tepat.", far: "Lokasi dipakai, tepat sekitar {n} m. Geser pin bila perlu.", pick: "Peta untuk memilih tempat", browse: "Peta laporan", show: "Peta tempat ini", reports: "{n} laporan", failed: "Peta tidak dapat dimuat. Daftar di sebelahnya memuat isi yang sama.", zoomIn: "Perbesar", zoomOut: "Perkecil", place: "Tempat" },
  en: { mine: "Use my location", seeking: "Looking for your location …", denied: "Your location could not be read. Move the pin, or choose a village from the list.", pin: "Pin. Drag it, or move it with the arrow keys.", tap: "Tap the map or drag the pin to the exact place.", far: "Using your location, exact to about {n} m. Move the pin if needed.", pick: "Map to choose the place", browse: "Map of reports", show: "Map of this place", reports: "{n} reports", failed: "The map could not be loaded. The list beside it holds the same.", zoomIn: "Zoom in", zoomOut: "Zoom out", place: "Place" },
};
const words = WORDS[document.documentElement.lang] || WORDS.id;
const PIN = '<svg viewBox="0 0 40 48" aria-hidden="true"><path d="M20 47C20 47 36 30 36 18A16 16 0 1 0 4 18C4 30 20 47 20 47Z"/><circle cx="20" cy="18" r="6"/></svg>';
const CLOSE = 16;
const AMONG_VILLAGES = 14; // without streets a point means something only among its neighbours

// Leaflet writes the credit as HTML; the city typed it as text.
function plain(text) {
  return Object.assign(document.createElement("span"), { textContent: text || "" }).innerHTML;
}

let leaflet;
function loadLeaflet() {
  leaflet ||= new Promise((resolve, reject) => {
    if (!files["leaflet.js"]) { reject(new Error("no Leaflet")); return; }
    const sheets = [files["leaflet.css"], files["map.css"]].map((href) => new Promise((done) => {
      const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
      link.onload = link.onerror = done;
      document.head.append(link);
    }));
    const script = Object.assign(document.createElement("script"), { src: files["leaflet.js"] });
    script.onload = () => Promise.all(sheets).then(() => resolve(window.L));
    script.onerror = reject;
    document.head.append(script);
  });
  return leaflet;
}

let outlines;
function loadOutlines(url) {
  outlines ||= fetch(url).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
  return outlines;
}

customElements.define("balai-map", class extends HTMLElement {
  async connectedCallback() {
    if (this.started) return;
    this.started = true;
    this.mode = this.dataset.mode || this.getAttribute("mode") || (this.dataset.url ? "browse" : "show");
    try {
      this.L = await loadLeaflet();
    } catch {
      this.say(words.failed);
      return;
    }
    // What stood here in place of the map has done its duty.
    this.replaceChildren();
    this.dataset.mode = this.mode;
    this.build();
    await this.drawGround();
    this[this.mode]();
  }

  say(text) {
    if (!this.words) {
      this.words = document.createElement("p");
      this.words.className = "b-map__words";
      this.words.setAttribute("role", "status");
      this.append(this.words);
    }
    this.words.textContent = text;
  }

  build() {
    this.box = document.createElement("div");
    this.box.className = "b-map__box";
    this.box.setAttribute("role", "region");
    this.box.setAttribute("aria-label", this.dataset.label || words[this.mode]);
    this.append(this.box);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map = this.L.map(this.box, { zoomControl: false, attributionControl: true, scrollWheelZoom: this.mode !== "show", zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still, minZoom: 9, maxZoom: 19 });
    this.map.attributionControl.setPrefix(false);
    this.L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(this.map);
    const [lat, lon] = [Number(this.dataset.lat), Number(this.dataset.lon)];
    this.hasPoint = Boolean(this.dataset.lat && this.dataset.lon);
    if (this.hasPoint) this.map.setView([lat, lon], Number(this.dataset.zoom) || (this.mode === "browse" ? 13 : files.tiles ? CLOSE : AMONG_VILLAGES));
    let wasSeen = this.box.offsetWidth > 0;
    new ResizeObserver(() => {
      this.map.invalidateSize();
      if (wasSeen || !this.box.offsetWidth) return;
      // built inside a section that was hidden: without a size nothing could be fitted until now
      wasSeen = true;
      if (this.bounds && !this.hasPoint && !this.pin) this.map.fitBounds(this.bounds);
    }).observe(this.box);
  }

  async drawGround() {
    if (files.tiles) this.drawTiles();
    const areas = await loadOutlines(this.dataset.outlines || files.outlines);
    if (areas?.features?.length) {
      const layer = this.L.geoJSON(areas, { interactive: false, style: () => ({ className: "b-map__area", weight: 1 }) }).addTo(this.map);
      this.bounds = layer.getBounds();
      if (!this.hasPoint) this.map.fitBounds(this.bounds);
      this.nameAreas(areas);
    }
    if (!this.hasPoint && !this.bounds) this.map.setView([-2.5, 118], 5);
  }

  drawTiles() {
    let came = 0, failed = 0;
    const tiles = this.L.tileLayer(files.tiles, { attribution: plain(files.credit), maxZoom: 19, detectRetina: false });
    tiles.on("tileload", () => { came += 1; this.classList.add("b-map--tiles"); });
    // No street map to be had: the outlines alone are readable, so say nothing.
    tiles.on("tileerror", () => { failed += 1; if (!came && failed > 2) { tiles.remove(); this.classList.remove("b-map--tiles"); if (this.mode === "show") this.map.setZoom(AMONG_VILLAGES); } });
    tiles.addTo(this.map);
  }

  nameAreas(areas) {
    const layer = this.L.layerGroup().addTo(this.map);
    const names = areas.features.filter((area) => area.properties?.name).map((area) => [this.L.geoJSON(area).getBounds().getCenter(), area.properties.name]);
    const show = () => {
      layer.clearLayers();
      if (this.map.getZoom() < 14 || this.classList.contains("b-map--tiles")) return;
      const view = this.map.getBounds();
      for (const [centre, name] of names) {
        if (!view.contains(centre)) continue;
        const label = Object.assign(document.createElement("span"), { className: "b-map__place", textContent: name });
        this.L.marker(centre, { interactive: false, keyboard: false, icon: this.L.divIcon({ className: "", html: label, iconSize: [0, 0] }) }).addTo(layer);
      }
    };
    this.map.on("moveend", show);
    show();
  }

  pinIcon() { return this.L.divIcon({ className: "b-map__pin", html: PIN, iconSize: [40, 48], iconAnchor: [20, 47] }); }

  show() {
    if (this.hasPoint) this.L.marker(this.map.getCenter(), { icon: this.pinIcon(), keyboard: false, interactive: false, alt: words.place }).addTo(this.map);
  }

  pick() {
    const field = (name, id) => (id && document.getElementById(id)) || this.closest("form")?.querySelector(`[name="${name}"]`);
    this.lat = field("lat", this.dataset.latInput);
    this.lon = field("lon", this.dataset.lonInput);
    const tools = document.createElement("div");
    tools.className = "b-map__tools";
    if (navigator.geolocation) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "b-button b-button--second b-button--small", textContent: words.mine });
      button.addEventListener("click", () => this.locate());
      tools.append(button);
    }
    this.prepend(tools);
    this.say(words.tap);
    tools.append(this.words);
    this.map.on("click", (event) => {
      this.put(event.latlng);
      // A tap on the whole city cannot be exact: come nearer, so that the pin can be set right.
      const near = this.classList.contains("b-map--tiles") ? CLOSE : AMONG_VILLAGES + 1;
      if (this.map.getZoom() < near) this.map.setView(event.latlng, near);
    });
    [this.lat, this.lon].forEach((input) => input?.addEventListener("change", () => this.follow()));
    if (this.lat?.value && this.lon?.value) this.follow();
    else if (this.dataset.pinned !== undefined && this.hasPoint) this.put(this.map.getCenter());
  }

  follow() {
    const [lat, lon] = [parseFloat(this.lat.value), parseFloat(this.lon.value)];
    if (this.writing || Number.isNaN(lat) || Number.isNaN(lon) || Math.abs(lat) > 90 || Math.abs(lon) > 180) return;
    this.put(this.L.latLng(lat, lon), { write: false, move: true });
  }

  put(point, { write = true, move = false } = {}) {
    if (!this.pin) {
      this.pin = this.L.marker(point, { icon: this.pinIcon(), draggable: true, keyboard: true, autoPan: true, alt: words.pin, title: words.pin }).addTo(this.map);
      this.pin.on("dragend", () => this.put(this.pin.getLatLng()));
      const element = this.pin.getElement();
      element.setAttribute("aria-label", words.pin);
      element.addEventListener("keydown", (event) => this.nudge(event));
    }
    this.pin.setLatLng(point);
    if (move) this.map.setView(point, Math.max(this.map.getZoom(), CLOSE));
    if (!write) return;
    this.writing = true;
    if (this.lat) this.lat.value = point.lat.toFixed(6);
    if (this.lon) this.lon.value = point.lng.toFixed(6);
    [this.lat, this.lon].forEach((input) => { input?.dispatchEvent(new Event("input", { bubbles: true })); input?.dispatchEvent(new Event("change", { bubbles: true })); });
    this.writing = false;
    this.dispatchEvent(new CustomEvent("balai-place", { bubbles: true, detail: { lat: point.lat, lon: point.lng } }));
  }

  nudge(event) {
    const by = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const step = event.shiftKey ? 40 : 8;
    const pixel = this.map.latLngToContainerPoint(this.pin.getLatLng()).add([by[0] * step, by[1] * step]);
    const point = this.map.containerPointToLatLng(pixel);
    this.put(point);
    if (!this.map.getBounds().pad(-0.1).contains(point)) this.map.panTo(point);
  }

  locate() {
    this.say(words.seeking);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        this.put(this.L.latLng(coords.latitude, coords.longitude), { move: true });
        this.say(words.far.replace("{n}", Math.max(1, Math.round(coords.accuracy))));
      },
      () => this.say(words.denied),
      { enableHighAccuracy: true, timeout: 15e3, maximumAge: 60e3 },
    );
  }

  browse() {
    this.marks = this.L.layerGroup().addTo(this.map);
    if (this.dataset.bbox) {
      const [west, south, east, north] = this.dataset.bbox.split(",").map(Number);
      this.map.fitBounds([[south, west], [north, east]]);
    }
    let timer;
    this.map.on("moveend", () => { clearTimeout(timer); timer = setTimeout(() => this.refresh(true), 250); });
    this.refresh(false);
  }

  async refresh(wasMoved) {
    const view = this.map.getBounds();
    const bbox = [view.getWest(), view.getSouth(), view.getEast(), view.getNorth()].map((number) => number.toFixed(5)).join(",");
    const address = new URL(this.dataset.url, location.href);
    address.searchParams.set("bbox", bbox);
    address.searchParams.set("zoom", this.map.getZoom());
    this.asked?.abort();
    this.asked = new AbortController();
    try {
      const answer = await fetch(address, { signal: this.asked.signal, headers: { Accept: "application/json" } });
      if (answer.ok) this.draw((await answer.json()).clusters);
    } catch { return; }
    if (!wasMoved) return;
    this.dispatchEvent(new CustomEvent("balai-map-moved", { bubbles: true, detail: { bbox } }));
    if (this.dataset.list && window.htmx) {
      const page = new URL(location.href);
      page.searchParams.set("bbox", bbox);
      page.searchParams.delete("page");
      page.searchParams.delete("cursor");
      history.replaceState(history.state, "", page);
      window.htmx.ajax("GET", page.pathname + page.search, { target: this.dataset.list, select: this.dataset.list, swap: "outerHTML" });
    }
  }

  draw(clusters) {
    this.marks.clearLayers();
    for (const [lat, lon, count, reference, title] of clusters) {
      const size = count === 1 ? 22 : Math.min(52, 26 + Math.log2(count) * 3);
      const face = Object.assign(document.createElement("span"), { className: "b-map__count", textContent: count > 1 ? count.toLocaleString(document.documentElement.lang) : "" });
      const name = count > 1 ? words.reports.replace("{n}", count) : title || reference || words.reports.replace("{n}", 1);
      const mark = this.L.marker([lat, lon], { icon: this.L.divIcon({ className: `b-map__cluster${count === 1 ? " b-map__cluster--one" : ""}`, html: face, iconSize: [size, size] }), title: name, alt: name });
      if (count === 1 && reference) mark.bindPopup(() => this.card(reference, title));
      else mark.on("click", () => this.map.setView([lat, lon], Math.min(19, this.map.getZoom() + 2)));
      mark.addTo(this.marks);
      mark.getElement().setAttribute("aria-label", name);
    }
  }

  card(reference, title) {
    const card = document.createElement("div");
    const link = Object.assign(document.createElement(this.dataset.caseUrl ? "a" : "span"), { textContent: title || reference });
    if (this.dataset.caseUrl) link.href = this.dataset.caseUrl.replace("REFERENCE", encodeURIComponent(reference));
    card.append(link, document.createElement("br"), reference);
    return card;
  }
});

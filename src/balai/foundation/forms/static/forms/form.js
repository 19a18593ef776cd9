// Shows sooner what the server would say: questions that appear, values that follow, what is wrong with an answer that
// was left. Reads #balai-form (forms/island.py). Without this script the page says the same after sending.
const source = document.getElementById("balai-form");
const page = JSON.parse(source.textContent);
const form = source.closest("form");
const { asNumber, evaluate, readable, sureName } = await import(document.querySelector("script[data-rules]").dataset.rules);
const voice = form.querySelector("[data-form-voice]");
const here = new Set(page.here);
const fields = page.steps.flatMap((step) => step.fields).filter((field) => here.has(field.slug));
const touched = new Set();

const named = (name) => [...form.elements].filter((each) => each.name === name);
const value = (name) => named(name)[0]?.value ?? "";
const chosen = (name) => named(name).filter((each) => each.checked).map((each) => each.value);
const box = (name) => form.querySelector(`[data-field="${CSS.escape(name)}"]`);
const identifier = (name) => `id_${name.replaceAll(".", "_")}`;

const READ = {
  boolean: (name) => named(name)[0]?.checked ?? false,
  choices: chosen,
  choice: (name) => (named(name)[0]?.type === "radio" ? chosen(name)[0] ?? "" : value(name)),
  address: (name) => ({ words: value(`${name}.words`), village: value(`${name}.village`) }),
  map_point: (name) => ({ lat: value(`${name}.lat`).replace(",", "."), lon: value(`${name}.lon`).replace(",", ".") }),
  signature: (name) => ({ name: value(`${name}.name`), agreed: named(`${name}.agreed`)[0]?.checked ?? false }),
  file: (name) => {
    const dropped = chosen(`${name}.drop`);
    const kept = named(`${name}.kept`).map((each) => each.value).filter((token) => !dropped.includes(token));
    const sent = [...(named(name)[0]?.files ?? [])].map((file) => file.name);
    // where one file is asked for, a new one takes the place of the old one
    return named(name)[0]?.multiple || sent.length !== 1 ? [...kept, ...sent] : sent;
  },
};
const read = (field, name) => (field.kind === "group" ? rows(field, name).map((place) => row(field, name, place)) : (READ[field.kind] ?? value)(name));
const rows = (_field, name) => [...Array(Number(value(`${name}.rows`)) || 0).keys()];
const row = (field, name, place) => Object.assign({}, ...field.fields.map((inner) => said(inner, `${name}.${place}.${inner.slug}`)));
// an answer by its name, and beside it the tick that it may differ from another one
const said = (field, name) => ({ [field.slug]: read(field, name), ...(field.agrees_with ? { [sureName(field.slug)]: chosen(sureName(name))[0] ?? "" } : {}) });

function answers() {
  const found = { ...page.answers };
  for (const field of fields) if (box(field.slug)) Object.assign(found, said(field, field.slug));
  return found;
}

function say(text) { voice.textContent = text; }
const label = (container) => container?.querySelector("legend, label")?.textContent.trim() ?? "";
const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_all, name) => values[name] ?? "").replaceAll("%%", "%");

// questions
function bring(template) {
  const name = template.dataset.formQuestion;
  template.after(template.content.cloneNode(true));
  // the server reads a question only when it knows that the page carried it
  const mark = document.createElement("input");
  Object.assign(mark, { type: "hidden", name: "brought", value: name });
  box(name).append(mark);
}
function arrange(visible) {
  const appeared = [];
  for (const field of fields) {
    const asked = visible.has(field.slug);
    const template = form.querySelector(`template[data-form-question="${CSS.escape(field.slug)}"]`);
    if (asked && !box(field.slug) && template) { bring(template); appeared.push(label(box(field.slug))); }
    const container = box(field.slug);
    if (container && container.hidden === asked) {
      container.hidden = !asked;
      if (asked) appeared.push(label(container));
    }
  }
  return appeared;
}

// values
function follow(computed) {
  const list = form.querySelector("[data-form-computed]");
  if (!list) return;
  const shown = page.computed.filter((each) => each.label && each.slug in computed);
  const lines = shown.map((each) => [each.label, readable(each, computed[each.slug], page.marks)]);
  const before = [...list.querySelectorAll(".b-facts__row")].map((each) => [...each.children].map((cell) => cell.textContent));
  list.hidden = !lines.length;
  if (JSON.stringify(before) === JSON.stringify(lines)) return;
  list.replaceChildren(...lines.map(([name, text]) => {
    const line = document.createElement("div");
    line.className = "b-facts__row";
    line.append(Object.assign(document.createElement("dt"), { textContent: name }), Object.assign(document.createElement("dd"), { textContent: text }));
    return line;
  }));
}

// problems
const inMarks = (text) => readable({ kind: "number" }, asNumber(text), page.marks);
const limitOf = (code, limit) => (["too_small", "too_large"].includes(code) ? inMarks(limit) : page.days[limit] ?? limit);
const wordsOf = ({ code, limit }) => {
  const [first, other] = code === "same_entries" ? limit.split(" ") : [limitOf(code, limit)];
  return fill(page.words[code] ?? page.words.problem, { limit: first, other });
};
function mark(container, wrong) {
  const target = container.querySelector(":scope > fieldset") ?? container;
  const shown = target.querySelector(":scope > .b-wrong");
  const text = wrong ? wordsOf(wrong) : "";
  if ((shown?.textContent.trim() ?? "") === text) return;
  const id = `${identifier(container.dataset.field)}_error`;
  const answer = target === container ? container.querySelector(`#${CSS.escape(identifier(container.dataset.field))}`) : target;
  const others = (answer?.getAttribute("aria-describedby") ?? "").split(" ").filter((each) => each && each !== id);
  shown?.remove();
  container.classList.toggle("b-field--wrong", Boolean(wrong));
  if (wrong) {
    const line = form.querySelector("template[data-form-wrong]").content.firstElementChild.cloneNode(true);
    line.id = id;
    line.querySelector("p").textContent = text;
    const before = target.querySelector(":scope > .b-hint, :scope > legend, :scope > label");
    if (before) before.after(line); else target.prepend(line);
    others.push(id);
    say(`${label(container)}: ${text}`);
  }
  if (others.length) answer?.setAttribute("aria-describedby", others.join(" ")); else answer?.removeAttribute("aria-describedby");
}

let last;
function refresh() {
  let given = answers();
  let found = evaluate(page, given);
  const appeared = [];
  // a question that comes with an answer may ask for the next one
  for (let round = 0; round < fields.length; round += 1) {
    const more = arrange(new Set(found.visible));
    appeared.push(...more);
    if (!more.length) break;
    given = answers();
    found = evaluate(page, given);
  }
  follow(found.computed);
  if (appeared.length) say(appeared.map((each) => fill(page.words.appeared, { label: each })).join(" "));
  last = found;
}

const boxOf = (target) => target.closest?.("[data-field]");
// a row that nobody wrote into is no row: the evaluation counts without it, the page with it
function place(name) {
  const [group, number, inner] = name.split(".");
  if (!inner) return name;
  const field = fields.find((each) => each.slug === group);
  const empty = (each) => Object.values(row(field, group, each)).every((part) => part === "" || part === false || (Array.isArray(part) && !part.length) || (part && typeof part === "object" && !Object.values(part).some(Boolean)));
  if (empty(Number(number))) return "";
  return `${group}.${rows(field, group).slice(0, Number(number)).filter((each) => !empty(each)).length}.${inner}`;
}
// the tick belongs to the two answers that it was set for: it goes when they agree, and is asked anew when they change
function ask(container) {
  const tick = container.querySelector(":scope > [data-form-sure], :scope > fieldset > [data-form-sure]");
  if (!tick) return;
  const doubt = last.doubts[place(container.dataset.field)];
  const input = tick.querySelector("input");
  tick.hidden = !doubt;
  if (input.value === (doubt?.said ?? "")) return;
  Object.assign(input, { value: doubt?.said ?? "", checked: false });
}
function check(container) {
  if (!container) return;
  const [group, number] = container.dataset.field.split(".");
  const siblings = number === undefined ? fields : fields.find((each) => each.slug === group).fields;
  const own = container.dataset.field.split(".").at(-1);
  const others = siblings.filter((each) => each.agrees_with === own).map((each) => box(number === undefined ? each.slug : `${group}.${number}.${each.slug}`));
  for (const each of [container, ...others]) {
    if (!each || !(touched.has(each) || each.querySelector("[data-form-sure]:not([hidden])"))) continue;
    ask(each);
    mark(each, last.errors[place(each.dataset.field)]);
  }
}
form.addEventListener("input", (event) => {
  const container = boxOf(event.target);
  if (container) touched.add(container);
  refresh();
  // what was wrong and is right goes at once; what becomes wrong waits until the question is left
  if (container?.querySelector(".b-wrong") && !last.errors[place(container.dataset.field)]) mark(container, null);
});
form.addEventListener("change", (event) => { const container = boxOf(event.target); if (container) touched.add(container); refresh(); });
form.addEventListener("focusout", (event) => {
  const container = boxOf(event.target);
  if (!container || container.contains(event.relatedTarget)) return;
  refresh();
  // words that appear under a pressed finger would move the button away before it is let go
  if (pressed) later.add(container); else check(container);
});
let pressed = false;
const later = new Set();
addEventListener("pointerdown", () => { pressed = true; }, true);
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(() => { pressed = false; later.forEach(check); later.clear(); }), true);

// entries of a group
function renumber(section, group, number) {
  const [from, to] = [new RegExp(`(^|[^\\w.])(id_)?${group}([._])\\d+(?=[._]|$)`, "g"), (_all, before, id = "", between) => `${before}${id}${group}${between}${number}`];
  for (const each of [section, ...section.querySelectorAll("*")]) {
    for (const name of ["id", "name", "for", "data-field", "aria-describedby"]) if (each.hasAttribute(name)) each.setAttribute(name, each.getAttribute(name).replace(from, to));
    if (each.name === "remove") each.value = `${group}.${number}`;
  }
  const title = section.querySelector("h3");
  title.textContent = title.textContent.replace(/\d+\s*$/, number + 1);
  section.setAttribute("aria-label", title.textContent);
}
const sections = (group) => [...box(group).querySelectorAll("[role=group]")];
function grow(group) {
  const template = form.querySelector(`template[data-form-row="${CSS.escape(group)}"]`);
  const field = fields.find((each) => each.slug === group);
  const count = sections(group).length;
  if (!template || count >= Math.min(Number(field.max || 50), 50)) return null;
  template.before(template.content.cloneNode(true));
  const section = sections(group)[count];
  renumber(section, group, count);
  named(`${group}.rows`)[0].value = count + 1;
  return section;
}
form.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=add], button[name=remove]");
  if (!button) return;
  const group = button.value.split(".")[0];
  if (!form.querySelector(`template[data-form-row="${CSS.escape(group)}"]`)) return;
  if (button.name === "add") {
    const section = grow(group);
    if (!section) return;
    event.preventDefault();
    say(section.getAttribute("aria-label"));
    section.querySelector("input, select, textarea")?.focus();
  } else {
    event.preventDefault();
    button.closest("[role=group]").remove();
    const left = sections(group);
    left.forEach((section, number) => renumber(section, group, number));
    named(`${group}.rows`)[0].value = left.length;
    box(group).querySelector("button[name=add]")?.focus();
  }
  refresh();
});

// what this device kept (draft.js) may belong to entries and questions that are not on the page yet
function refill() {
  if (!form.balaiKept) return;
  for (let round = 0; round < 20; round += 1) {
    const missing = Object.keys(form.balaiKept).filter((name) => !named(name).length);
    const groups = new Set(missing.map((name) => name.split(".")).filter((parts) => parts.length > 2 && box(parts[0])).map(([group]) => group));
    const grown = [...groups].filter((group) => grow(group)).length;
    form.balaiRestore();
    refresh();
    if (!grown && !Object.keys(form.balaiKept).some((name) => missing.includes(name) && named(name).length)) break;
  }
  delete form.balaiKept;
}
refresh();
refill();
form.addEventListener("balai-kept", refill);
form.dataset.formReady = "";

// The same evaluation as rules/*.py, for showing it sooner; the server judges. Proved by tests/answers.json.
// A number is { n: BigInt, s: digits after the point }: never a float. As on the server 28 digits are kept.
const PRECISION = 28;
const LARGEST = 10n ** 15n;
const STEP = 12;
const MOST_ROWS = 50;
const LIMITS = { text: 200, long_text: 5000, address: 300, signature: 120, email: 254 };
const SPACE = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const ENDS = new RegExp(`^${SPACE}|${SPACE}$`, "g");
const SPACES = new RegExp(SPACE, "g");
const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?$/i;

class Refused extends Error {
  constructor(code, limit = "") { super(code); this.code = code; this.limit = limit; }
}

const strip = (text) => text.replace(ENDS, "");
const join = (text) => strip(text).replace(SPACES, " ");
const isMap = (value) => value !== null && typeof value === "object" && !Array.isArray(value) && !isNumber(value);
const isNumber = (value) => value !== null && typeof value === "object" && typeof value.n === "bigint";
const isEmpty = (value) => value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length) || (isMap(value) && !Object.keys(value).length);
const has = (map, name) => Object.prototype.hasOwnProperty.call(map, name);
const get = (map, name) => (has(map, name) ? map[name] : undefined);
export const isFilled = (value) => !isEmpty(value) && value !== false;

// arithmetic
const ten = (power) => 10n ** BigInt(power);
const abs = (n) => (n < 0n ? -n : n);
const digitsOf = (n) => abs(n).toString().length;

export function asNumber(value) {
  if (isNumber(value)) return value;
  if (typeof value !== "string" && typeof value !== "number") return null;
  const found = NUMBER.exec(strip(String(value)).replaceAll("_", ""));
  if (!found || !(found[2] || found[3])) return null;
  const [, sign, whole, part = "", power = "0"] = found;
  const coefficient = BigInt(whole + part);
  const scale = part.length - Number(power);
  const n = coefficient * (scale < 0 ? ten(-scale) : 1n);
  return { n: sign === "-" ? -n : n, s: Math.max(scale, 0), digits: digitsOf(coefficient) };
}

function aligned(left, right) {
  const s = Math.max(left.s, right.s);
  return [left.n * ten(s - left.s), right.n * ten(s - right.s), s];
}
function compare(left, right) {
  const [a, b] = aligned(left, right);
  return a < b ? -1 : Number(a > b);
}
// half to even, as the server's arithmetic rounds what has more digits than it keeps
function kept(number) {
  const over = digitsOf(number.n) - PRECISION;
  if (over <= 0) return number;
  const unit = ten(over);
  let n = abs(number.n) / unit;
  const twice = (abs(number.n) % unit) * 2n;
  if (twice > unit || (twice === unit && n % 2n)) n += 1n;
  if (number.n < 0n) n = -n;
  return over <= number.s ? { n, s: number.s - over } : { n: n * ten(over - number.s), s: 0 };
}
const add = (left, right) => { const [a, b, s] = aligned(left, right); return kept({ n: a + b, s }); };
const subtract = (left, right) => add(left, { n: -right.n, s: right.s });
const multiply = (left, right) => kept({ n: left.n * right.n, s: left.s + right.s });
function divide(left, right) {
  const shift = Math.max(0, PRECISION + 2 + digitsOf(right.n) - digitsOf(left.n) + Math.max(0, right.s - left.s));
  const over = left.n * ten(shift);
  const negative = (over < 0n) !== (right.n < 0n);
  // a digit for what is left over, so that half is told from more than half
  let n = (abs(over) / abs(right.n)) * 10n + (over % right.n ? 1n : 0n);
  if (negative) n = -n;
  const s = left.s + shift - right.s + 1;
  return kept({ n, s });
}
export function rounded(number, digits) {
  const drop = number.s - digits;
  let made = number;
  if (drop > 0) {
    const unit = ten(drop);
    let n = (abs(number.n) * 2n + unit) / (unit * 2n);
    if (number.n < 0n) n = -n;
    made = digits >= 0 ? { n, s: digits } : { n: n * ten(-digits), s: 0 };
  }
  if (digitsOf(made.n) + Math.max(0, digits - made.s) > PRECISION && made.n) throw new Refused("too_big");
  return made;
}
export function plain(number) {
  const text = abs(number.n).toString().padStart(number.s + 1, "0");
  const whole = text.slice(0, text.length - number.s);
  const part = number.s ? text.slice(-number.s).replace(/0+$/, "") : "";
  return `${number.n < 0n ? "-" : ""}${whole}${part ? `.${part}` : ""}`;
}

// conditions
function same(value, wanted) {
  if (typeof value === "boolean" || typeof wanted === "boolean") return value === wanted;
  if (isNumber(value)) { const other = asNumber(wanted); return other !== null && compare(value, other) === 0; }
  if (typeof value === "object") return JSON.stringify(value) === JSON.stringify(wanted);
  return String(value) === String(wanted);
}
function ordered(word, value, wanted) {
  const left = asNumber(value);
  const right = asNumber(wanted);
  let order;
  if (left === null || right === null) {
    if (typeof value !== "string" || typeof wanted !== "string") return false;
    order = value < wanted ? -1 : Number(value > wanted);
  } else order = compare(left, right);
  return { gt: order > 0, gte: order >= 0, lt: order < 0, lte: order <= 0 }[word];
}
export function holds(condition, answers) {
  if (condition === null || condition === undefined) return true;
  const [[word, rest]] = Object.entries(condition);
  if (word === "all") return rest.every((each) => holds(each, answers));
  if (word === "any") return rest.some((each) => holds(each, answers));
  if (word === "not") return !holds(rest, answers);
  if (word === "filled") return isFilled(get(answers, rest));
  const value = get(answers, rest[0]);
  if (isEmpty(value)) return false;
  if (word === "has") return Array.isArray(value) && value.includes(rest[1]);
  if (word === "in") return rest[1].some((each) => same(value, each));
  if (word === "eq" || word === "ne") return same(value, rest[1]) === (word === "eq");
  return ordered(word, value, rest[1]);
}

// formulas
const limited = (number) => { if (abs(number.n) > LARGEST * ten(number.s)) throw new Refused("too_big"); return number; };
const needed = (value, name) => { if (value === undefined || value === null || value === "") throw new Refused("missing", name); return value; };
const numeric = (value, name) => { const number = asNumber(value); if (number === null) throw new Refused("not_a_number", name); return number; };
const NOUGHT = { n: 0n, s: 0 };

function rowsOf(name, answers) {
  const rows = get(answers, name);
  if (!isFilled(rows)) return [];
  if (!Array.isArray(rows)) throw new Refused("not_a_number", name);
  return rows.filter(isMap);
}
function fromTable([name, key], answers, tables) {
  const rows = get(tables, name) || [];
  let found;
  let number;
  if (typeof key === "string" && asNumber(key) === null) {
    const chosen = needed(get(answers, key), key);
    found = rows.find((row) => row.key && row.key === chosen);
    number = found ? null : asNumber(chosen);
  } else number = worth(key, answers, tables);
  if (!found && number) found = rows.find((row) => !row.key && (!row.up_to || compare(number, asNumber(row.up_to)) <= 0));
  if (!found) throw new Refused("no_row", name);
  return numeric(found.value, name);
}
const WORDS = {
  "var": (name, answers) => numeric(needed(get(answers, name), name), name),
  "+": (rest, ...more) => rest.reduce((sum, each) => add(sum, worth(each, ...more)), NOUGHT),
  "-": ([left, right], ...more) => subtract(worth(left, ...more), worth(right, ...more)),
  "*": (rest, ...more) => rest.reduce((made, each) => limited(multiply(made, worth(each, ...more))), { n: 1n, s: 0 }),
  "/": (rest, ...more) => {
    const [over, under] = rest.map((each) => worth(each, ...more));
    if (under.n === 0n) throw new Refused("division_by_zero");
    return rounded(divide(over, under), STEP);
  },
  min: (rest, ...more) => rest.map((each) => worth(each, ...more)).reduce((a, b) => (compare(b, a) < 0 ? b : a)),
  max: (rest, ...more) => rest.map((each) => worth(each, ...more)).reduce((a, b) => (compare(b, a) > 0 ? b : a)),
  round: ([formula, digits], ...more) => rounded(worth(formula, ...more), digits),
  if: ([condition, yes, no], answers, tables) => worth(holds(condition, answers) ? yes : no, answers, tables),
  sum: ([name, formula], answers, tables) => rowsOf(name, answers).reduce((sum, row) => add(sum, worth(formula, { ...answers, ...row }, tables)), NOUGHT),
  count: (name, answers) => ({ n: BigInt(rowsOf(name, answers).length), s: 0 }),
  table: fromTable,
};
function worth(formula, answers, tables) {
  if (!isMap(formula)) return limited(numeric(formula, ""));
  const [[word, rest]] = Object.entries(formula);
  return limited(WORDS[word](rest, answers, tables));
}

// answers
const limitOf = (field) => field.max_length || LIMITS[field.kind] || LIMITS.text;

export function readNumber(raw) {
  if (typeof raw !== "string") return asNumber(raw);
  let text = raw.replaceAll("Rp", "").replaceAll(" ", "").replaceAll("\u00a0", "");
  const comma = text.indexOf(",");
  const part = comma < 0 ? "" : `.${text.slice(comma + 1)}`;
  text = comma < 0 ? text : text.slice(0, comma);
  const negative = text.startsWith("-");
  let digits = negative ? text.slice(1) : text;
  if (/^[1-9]\d{0,2}(\.\d{3})+$/.test(digits)) digits = digits.replaceAll(".", "");
  text = (negative ? "-" : "") + digits + part;
  // eslint-disable-next-line no-control-regex
  return /[^\x00-\x7f]|e|_/i.test(text) ? null : asNumber(text);
}
function text(field, raw) {
  if (typeof raw !== "string") throw new Refused("not_text");
  if ([...raw].length > limitOf(field)) throw new Refused("too_long", String(limitOf(field)));
  if (raw.includes("\0")) throw new Refused("not_text");
  const least = field.min_words || 0;
  if (least && join(raw).split(" ").filter((word) => /\p{L}/u.test(word)).length < least) throw new Refused("too_few_words", String(least));
  return field.kind === "long_text" ? raw : join(raw);
}
function number(field, raw) {
  const found = readNumber(raw);
  const whole = field.decimals === 0;
  if (found === null || found.digits > 18) throw new Refused(field.kind === "money" ? "not_money" : whole ? "not_whole" : "not_a_number");
  if (field.kind === "money" && found.n % ten(found.s)) throw new Refused("no_cents");
  // digits that say nothing (2,50) do not count
  const over = found.s - (field.decimals ?? found.s);
  if (over > 0 && found.n % ten(over)) throw whole ? new Refused("not_whole") : new Refused("too_many_decimals", String(field.decimals));
  const low = field.min || (field.kind === "money" ? "0" : "");
  if (low && compare(found, asNumber(low)) < 0) throw new Refused("too_small", low);
  if (field.max && compare(found, asNumber(field.max)) > 0) throw new Refused("too_large", field.max);
  return plain(found);
}
function bound(words, today) {
  if (!words || !words.startsWith("today")) return words || "";
  const [year, month, day] = today.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, day + Number(words.slice(5) || 0))).toISOString().slice(0, 10);
}
function date(field, raw, { today }) {
  const found = typeof raw === "string" && /^\d{4}-\d\d-\d\d$/.test(raw) && raw >= "0001" ? new Date(`${raw}T00:00:00Z`) : null;
  if (!found || Number.isNaN(found.getTime()) || found.toISOString().slice(0, 10) !== raw) throw new Refused("not_a_day");
  const low = bound(field.min, today) || "1900-01-01";
  const high = bound(field.max, today);
  if (raw < low) throw new Refused("too_early", low);
  if (high && raw > high) throw new Refused("too_late", high);
  return raw;
}
const slugs = (field) => (field.options || []).map((option) => option.slug);
function choice(field, raw) {
  if (!slugs(field).includes(raw)) throw new Refused("not_an_option");
  return raw;
}
function choices(field, raw) {
  if (!Array.isArray(raw) || raw.some((each) => !slugs(field).includes(each))) throw new Refused("not_an_option");
  return slugs(field).filter((slug) => raw.includes(slug));
}
function boolean(_field, raw) {
  if (raw !== true) throw new Refused("not_an_option");
  return true;
}
const digits = (length) => (_field, raw) => {
  const found = typeof raw === "string" || typeof raw === "number" ? String(raw).replace(/[ .-]/g, "") : "";
  if (!/^\d+$/.test(found) || found.length !== length) throw new Refused("wrong_length", String(length));
  return found;
};
function nik(field, raw, { nik: known }) {
  const found = digits(16)(field, raw);
  const part = (from, to) => Number(found.slice(from, to));
  const day = part(6, 8) > 40 ? part(6, 8) - 40 : part(6, 8);
  let wrong = "";
  if (known && !known.provinces.includes(part(0, 2))) wrong = "province";
  else if (known && known.no_regency.includes(part(2, 4))) wrong = "regency";
  else if (part(4, 6) === 0) wrong = "district";
  else if (day < 1 || day > 31 || part(8, 10) < 1 || part(8, 10) > 12) wrong = "birth_date";
  else if (part(12, 16) === 0) wrong = "serial";
  if (wrong) throw new Refused(`nik_${wrong}`);
  return found;
}
function phone(_field, raw) {
  let found = String(raw).replace(/[^0-9+]/g, "");
  if (found.startsWith("00")) found = `+${found.slice(2)}`;
  if (found.startsWith("0")) found = `+62${found.slice(1)}`;
  else if (found.startsWith("62")) found = `+${found}`;
  else if (found.startsWith("8")) found = `+62${found}`;
  found = found.replace(/^\+620+/, "+62");
  if (!/^\+[1-9][0-9]{7,14}$/.test(found)) throw new Refused("not_a_phone");
  return found;
}
function email(field, raw) {
  const found = text(field, raw);
  if (!/^[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+$/.test(found)) throw new Refused("not_an_email");
  return found;
}
const words = (value) => (isFilled(value) ? strip(String(value)) : "");
function address(field, raw) {
  if (!isMap(raw)) throw new Refused("not_text");
  const [street, village] = [words(raw.words), words(raw.village)];
  if (!street || !village) throw new Refused("address_incomplete");
  if ([...street].length > limitOf(field) || village.length > 13) throw new Refused("too_long", String(limitOf(field)));
  return { words: join(street), village };
}
function place(_field, raw) {
  const [lat, lon] = isMap(raw) ? [asNumber(raw.lat), asNumber(raw.lon)] : [null, null];
  if (lat === null || lon === null || abs(lat.n) > 90n * ten(lat.s) || abs(lon.n) > 180n * ten(lon.s)) throw new Refused("not_a_place");
  return { lat: Number(Number(plain(lat)).toFixed(6)), lon: Number(Number(plain(lon)).toFixed(6)) };
}
function files(field, raw) {
  if (!Array.isArray(raw) || raw.some((each) => typeof each !== "string")) throw new Refused("not_a_file");
  const most = field.max_files || 1;
  if (raw.length > most) throw new Refused("too_many_files", String(most));
  return [...raw];
}
function signature(field, raw) {
  if (!isMap(raw) || !words(raw.name) || raw.agreed !== true) throw new Refused("not_signed");
  const name = join(String(raw.name));
  if ([...name].length > limitOf(field)) throw new Refused("too_long", String(limitOf(field)));
  return { name, agreed: true };
}
const CLEAN = { text, long_text: text, number, money: number, date, choice, choices, boolean, nik, kk: digits(16), nib: digits(13), phone, email, address, map_point: place, file: files, signature };

// whether answers agree (agreement.py): what disagrees is asked back once
const birthDay = (nik) => ({ day: Number(nik.slice(6, 8)) % 40, female: Number(nik.slice(6, 8)) > 40 });
const NIK_SAYS = {
  date: (value, nik) => birthDay(nik).day === Number(value.slice(8)) && nik.slice(8, 12) === value.slice(5, 7) + value.slice(2, 4),
  choice: (value, nik) => !["l", "p"].includes(value) || (value === "p") === birthDay(nik).female,
};
const DOUBTS = { date: "other_birth_date", choice: "other_sex", signature: "other_name" };
export const sureName = (slug) => `${slug}.sure`;
const nameWords = (text) => [...new Set((text.match(/\p{L}+/gu) ?? []).map((word) => word.toLowerCase()))];
function disagrees(kind, value, other) {
  if (kind !== "signature") return NIK_SAYS[kind](value, other) ? "" : `${other.slice(6, 12)} ${value}`;
  const [one, two] = [nameWords(value.name), nameWords(other)];
  return one.every((word) => two.includes(word)) || two.every((word) => one.includes(word)) ? "" : `${value.name} / ${other}`;
}
function agree(field, sure, path, found) {
  const other = get(found.into, field.agrees_with);
  const said = typeof other === "string" ? disagrees(field.kind, found.into[field.slug], other) : "";
  if (!said) return;
  const code = DOUBTS[field.kind];
  found.doubts[path] = { code, said, is_sure: sure === true || sure === said };
  if (found.doubts[path].is_sure) found.into[sureName(field.slug)] = said;
  else found.errors[path] = { code, limit: "" };
}

function take(field, answers, path, found) {
  const given = get(answers, field.slug);
  if (field.kind === "group") { takeRows(field, given, path, found); return; }
  const raw = typeof given === "string" ? strip(given) : given;
  if (!isFilled(raw) || (isMap(raw) && !Object.values(raw).some(isFilled))) {
    if (field.required !== false) found.errors[path] = { code: field.kind === "boolean" ? "must_be_ticked" : "required", limit: "" };
    else if (raw === false) found.into[field.slug] = false;
    return;
  }
  try { found.into[field.slug] = CLEAN[field.kind](field, raw, found.around); } catch (error) {
    if (!(error instanceof Refused)) throw error;
    found.errors[path] = { code: error.code, limit: error.limit };
    return;
  }
  if (field.agrees_with) agree(field, get(answers, sureName(field.slug)), path, found);
}
function takeRows(field, raw, path, found) {
  let rows = Array.isArray(raw) ? raw.filter(isMap) : [];
  rows = rows.filter((row) => field.fields.some((inner) => isFilled(get(row, inner.slug))));
  const most = Math.min(Number(field.max || MOST_ROWS), MOST_ROWS);
  if (rows.length > most) { found.errors[path] = { code: "too_many_rows", limit: String(most) }; rows = rows.slice(0, most); }
  let least = rows.length ? Number(field.min || 0) : 0;
  if (field.required !== false) least = Math.max(Number(field.min || 0), 1);
  if (rows.length < least) found.errors[path] = { code: "too_few_rows", limit: String(least) };
  const taken = rows.map((row, place) => {
    const into = {};
    for (const inner of field.fields) take(inner, row, `${path}.${place}.${inner.slug}`, { ...found, into });
    return into;
  });
  for (const slug of field.differ ?? []) {
    const first = new Map();
    taken.forEach((values, place) => {
      if (!has(values, slug)) return;
      if (first.has(values[slug])) found.errors[`${path}.${place}.${slug}`] = { code: "same_entries", limit: `${first.get(values[slug]) + 1} ${place + 1}` };
      else first.set(values[slug], place);
    });
  }
  if (taken.length) found.into[field.slug] = taken;
}

// What `answers` come to under the published form `page` (island.page_schema): values, computed, errors, visible, doubts.
export function evaluate(page, answers) {
  const values = {};
  const errors = {};
  const visible = [];
  const doubts = {};
  const found = { into: values, errors, doubts, around: page };
  for (const step of page.steps) {
    if (!holds(step.show_if, values)) continue;
    visible.push(step.slug);
    for (const field of step.fields) {
      if (!holds(field.show_if, values)) continue;
      visible.push(field.slug);
      take(field, answers, field.slug, found);
    }
  }
  const computed = {};
  for (const each of page.computed || []) {
    try { computed[each.slug] = limited(worth(each.formula, { ...values, ...computed }, page.tables || {})); } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.code !== "missing") errors[each.slug] = { code: error.code, limit: error.limit };
    }
  }
  return { values, computed, errors, visible, doubts };
}

// A computed value as people read it: rupiah without cents, numbers with one digit where there is more.
const MOST_DECIMALS = 6;

export function readable(each, value, [thousands, point]) {
  // at most six decimals, and none that says nothing: as words.exact_number
  let [whole, part = ""] = plain(value.s > MOST_DECIMALS ? rounded(value, MOST_DECIMALS) : value).replace("-", "").split(".");
  if (each.kind === "money") part = "";
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, thousands) + (part ? point + part : "");
  return (value.n < 0n ? "-" : "") + (each.kind === "money" ? "Rp" : "") + grouped;
}

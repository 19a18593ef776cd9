// Keeps relative times true while the page is open; the words are those of words.py.
const WORDS = {
  id: { units: { h: "jam", m: "menit" }, plural: "", now: "baru saja", ago: (t) => `${t} lalu`, left: (t) => `${t} lagi`, past: (t) => `Lewat janji ${t}` },
  en: { units: { h: "hour", m: "minute" }, plural: "s", now: "just now", ago: (t) => `${t} ago`, left: (t) => `${t} left`, past: (t) => `${t} past the promise` },
};
const words = WORDS[document.documentElement.lang] || WORDS.id;
const MINUTE = 60e3, HOUR = 3600e3, DAY = 86400e3;

function span(length) {
  const [count, unit] = length >= HOUR ? [Math.floor(length / HOUR), "h"] : [Math.max(1, Math.floor(length / MINUTE)), "m"];
  return `${count} ${words.units[unit]}${count === 1 ? "" : words.plural}`;
}

function refresh() {
  if (document.hidden) return;
  const now = Date.now();
  document.querySelectorAll("time[data-balai-time]").forEach((element) => {
    const moment = Date.parse(element.dateTime);
    let text;
    // From a day on, days count as nights in the city: the server knows its zone, we leave its words alone.
    if (Math.abs(now - moment) >= DAY) return;
    if (element.dataset.balaiTime === "due") text = moment > now ? words.left(span(moment - now)) : words.past(span(now - moment));
    else if (now - moment < MINUTE) text = words.now;
    else text = words.ago(span(now - moment));
    if (element.textContent !== text) element.textContent = text;
  });
}
setInterval(refresh, 30e3);
document.addEventListener("visibilitychange", refresh);

// Shows the checklists that an officer opened while there was a line, when there is none. Nothing else is kept or changed.
const KEPT = "balai-visits-1";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  const { keep, forget, all } = event.data || {};
  event.waitUntil((async () => {
    if (all) await caches.delete(KEPT);
    const kept = await caches.open(KEPT);
    if (forget) await kept.delete(forget);
    // the page itself, and what it is drawn with
    for (const address of keep || []) await kept.add(address).catch(() => {});
    event.ports[0]?.postMessage("done");
  })());
});

self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  event.respondWith((async () => {
    try {
      return await fetch(event.request);
    } catch (error) {
      const kept = await (await caches.open(KEPT)).match(event.request, { ignoreVary: true });
      if (kept) return kept;
      throw error;
    }
  })());
});

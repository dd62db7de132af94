// Patrols open where there is no network: pages that were seen, their style and script,
// and nothing else. Whoever is signed out takes the pages along.
const PAGES = "qingxin-patrol-pages";
const PARTS = "qingxin-patrol-parts";
const STATIC = "/console/static/";
const NAMES = ["console.css", "parts.css", "keys.js", "patrol.js"];
const PAGE = /^\/console\/patrols(\/[0-9a-f-]{36})?$/;

addEventListener("install", (event) => {
  const add = async () => (await caches.open(PARTS)).addAll(NAMES.map((name) => STATIC + name));
  event.waitUntil(add().then(() => self.skipWaiting()));
});

addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname } = new URL(request.url);
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && PAGE.test(pathname)) event.respondWith(page(request, pathname));
  else if (pathname.startsWith(STATIC)) event.respondWith(part(request));
});

async function page(request, path) {
  const pages = await caches.open(PAGES);
  try {
    const answer = await fetch(request);
    if (answer.type === "opaqueredirect") await caches.delete(PAGES);
    else if (answer.ok) await pages.put(path, answer.clone());
    return answer;
  } catch {
    return (await pages.match(path)) ?? Response.error();
  }
}

async function part(request) {
  try {
    return await fetch(request);
  } catch {
    return (await (await caches.open(PARTS)).match(request)) ?? Response.error();
  }
}

// Only adds: without a script the form is sent as any other. A visit is kept on this
// telephone, its photo too, from when it is sent or typed until the office has it.
const PAGES = "qingxin-patrol-pages";
const here = location.pathname;
const form = document.querySelector("form[data-draft]");
const told = document.getElementById("draft");
const unsent = document.querySelector("[data-drafts]");

const shelf = new Promise((ready, failed) => {
  const asked = indexedDB.open("qingxin-patrols", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("drafts");
  asked.onsuccess = () => ready(asked.result);
  asked.onerror = () => failed(asked.error);
});

async function drafts(mode, act) {
  const store = (await shelf).transaction("drafts", mode).objectStore("drafts");
  return new Promise((ready, failed) => {
    const asked = act(store);
    asked.onsuccess = () => ready(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

function say(what) {
  told.textContent = told.dataset[what];
  told.hidden = false;
}

// The office's clock, where it is not the world's: a rehearsal's stands still.
function now() {
  if ("simulated" in form.dataset) return form.occurred_at.max;
  const said = new Date().toLocaleString("sv-SE", { timeZone: "Asia/Shanghai" });
  return said.slice(0, 16).replace(" ", "T");
}

function keep() {
  const said = {
    key: form.key.value,
    finding: form.finding.value,
    occurred_at: form.occurred_at.value,
    photo: form.photo.files[0] ?? null,
  };
  return drafts("readwrite", (store) => store.put(said, here));
}

async function restore() {
  const said = await drafts("readonly", (store) => store.get(here));
  if (!said) return;
  // A form that was refused has a key of its own; one that may have come keeps its key.
  if (!("refused" in form.dataset)) {
    form.key.value = said.key;
    form.finding.value = said.finding;
    form.occurred_at.value = said.occurred_at;
  }
  if (said.photo) {
    const files = new DataTransfer();
    files.items.add(said.photo);
    form.photo.files = files.files;
  }
  say(navigator.onLine ? "kept" : "offline");
}

async function send(event) {
  event.preventDefault();
  const online = navigator.onLine;
  if (!online && !form.occurred_at.value) form.occurred_at.value = now();
  try {
    await keep();
  } catch {
    // Nothing can be kept in this browser: it is sent as without a script.
    form.submit();
    return;
  }
  if (online) form.submit();
  else say("offline");
}

async function list() {
  const paths = await drafts("readonly", (store) => store.getAllKeys());
  for (const path of paths) {
    const line = document.createElement("li");
    const link = document.createElement("a");
    link.href = path;
    link.textContent = document.querySelector(`a[href="${path}"]`)?.textContent ?? path;
    line.append(link);
    unsent.querySelector("ul").append(line);
  }
  unsent.hidden = paths.length === 0;
}

async function forget() {
  await drafts("readwrite", (store) => store.delete(here));
  await (await caches.open(PAGES)).delete(here);
}

// So that the page opens without a network, too.
async function ready() {
  await navigator.serviceWorker.register("/console/static/patrol-worker.js", { scope: "/console/patrols" });
  await navigator.serviceWorker.ready;
  if (form || unsent) await (await caches.open(PAGES)).add(here);
  document.documentElement.dataset.offline = "ready";
}

if (form) {
  restore();
  form.addEventListener("submit", send);
  form.addEventListener("change", keep);
  // The page of before has an old token: it is fetched anew, and what was typed put in.
  addEventListener("online", () => location.reload());
} else if (unsent) {
  list();
} else {
  forget();
}
if ("serviceWorker" in navigator) ready();

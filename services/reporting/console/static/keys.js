// Only adds: without a script every queue has its links, boxes and buttons all the same.
// j and k go from case to case, x ticks one, a and t open its step, ? shows the help.
const MOST = 100;
const KEPT = "qingxin-keys";
const help = document.getElementById("keys");
const rows = [...document.querySelectorAll("tr[data-case]")];

for (const button of document.querySelectorAll("[data-all]")) {
  const boxes = () => [...document.querySelectorAll(`input[form="${button.dataset.all}"]`)];
  button.hidden = false;
  button.addEventListener("click", () => {
    const all = boxes();
    const tick = !all.every((box, at) => box.checked || at >= MOST);
    all.forEach((box, at) => { box.checked = tick && at < MOST; });
  });
}

const typing = (one) =>
  one.isContentEditable || (one.matches("input, select, textarea") && one.type !== "checkbox");

function go(step) {
  const here = rows.indexOf(document.activeElement?.closest("tr[data-case]"));
  const next = here < 0 ? (step > 0 ? 0 : rows.length - 1) : here + step;
  rows[Math.min(Math.max(next, 0), rows.length - 1)]?.querySelector("th a")?.focus();
}

function press(key) {
  const row = document.activeElement?.closest("tr[data-case]");
  if (key === "j") go(1);
  else if (key === "k") go(-1);
  else if (key === "x") row?.querySelector('input[type="checkbox"]')?.click();
  else row?.querySelector(`a[data-key="${key}"]`)?.click();
}

if (help && rows.length) {
  const on = help.querySelector("[data-keys]");
  on.checked = localStorage.getItem(KEPT) !== "off";
  help.hidden = false;
  on.addEventListener("change", () => localStorage.setItem(KEPT, on.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(event.target)) return;
    if (event.key === "?") help.hidden = !help.hidden;
    if (on.checked && "jkxat".includes(event.key) && event.key.length === 1) {
      event.preventDefault();
      press(event.key);
    }
  });
}

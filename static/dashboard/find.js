// The office's search: it opens over any page, asks while it is typed, and is walked by keys.
// Without us it is a page with a form.
document.addEventListener("DOMContentLoaded", () => {
  const dialog = document.querySelector("[data-find-dialog]");
  if (!dialog) return;
  for (const form of document.querySelectorAll("form[data-find]")) seek(form);
  const own = [...document.querySelectorAll("form[data-find]")].find((form) => !dialog.contains(form));
  const open = () => {
    if (!own && !dialog.open) dialog.showModal();
    const input = (own || dialog).querySelector("input[type=search]");
    input.focus();
    input.select();
  };
  const button = document.querySelector("[data-find-open]");
  if (/Mac|iP/.test(navigator.platform)) for (const key of document.querySelectorAll("[data-find-open] kbd")) key.textContent = "⌘K";
  button.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("textarea, select, [contenteditable], input:not([type=checkbox]):not([type=radio])");
    const isOurs = (event.key === "k" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey);
    if (!isOurs) return;
    event.preventDefault();
    open();
  });
});

function seek(form) {
  const input = form.querySelector("input[type=search]"), hits = form.querySelector("[data-hits]");
  let asked = 0, timer = null, shown = input.value.trim();
  const look = async () => {
    clearTimeout(timer);
    const text = input.value.trim(), mine = ++asked;
    if (text === shown) return;
    const answer = text ? await fetch(form.dataset.find, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } }).catch(() => null) : null;
    if (mine !== asked || (text && !answer?.ok)) return;
    hits.innerHTML = text ? (await answer.json()).html : "";
    shown = text;
  };
  const links = () => [...form.querySelectorAll("[data-hit]")];
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, 250); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    look().then(() => links()[0]?.click());
  });
  form.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [input, ...links()], at = all.indexOf(document.activeElement);
    all[Math.min(all.length - 1, Math.max(0, at + step))].focus();
  });
}

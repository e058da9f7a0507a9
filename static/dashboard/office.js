// Small helps on our own pages; everything works without them, only less comfortably.
document.addEventListener("DOMContentLoaded", () => {
  document.addEventListener("submit", (event) => {
    const sure = event.submitter?.dataset.sure || event.target.dataset.sure;
    if (sure && !window.confirm(sure)) event.preventDefault();
  }, { capture: true });
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !event.target.matches("form[data-once]")) return;
    for (const button of event.target.querySelectorAll("button[type=submit]")) setTimeout(() => { button.disabled = true; });
  });
  for (const nav of document.querySelectorAll("[data-fills]")) nav.addEventListener("click", (event) => fill(event, nav));
  // A step that is taken in the shop, beside the office: coming back shows what it changed.
  for (const link of document.querySelectorAll(".qy-guide a[target]")) {
    link.addEventListener("click", () => {
      const look = () => { if (!document.hidden) location.reload(); };
      document.addEventListener("visibilitychange", look);
      window.addEventListener("focus", look);
    });
  }
  for (const box of document.querySelectorAll("[data-drop]")) {
    const input = box.querySelector("input[type=file]");
    box.addEventListener("dragover", (event) => { event.preventDefault(); box.classList.add("qy-over"); });
    box.addEventListener("dragleave", () => box.classList.remove("qy-over"));
    box.addEventListener("drop", (event) => {
      event.preventDefault();
      box.classList.remove("qy-over");
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  // Said before the form is sent: a browser would forget the file.
  for (const form of document.querySelectorAll("form[data-one-of]")) {
    const file = form.querySelector("input[type=file]"), text = form.querySelector("textarea");
    const judge = () => text.setCustomValidity(file.files.length && text.value.trim() ? form.dataset.oneOf : "");
    for (const name of ["input", "change"]) form.addEventListener(name, judge);
    judge();
  }
  for (const row of document.querySelectorAll("[data-offers]")) offer(row);
  for (const box of document.querySelectorAll("[data-pick]")) pick(box);
  for (const input of document.querySelectorAll("input[type=file][data-most]")) {
    input.addEventListener("change", () => {
      const isTooLarge = [...input.files].some((file) => file.size > Number(input.dataset.most));
      input.setCustomValidity(isTooLarge ? input.dataset.tooLarge : "");
    });
  }
  // Unfold shows a chosen file's name in a text field beside it, which our forms do not have.
  for (const input of document.querySelectorAll(".qy-form input[type=file]")) input.hasChangeListener = true;
  for (const button of document.querySelectorAll("button[data-copy]")) {
    const text = document.querySelector(button.dataset.copy);
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text.textContent.trim());
      button.textContent = button.dataset.copied;
    });
  }
  // A secret answers a form and is shown this once: to load the page again, or to come back to it,
  // asks for the page named here, and sends the form no second time.
  for (const box of document.querySelectorAll("[data-once-at]")) window.history.replaceState(null, "", box.dataset.onceAt);
  for (const box of document.querySelectorAll("[data-progress]")) watch(box);
  for (const box of document.querySelectorAll("[data-feed]")) feed(box);
  for (const all of document.querySelectorAll("[data-check-all]")) chooseMany(all);
  for (const box of document.querySelectorAll("[data-keys]")) listenForKeys(box);
  for (const input of document.querySelectorAll("[data-token]")) {
    const show = () => {
      const preview = document.querySelector(".qy-preview");
      if (preview) preview.style.setProperty(input.dataset.token, input.value + (input.dataset.unit || ""));
    };
    input.addEventListener("input", show);
    show();
  }
});

// A browser that comes back by the Back button shows the page it left: its buttons work again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const button of document.querySelectorAll("form[data-once] button[disabled]")) button.disabled = false;
});

// A choice that fills a form: the form is exchanged where it stands, and what was typed stays in it.
async function fill(event, nav) {
  const link = event.target.closest("a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const answer = await fetch(link.href).catch(() => null);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  const old = document.querySelector(nav.dataset.fills), fresh = page?.querySelector(nav.dataset.fills);
  if (!fresh) { window.location.assign(link.href); return; }
  for (const field of old.querySelectorAll("input:not([type=hidden]), textarea")) {
    const isBox = field.type === "radio" || field.type === "checkbox";
    if (isBox ? field.checked === field.defaultChecked : field.value === field.defaultValue) continue;
    const there = [...fresh.querySelectorAll(`[name="${field.name}"]`)].find((one) => !isBox || one.value === field.value);
    if (there && isBox) there.checked = field.checked; else if (there) there.value = field.value;
  }
  old.replaceWith(fresh);
  for (const one of nav.querySelectorAll("a")) one.toggleAttribute("aria-current", one === link);
  link.setAttribute("aria-current", "true");
  window.history.replaceState(null, "", link.href.split("#")[0]);
}

// A long list of things to choose from shows what fits while it is typed; without us the server does.
function pick(box) {
  const find = box.querySelector("[data-pick-find]"), none = box.querySelector("[data-pick-none]");
  const rows = [...box.querySelectorAll("[data-text]")];
  box.querySelector("input:checked")?.scrollIntoView({ block: "nearest" });
  if (!find) return;
  const look = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) row.hidden = !words.every((word) => row.dataset.text.includes(word));
    none.hidden = rows.some((row) => !row.hidden);
  };
  find.addEventListener("input", look);
  // Enter looks; a form that is there to search has nothing to send, one that saves has.
  find.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); look(); } });
  if (find.form.method === "get") find.form.addEventListener("submit", (event) => { event.preventDefault(); look(); });
  if (find.value) look();
}

// All of a form's boxes at once, and how many are chosen.
function chooseMany(all) {
  const form = document.getElementById(all.dataset.checkAll);
  const boxes = [...form.elements].filter((one) => one.type === "checkbox");
  const told = document.querySelector(`[data-count-of="${form.id}"]`);
  const count = () => {
    const chosen = boxes.filter((one) => one.checked).length;
    told.querySelector("b").textContent = chosen;
    all.checked = chosen === boxes.length;
    form.querySelector("button[type=submit]").disabled = !chosen;
  };
  all.parentElement.hidden = told.hidden = false;
  all.addEventListener("change", () => { for (const one of boxes) one.checked = all.checked; count(); });
  for (const one of boxes) one.addEventListener("change", count);
  count();
}

// A desk is worked by keys: each presses what is marked with it, in the row at hand if there are rows.
function listenForKeys(desk) {
  const rows = [...desk.querySelectorAll("[data-row]")], help = desk.querySelector("[data-keys-help]");
  const label = desk.querySelector("[data-keys-switch]"), isOn = label.querySelector("input");
  let at = -1;
  label.hidden = false;
  isOn.checked = localStorage.getItem("qy-keys") !== "off";
  isOn.addEventListener("change", () => localStorage.setItem("qy-keys", isOn.checked ? "on" : "off"));
  const move = (step) => {
    rows[at]?.classList.remove("qy-at");
    at = Math.min(rows.length - 1, Math.max(0, at + step));
    rows[at].classList.add("qy-at");
    rows[at].querySelector("a").focus({ preventScroll: true });
    rows[at].scrollIntoView({ block: "nearest" });
  };
  const press = (key) => {
    const found = (rows.length ? rows[at] : desk)?.querySelector(`[data-key="${key}"]`);
    if (!found) return false;
    if (found.tagName === "DETAILS") { found.open = true; found.querySelector("input").focus(); } else found.click();
    return true;
  };
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("textarea, select, [contenteditable], input:not([type=checkbox]):not([type=radio])");
    if (isTyping || !isOn.checked || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    let isOurs = false;
    if (event.key === "?") { help.open = !help.open; help.scrollIntoView({ block: "nearest" }); isOurs = true; }
    else if (rows.length && (event.key === "j" || event.key === "k")) { move(event.key === "j" ? 1 : -1); isOurs = true; }
    else if ("jkoxadb".includes(event.key) && event.key.length === 1) isOurs = press(event.key);
    if (isOurs) event.preventDefault();
  });
}

/* What happens meanwhile, for a page that stays open; one that nobody looks at does not ask. */
function feed(box) {
  setInterval(async () => {
    if (document.hidden || box.matches(":focus-within")) return;
    const answer = await fetch(box.dataset.feed, { headers: { Accept: "application/json" } }).catch(() => null);
    if (answer?.ok) box.innerHTML = (await answer.json()).html;
  }, 5000);
}

function watch(box) {
  const words = box.querySelector("[data-progress-words]");
  const bar = box.querySelector("progress");
  let before = null;
  const look = async () => {
    if (document.hidden) return;
    const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const now = await answer.json();
    if (now.state !== box.dataset.state) { window.location.reload(); return; }
    // Where nobody can tell how far it is, the bar only moves.
    if (now.percent === null) bar.removeAttribute("value"); else bar.value = now.percent;
    const rate = before ? Math.max(0, Math.round((now.done - before.done) * 1000 / (Date.now() - before.at))) : 0;
    before = { done: now.done, at: Date.now() };
    const left = rate > 0 && now.total > now.done ? ` · ${Math.ceil((now.total - now.done) / rate)} s` : "";
    if (now.percent === null) { if (now.done) words.textContent = now.done.toLocaleString(); return; }
    words.textContent = `${now.percent}% · ${now.done.toLocaleString()} / ${now.total.toLocaleString()}${rate ? ` · ${rate.toLocaleString()}/s` : ""}${left}`;
  };
  look();
  setInterval(() => { look().catch(() => {}); }, 1000);
}

// What a row asks decides which values its field offers.
function offer(row) {
  const asked = row.querySelector("select"), value = row.querySelector("input");
  const show = () => {
    const list = document.getElementById(`of-${asked.value}`);
    value.placeholder = list ? list.dataset.example : "";
    if (list && list.options.length) value.setAttribute("list", list.id); else value.removeAttribute("list");
  };
  asked.addEventListener("change", show);
  show();
}

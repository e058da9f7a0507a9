// Small helps on our own pages; everything works without them, only less comfortably.
document.addEventListener("DOMContentLoaded", () => {
  for (const form of document.querySelectorAll("form[data-sure]")) {
    form.addEventListener("submit", (event) => {
      if (!window.confirm(form.dataset.sure)) event.preventDefault();
    });
  }
  for (const form of document.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      for (const button of form.querySelectorAll("button[type=submit]")) setTimeout(() => { button.disabled = true; });
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
  for (const box of document.querySelectorAll("[data-progress]")) watch(box);
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

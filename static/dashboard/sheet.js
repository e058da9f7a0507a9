// The sheet of keys: `?` opens it where no page has keys of its own. Off where somebody switched keys off.
document.addEventListener("DOMContentLoaded", () => {
  const sheet = document.querySelector("[data-sheet]"), button = document.querySelector("[data-sheet-open]");
  if (!sheet) return;
  const isOff = () => { try { return localStorage.getItem("qy-keys") === "off"; } catch { return false; } };
  if (/Mac|iP/.test(navigator.platform)) for (const key of sheet.querySelectorAll("[data-ctrl]")) key.textContent = "⌘";
  button.hidden = false;
  button.addEventListener("click", () => sheet.showModal());
  sheet.addEventListener("click", (event) => { if (event.target === sheet) sheet.close(); });
  if (document.querySelector("[data-keys-help]")) return;
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("textarea, select, [contenteditable], input:not([type=checkbox]):not([type=radio])");
    if (event.key !== "?" || isTyping || isOff() || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    sheet.showModal();
  });
});

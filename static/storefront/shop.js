/* Every page: says that scripts run, shows a toast, copies text. No page needs it. */
(() => {
  "use strict";
  document.documentElement.classList.remove("no-js");
  const toastBox = document.querySelector("[data-toast]");
  let toastTimer;

  const toast = (text) => {
    if (!toastBox || !text) return;
    toastBox.textContent = text;
    toastBox.classList.add("on");
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => toastBox.classList.remove("on"), 1800);
  };

  /* The modern way needs HTTPS and a gesture; the old one a selection; else the text is left selected. */
  const copy = async (text, shown) => {
    try {
      await navigator.clipboard.writeText(text);
      return "copied";
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      area.className = "vh";
      area.readOnly = true;
      document.body.append(area);
      area.select();
      let done = false;
      try { done = document.execCommand("copy"); } catch { done = false; }
      area.remove();
      if (done) return "copied";
      if (shown) getSelection().selectAllChildren(shown);
      return "selected";
    }
  };

  window.shop = { toast, copy };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const words = document.querySelector("[data-words]")?.dataset ?? {};
    toast(await copy(button.dataset.copy) === "copied" ? words.copied : words.select);
  });

  document.querySelector("[data-alert]")?.focus();
})();

/* The portal: a block of code is copied by its button. Without it the text is there to be selected. */
(() => {
  "use strict";
  const words = document.querySelector("[data-words]").dataset;

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy-code]");
    if (!button) return;
    const code = button.closest(".docs-block").querySelector("code");
    const how = await window.shop.copy(code.textContent, code);
    window.shop.toast(how === "copied" ? words.copied : words.select);
  });
})();

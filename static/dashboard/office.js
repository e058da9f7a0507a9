// Small helps on our own pages; everything works without them, only less comfortably.
document.addEventListener("DOMContentLoaded", () => {
  for (const form of document.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", () => {
      for (const button of form.querySelectorAll("button[type=submit]")) setTimeout(() => { button.disabled = true; });
    });
  }
});

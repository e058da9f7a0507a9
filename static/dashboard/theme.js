// Before anything is drawn: what the person chose comes with the page, and the theme's own memory in
// the browser follows it. Who is not signed in yet sees what was chosen here last.
(() => {
  const page = document.documentElement, dark = matchMedia("(prefers-color-scheme: dark)");
  let chosen = ["light", "dark", "auto"].find((one) => page.classList.contains(one));
  try {
    if (chosen) localStorage.setItem("adminTheme", JSON.stringify(chosen));
    else chosen = JSON.parse(localStorage.getItem("adminTheme") || '"auto"');
  } catch { chosen ||= "auto"; }
  const follow = () => page.classList.toggle("dark", chosen === "dark" || (chosen === "auto" && dark.matches));
  follow();
  dark.addEventListener("change", follow);
  // The theme has a key of its own that would forget the choice with the next page.
  addEventListener("keydown", (event) => { if (chosen && event.key === "e" && (event.ctrlKey || event.metaKey)) event.stopImmediatePropagation(); }, { capture: true });
})();

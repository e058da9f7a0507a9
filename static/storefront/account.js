/* The account of a top-up, looked up as soon as it is filled in: what is found stands below the field,
   in a line that is there from the beginning, so that nothing moves under a finger. It keeps nobody
   from ordering; the server looks again when the form is sent. */
(() => {
  "use strict";
  const form = document.querySelector("[data-buy]");
  const fields = [...(form?.querySelectorAll("[data-verified]") ?? [])];
  if (!fields.length) return;
  const words = document.querySelector("[data-words]").dataset;
  const PAUSE = 400; // ms without a key, after which a number is likely to be whole
  let timer;
  let asking;
  let asked = "";

  const sku = () => form.querySelector("[name=sku]:checked")?.value ?? "";
  const current = () => fields.find((field) => field.dataset.verified.split(" ").includes(sku()));

  const show = (field, tone, text) => {
    const box = field.querySelector("[data-found]");
    box.className = `found ${tone}`;
    box.textContent = text;
  };

  const whole = () => {
    const data = new FormData();
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    data.set("sku", sku());
    for (const input of form.querySelectorAll("[data-field]:not([hidden]) :is(input, select)")) {
      if (input.dataset.required && !input.value.trim()) return null;
      if (input.name) data.set(input.name, input.value);
    }
    return data;
  };

  const tell = (field, found) => {
    const tones = { yes: "good", no: "bad" };
    const isKnown = found.verdict in tones;
    show(field, tones[found.verdict] ?? "", isKnown ? found.text || words.ok : words.unknown);
    // What is told here is told once: not again by the form's own check.
    if (isKnown) field.querySelector("[data-ok]").textContent = "";
  };

  const look = async () => {
    const field = current();
    const data = field && whole();
    if (!data) return;
    const key = JSON.stringify([...data].slice(1));
    if (key === asked) return;
    asked = key;
    asking?.abort();
    asking = new AbortController();
    show(field, "", words.looking);
    try {
      const answer = await fetch(form.dataset.account, { method: "POST", body: data, signal: asking.signal });
      tell(field, answer.ok ? await answer.json() : { verdict: "unknown" });
    } catch (why) {
      if (why.name !== "AbortError") tell(field, { verdict: "unknown" });
    }
  };

  const forget = () => {
    asked = "";
    asking?.abort();
    for (const field of fields) show(field, "", words.unfilled);
  };

  form.addEventListener("input", (event) => {
    if (!event.target.closest("[data-field]")) return;
    clearTimeout(timer);
    forget();
    timer = setTimeout(() => { if (event.target.dataset.kind === "phone" && /^1\d{10}$/.test(event.target.value.replace(/[\s-]/g, ""))) look(); }, PAUSE);
  });
  form.addEventListener("change", (event) => {
    if (event.target.name === "sku") forget();
    if (event.target.name === "sku" || event.target.closest("[data-field]")) look();
  });
  look();
})();

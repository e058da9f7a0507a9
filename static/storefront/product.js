/* The buy form: the total follows the choice, fields are checked as they are left. The server
   checks everything again, so nothing here is a rule. */
(() => {
  "use strict";
  const form = document.querySelector("[data-buy]");
  if (!form) return;
  const words = document.querySelector("[data-words]").dataset;
  const quantity = form.elements.quantity;
  if (!quantity) return;
  const total = form.querySelector("[data-total]");
  const note = form.querySelector("[data-note]");
  const chosen = () => form.querySelector("[name=sku]:checked");

  const rules = {
    phone: (text) => /^(\+?86)?1[3-9]\d{9}$/.test(text.replace(/[\s-]/g, "")) || words.phone,
    qq: (text) => /^[1-9]\d{4,10}$/.test(text.trim()) || words.qq,
    email: (text) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim()) || words.email,
    contact: (text) => rules.phone(text) === true || rules.email(text) === true || words.contact,
  };

  const grouped = (input) => {
    const text = input.value.trim();
    const digits = text.replace(/[\s-]/g, "");
    if (input.dataset.kind === "phone" && /^\d{4,11}$/.test(digits)) {
      return [digits.slice(0, 3), digits.slice(3, 7), digits.slice(7)].filter(Boolean).join(" ");
    }
    if (input.dataset.kind === "qq") return digits.replace(/(\d{3})(?=\d)/g, "$1 ");
    return text;
  };

  const say = (input, message) => {
    const box = document.getElementById(`e-${input.id.replace(/^f-/, "")}`);
    const ok = input.closest(".field")?.querySelector("[data-ok]");
    const wrong = message !== true;
    input.toggleAttribute("aria-invalid", wrong);
    if (wrong) input.setAttribute("aria-invalid", "true");
    if (box) box.textContent = wrong ? message : "";
    if (ok) ok.textContent = !wrong && input.value.trim() && rules[input.dataset.kind] ? `✓ ${words.ok}` : "";
    return !wrong;
  };

  const judge = (input) => {
    const text = input.value.trim();
    if (!text) return input.dataset.required ? words.required : true;
    if (input.type === "password") return text.length >= 4 || words.password;
    return rules[input.dataset.kind]?.(text) ?? true;
  };

  const fieldsInUse = () => [...form.querySelectorAll(".field:not([hidden]) :is(input, select):not([name=quantity])")];

  const count = () => {
    const most = Number(chosen()?.dataset.most || 1);
    const asked = Math.trunc(Number(quantity.value)) || 1;
    return Math.min(Math.max(asked, 1), most);
  };

  const price = () => {
    const option = chosen();
    if (!option) return;
    quantity.max = option.dataset.most;
    form.querySelector("div[data-limit]").textContent = option.dataset.limit;
    const minor = Number(option.dataset.price) * count();
    const digits = option.dataset.amount.includes(".") ? option.dataset.amount.split(".")[1].length : 0;
    const sign = document.createElement("small");
    sign.textContent = total.dataset.symbol;
    total.replaceChildren(sign, (minor / 10 ** digits).toFixed(digits));
    const struck = document.createElement("s");
    struck.textContent = option.dataset.was;
    note.replaceChildren(...(count() > 1 ? [`${count()} ${words.pieces}`] : option.dataset.was ? [struck] : []));
    for (const one of document.querySelectorAll("[data-promise]:not(input)")) one.textContent = option.dataset.promise;
    for (const one of document.querySelectorAll("[data-kind]:not(input)")) one.textContent = option.dataset.kind;
    const stock = document.querySelector(".lead [data-stock]");
    if (stock) { stock.textContent = option.dataset.stock; stock.className = `tag ${option.dataset.tone}`; }
    for (const field of form.querySelectorAll("[data-skus]")) {
      field.hidden = !field.dataset.skus.split(" ").includes(option.value);
    }
  };

  const enlarge = (input) => {
    const big = input.closest(".field")?.querySelector("[data-big]");
    if (big) big.textContent = input.value.trim() ? grouped(input) : "";
  };

  form.addEventListener("change", (event) => {
    if (event.target.name === "sku" || event.target === quantity) { quantity.value = count(); price(); }
    if (event.target.name === "consent" && event.target.checked) say(Object.assign(event.target, { id: "consent" }), true);
  });
  form.addEventListener("input", (event) => {
    enlarge(event.target);
    if (event.target.getAttribute("aria-invalid") === "true") say(event.target, judge(event.target));
    if (event.target === quantity) price();
  });
  // A line that comes while a pointer is down moves what is under it, and the tap is lost: it waits
  // until the pointer is up and its click has been heard.
  let isDown = false;
  const waiting = [];
  const afterTap = (work) => { if (isDown) waiting.push(work); else setTimeout(work, 0); };
  addEventListener("pointerdown", () => { isDown = true; }, true);
  for (const end of ["pointerup", "pointercancel"]) {
    addEventListener(end, () => { isDown = false; for (const work of waiting.splice(0)) setTimeout(work, 0); }, true);
  }
  form.addEventListener("focusout", (event) => {
    const input = event.target;
    if (!input.matches(".field :is(input, select):not([name=quantity])")) return;
    afterTap(() => { if (input.value.trim()) say(input, judge(input)); });
  });
  form.addEventListener("click", (event) => {
    const step = event.target.closest("[data-less]") ? -1 : event.target.closest("[data-more]") ? 1 : 0;
    if (!step) return;
    quantity.value = count() + step;
    quantity.value = count();
    price();
  });
  form.addEventListener("submit", (event) => {
    const wrong = fieldsInUse().filter((input) => !say(input, judge(input)));
    const consent = form.elements.consent;
    consent.id = "consent";
    if (!say(consent, consent.checked || words.consent)) wrong.push(consent);
    if (wrong.length) {
      event.preventDefault();
      wrong[0].closest("details")?.setAttribute("open", "");
      wrong[0].focus();
      return;
    }
    const button = form.querySelector("[data-pay]");
    setTimeout(() => { button.disabled = true; button.textContent = words.paying; }, 0);
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  for (const input of fieldsInUse()) enlarge(input);
  price();
})();

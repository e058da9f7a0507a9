/* The order and pay pages: follow the order, and show codes when asked. Codes are fetched on a tap,
   kept in this page's memory only, and forgotten with it. A redraw takes nothing away that somebody
   has opened: a code stays shown, a picture stays drawn, what is being typed stays typed. */
(() => {
  "use strict";
  const box = document.querySelector("[data-poll]");
  const words = document.querySelector("[data-words]")?.dataset ?? {};
  if (!box) return;

  /* 0.5 s six times, 1 s ten times, then 2, 5 and 15 s; a hidden page does not ask. */
  const pauses = [...Array(6).fill(500), ...Array(10).fill(1000), 2000, 5000, 15000];
  let turn = 0;
  let timer;
  let secrets = null;

  const wait = () => {
    clearTimeout(timer);
    if ("final" in box.dataset || document.hidden) return;
    timer = setTimeout(look, pauses[Math.min(turn++, pauses.length - 1)]);
  };

  const look = async () => {
    try {
      const answer = await fetch(`${box.dataset.poll}?v=${encodeURIComponent(box.dataset.version)}`, {
        headers: { Accept: "application/json" }, cache: "no-store",
      });
      if (answer.status === 404 || answer.status === 403) return;
      if (answer.ok) show(await answer.json());
    } catch { /* the next look may get through */ }
    wait();
  };

  const show = (news) => {
    if (box.dataset.go) {
      if (!news.is_payable) location.replace(box.dataset.go);
      return;
    }
    if (news.is_final) box.dataset.final = "";
    if (news.html === undefined) return;
    box.dataset.version = news.version;
    const before = opened();
    box.innerHTML = news.html;
    for (const one of before) reopen(one);
    const side = document.querySelector("[data-side]");
    const inUse = side && [...side.querySelectorAll("textarea")].some((area) => area.value || area === document.activeElement);
    if (side && !inUse) {
      const open = [...side.querySelectorAll("details[open]")].map((one) => one.id);
      side.innerHTML = news.side;
      for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    }
    turn = 0;
  };

  /* What stands open on the page: by the thing's id, and by its masked code, so that a code that
     was exchanged is asked for anew. */
  const maskOf = (card) => {
    const node = card.querySelector("[data-secret]");
    return node.dataset.masked ?? node.textContent;
  };
  const opened = () => [...box.querySelectorAll("[data-unit]")].map((card) => ({
    id: card.dataset.unit,
    mask: maskOf(card),
    isShown: card.querySelector("[data-show]").getAttribute("aria-pressed") === "true",
    qr: card.querySelector("[data-qr-box]").hidden ? null : card.querySelector("[data-qr-box]").innerHTML,
    focus: [...card.querySelectorAll("button")].indexOf(document.activeElement),
  }));
  const reopen = ({ id, mask, isShown, qr, focus }) => {
    const card = box.querySelector(`[data-unit="${CSS.escape(id)}"]`);
    if (!card || maskOf(card) !== mask) {
      if (secrets) delete secrets[id];
      return;
    }
    if (isShown && secrets?.[id]) turnCode(card, secrets[id], true);
    if (qr !== null) {
      card.querySelector("[data-qr-box]").innerHTML = qr;
      turnQr(card, true);
    }
    card.querySelectorAll("button")[focus]?.focus({ preventScroll: true });
  };

  document.addEventListener("visibilitychange", () => { if (!document.hidden) { turn = 0; wait(); } });

  const reveal = async () => {
    const wanted = [...box.querySelectorAll("[data-unit]")].map((card) => card.dataset.unit);
    if (secrets && wanted.every((id) => id in secrets)) return secrets;
    const form = box.querySelector("[data-reveal]");
    const answer = await fetch(form.action, {
      method: "POST", body: new FormData(form), headers: { Accept: "application/json" }, cache: "no-store",
    });
    const told = await answer.json().catch(() => ({}));
    if (told.is_person_wanted) form.submit();
    if (!answer.ok) throw new Told(typeof told.error === "string" ? told.error : words.failed);
    secrets = told.units;
    return secrets;
  };

  /* What the shop says instead; the page says it too with its next look, which is at once. */
  class Told extends Error {}
  const refused = (why) => {
    window.shop.toast(why instanceof Told ? why.message : words.failed);
    if (!(why instanceof Told)) return;
    delete box.dataset.final;
    turn = 0;
    wait();
  };

  const unitOf = (node) => node.closest("[data-unit]");

  const turnCode = (card, goods, isShown) => {
    for (const [key, place] of [["card_no", "[data-card]"], ["secret", "[data-secret]"]]) {
      const node = card.querySelector(place);
      if (!node) continue;
      node.dataset.masked ??= node.textContent;
      node.textContent = isShown ? goods[key] : node.dataset.masked;
    }
    const link = card.querySelector("[data-open]");
    if (link) {
      const leads = isShown && /^https?:\/\//.test(goods.secret);
      link.hidden = !leads;
      if (leads) link.href = goods.secret;
      else link.removeAttribute("href");
    }
    const button = card.querySelector("[data-show]");
    button.setAttribute("aria-pressed", String(isShown));
    button.querySelector("span").textContent = isShown ? button.dataset.wordHide : button.dataset.wordShow;
  };

  const turnQr = (card, isShown) => {
    card.querySelector("[data-qr-box]").hidden = !isShown;
    card.querySelector("[data-qr]").setAttribute("aria-expanded", String(isShown));
  };

  const toggle = async (card, button) => {
    const goods = (await reveal())[card.dataset.unit];
    turnCode(card, goods, button.getAttribute("aria-pressed") !== "true");
  };

  const drawQr = async (card) => {
    const place = card.querySelector("[data-qr-box]");
    if (!place.firstChild) place.innerHTML = (await reveal())[card.dataset.unit].qr;
    if (place.firstChild) turnQr(card, place.hidden);
    else card.querySelector("[data-qr]").hidden = true; // too long a text to be scanned
  };

  const copyText = async (text, node) => {
    const how = await window.shop.copy(text, node);
    window.shop.toast(how === "copied" ? words.copied : words.select);
  };

  const copyOne = async (card, key) => {
    const goods = (await reveal())[card.dataset.unit];
    await copyText(goods[key], card.querySelector(key === "secret" ? "[data-secret]" : "[data-card]"));
  };

  const copyAll = async () => {
    const lines = Object.values(await reveal()).map((one) => [one.card_no, one.secret].filter(Boolean).join(" "));
    await copyText(lines.join("\n"));
  };

  const act = (target) => {
    const card = unitOf(target);
    const button = target.closest("button");
    if (!button) return null;
    if (button.matches("[data-copy-all]")) return copyAll();
    if (button.matches("[data-copy-secret]")) return copyOne(card, button.dataset.copySecret);
    if (button.matches("[data-qr]")) return drawQr(card);
    if (button.matches("[data-show]")) return toggle(card, button);
    return null;
  };

  box.addEventListener("click", async (event) => {
    try { await act(event.target); } catch (why) { refused(why); }
  });
  box.addEventListener("submit", (event) => {
    if (event.target.matches("[data-reveal]")) event.preventDefault();
  });
  addEventListener("pagehide", () => { secrets = null; });

  wait();
})();

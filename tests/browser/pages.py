"""The pages that are looked at one by one, and what a look at all of them asks the browser."""

RULE = "同一设备短时多单"
SHOP = {
    "home": "/",
    "search": "/search/?q=VIP",
    "nothing-found": "/search/?q=zzzz",
    "my-orders": "/orders/",
    "look-up": "/orders/find/",
    "not-there": "/p/NOTHERE/",
}
OFFICE = {
    "home": "/office/",
    "imports": "/office/imports/",
    "orders": "/office/orders/order/",
    "products": "/office/catalog/product/",
    "categories": "/office/catalog/category/",
    "brands": "/office/catalog/brand/",
    "batches": "/office/inventory/batch/",
    "codes": "/office/inventory/code/",
    "cases": "/office/orders/case/",
    "waiting": "/office/waiting/",
    "held": "/office/held/",
    "notices": "/office/notices/",
    "find": "/office/find/",
    "security": "/office/security/",
    "guide": "/office/guide/",
    "guide_product": "/office/guide/product/",
    "recipient_new": "/office/notices/new/",
    "radar": "/office/radar/",
    "cockpit": "/office/cockpit/",
    "rules": "/office/rules/",
    "rule_new": "/office/rules/new/",
    "presets": "/office/rules/presets/",
    "rules_bring": "/office/rules/bring/",
    "lists": "/office/rules/lists/",
    "list_new": "/office/rules/lists/new/",
    "money": "/office/payments/",
    "table": "/office/products/table/",
    "members": "/office/tenants/member/",
    "audit": "/office/tenants/auditrow/",
    "settings": "/office/settings/",
    "recipe": "/office/suppliers/recipe/",
}
DESK_LINKS = {
    "case": ("held", "tr[data-row] a.qy-link"),
    "rule": ("rules", f"td a:has-text('{RULE}')"),
}
SUPPLY = {
    "suppliers": "/office/suppliers/health/",
    "supplier-new": "/office/suppliers/new/",
    "offers": "/office/offers/",
    "prices": "/office/suppliers/prices/",
    "lates": "/office/suppliers/late/",
    "bills": "/office/bills/",
    "breaks": "/office/bills/breaks/",
    "statement": "/office/bills/statement/",
    "settlement": "/office/bills/settlement/",
    "supplier-payments": "/office/bills/payments/",
}
SUPPLIER = "走查供应商"
_OURS = f".qy-card:has-text('{SUPPLIER}')"
# Addresses with a number in them: on which page a link to one stands, and which it is.
SUPPLY_LINKS = {
    "supplier": ("suppliers", f"{_OURS} h2 a"),
    "terms": ("supplier", "a[href$='/terms/']"),
    "authorisation": ("supplier", "a[href$='/authorisations/new/']"),
    "catalogue": ("supplier", "a[href$='/catalogue/']"),
    "reading": ("catalogue", "a[href$='/catalogue/terms/']"),
    "catalogue-line": ("catalogue", "td a[href*='/catalogue/']"),
    "margin": ("offers", f"{_OURS} a[href*='/offers/margin/']"),
    "offer": ("offers", f"{_OURS} td.qy-right a[href*='/offers/']"),
    "late": ("lates", "td a[href*='/suppliers/late/']"),
    "bill": ("bills", "td a[href*='/office/bills/']"),
    "bill-lines": ("bill", "a[href$='/lines/']"),
    "break": ("breaks", "td a[href*='/office/bills/breaks/']"),
}

PARTNERS = {
    "partners": "/office/partners/",
    "partner-new": "/office/partners/new/",
    "tiers": "/office/tiers/",
    "tier-new": "/office/tiers/new/",
    "claims": "/office/claims/",
}
PARTNER, READER = "走查合作方", "reader@cloud.example"
PARTNER_LINKS = {
    "partner": ("partners", f"td a:has-text('{PARTNER}')"),
    "partner-calls": ("partner", "a[href$='/calls/']"),
    "partner-edit": ("partner", "a[href*='/partners/'][href$='/edit/']"),
    "partner-prices": ("partner", "a[href*='/partners/'][href$='/prices/']"),
    "statement": ("partner", "a[href*='/partners/'][href$='/statement/']"),
    "payments-in": ("partner", "a[href*='/partners/'][href$='/payments/']"),
    "correction": ("partner", "a[href$='/correction/']"),
    "key-new": ("partner", "a[href$='/keys/new/']"),
    "person-new": ("partner", "a[href$='/people/new/']"),
    "person-link": ("partner", "a[href*='/people/'][href$='/link/']"),
    "key-roll": ("partner", "a[href$='/roll/']"),
    "test-mode": ("partner", "a[href$='/test/']"),
    "test-key-new": ("test-mode", "a[href$='/test/keys/new/']"),
    "test-key-roll": ("test-mode", "a[href*='/test/keys/'][href$='/roll/']"),
    "door-kinds": ("partner", "a[href$='/doors/new/']"),
    "door-new": ("door-kinds", "a[href$='/doors/new/agiso/']"),
    "door": ("partner", "td a[href*='/doors/']"),
    "door-edit": ("door", "a[href*='/doors/'][href$='/edit/']"),
    "door-roll": ("door", "a[href*='/doors/'][href$='/roll/']"),
    "webhooks": ("partner", "a[href$='/webhooks/']"),
    "webhook-new": ("webhooks", "a[href$='/webhooks/new/']"),
    "webhook": ("webhooks", "td a[href*='/webhooks/we_']"),
    "webhook-edit": ("webhook", "a[href*='/webhooks/'][href$='/edit/']"),
    "webhook-secret": ("webhook", "a[href$='/secret/']"),
    "webhook-again": ("webhook", "a[href*='/webhooks/'][href*='/again/']"),
    "delivery": ("webhook", "td a[href*='/deliveries/']"),
    "tier": ("tiers", "td a[href*='/office/tiers/']"),
}

CONSOLE = "/developers/console/"
GUEST = "guest@partner.example"
CONSOLE_LINKS = {
    "console-keys": ("console", "a[href$='/keys/']"),
    "console-key-new": ("console-keys", "a[href$='/keys/new/']"),
    "console-calls": ("console", "nav a[href$='/requests/']"),
    "console-webhooks": ("console", "nav a[href$='/webhooks/']"),
    "console-webhook": ("console-webhooks", "td a[href*='/webhooks/we_']"),
    "console-delivery": ("console-webhook", "td a[href*='/deliveries/']"),
    "console-balance": ("console", "nav a[href$='/balance/']"),
    "console-test": ("console", ".console-mode a[href*='/test/']"),
    "console-test-keys": ("console-test", "nav a[href$='/keys/']"),
}

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

# What a page owes every visitor, whatever it is about: the answer is what it lacks.
LACKS = """async () => {
  const lacks = [];
  const one = (name, found) => { if (found !== 1) lacks.push(`${name}: ${found}`); };
  one("h1", document.querySelectorAll("h1").length);
  one("main", document.querySelectorAll("main").length);
  one("description", document.querySelectorAll("meta[name=description]:not([content=''])").length);
  if (!document.title) lacks.push("title");
  if (!document.documentElement.lang) lacks.push("lang");
  for (const image of document.images)
    if (!image.getAttribute("width") || !image.getAttribute("height") || !image.hasAttribute("alt"))
      lacks.push(`a size or a text: ${image.src}`);
  const ids = [...document.querySelectorAll("[id]:not(svg *)")].map((node) => node.id);
  const twice = ids.filter((id, place) => ids.indexOf(id) !== place);
  if (twice.length) lacks.push(`ids twice: ${twice}`);
  const shift = await new Promise((tell) => {
    let sum = 0;
    new PerformanceObserver((seen) => {
      for (const entry of seen.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => tell(sum), 100);
  });
  if (shift > 0.1) lacks.push(`layout shift: ${shift}`);
  return lacks;
}"""

# Every text a person reads or hears, but for what is in the other language on purpose.
TEXTS = """() => {
  const NOT_READ = "script, style, noscript, svg, template, code, [lang=en], [lang=zh-hans], "
    + ".material-symbols-outlined";
  const seen = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (parent.closest(NOT_READ)) continue;
    if (!parent.checkVisibility()) continue;
    seen.push(walker.currentNode.textContent.trim());
  }
  for (const node of document.querySelectorAll("[placeholder], [aria-label], [title], [alt]"))
    for (const name of ["placeholder", "aria-label", "title", "alt"])
      if (node.getAttribute(name)) seen.push(node.getAttribute(name).trim());
  seen.push(document.title);
  return [...new Set(seen)].filter(Boolean);
}"""

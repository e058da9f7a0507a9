"""The pages that are looked at one by one, and what a look at all of them asks the browser."""

RULE = "同一设备短时多单"
# Whoever orders of it has to prove that he is a person.
ASKED_RULE, ASKED_BRAND = "购买时验证真人", "喜马拉雅"
ASKED = {"zh-CN": "喜马拉雅 VIP", "en-GB": "Ximalaya VIP"}
# A purchase in each language, for the pages that only who bought gets to see.
BOUGHT = {"zh-CN": "优酷会员", "en-GB": "Youku VIP"}
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
    "products-bulk": "/office/products/bulk/",
    "categories": "/office/catalog/category/",
    "brands": "/office/catalog/brand/",
    "batches": "/office/inventory/batch/",
    "codes": "/office/inventory/code/",
    "cases": "/office/orders/case/",
    "waiting": "/office/waiting/",
    "held": "/office/held/",
    "notices": "/office/notices/",
    "exports": "/office/exports/",
    "reports": "/office/reports/",
    "find": "/office/find/",
    "security": "/office/security/",
    "guide": "/office/guide/",
    "guide_shop": "/office/guide/shop/",
    "guide_product": "/office/guide/product/",
    "recipient_new": "/office/notices/new/",
    "sms": "/office/notices/sms/",
    "radar": "/office/radar/",
    "cockpit": "/office/cockpit/",
    "questions": "/office/questions/",
    "question_cover": "/office/questions/cover/",
    "question_expiry": "/office/questions/expiry/",
    "question_suppliers": "/office/questions/suppliers/",
    "retention": "/office/questions/retention/",
    "buyers": "/office/buyers/",
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
    "rule-expression": ("rule", "a[href$='/edit/?as=expression']"),
    "rule-versions": ("rule", "a[href$='/versions/']"),
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
    "pay-in-limits": "/office/payments-in/limits/",
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
    "console-security": ("console", "a[href$='/security/']"),
    "console-factor": ("console-security", "a[href$='/security/factor/']"),
    "console-balance": ("console", "nav a[href$='/balance/']"),
    "console-test": ("console", ".console-mode a[href*='/test/']"),
    "console-test-keys": ("console-test", "nav a[href$='/keys/']"),
}

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

# The same page in a language that takes almost half as much room again, as a test's own words do:
# every word is longer, but for those that draw a sign or are somebody's code.
LONGER = """() => {
  const KEPT = "script, style, template, svg, code, textarea, .material-symbols-outlined";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.parentElement.closest(KEPT)) continue;
    node.textContent = node.textContent.replace(/\\p{L}+/gu,
      (word) => word + word.slice(0, Math.ceil(word.length * 0.4)));
  }
  return document.documentElement.scrollWidth - document.documentElement.clientWidth;
}"""

# Bytes of script and style as they came over the wire, but for the library that draws charts.
WEIGHT = """() => performance.getEntriesByType("resource")
  .filter((one) => /\\.(js|css)(\\?|$)/.test(one.name) && !one.name.includes("echarts"))
  .reduce((sum, one) => sum + one.encodedBodySize, 0)"""
WEIGHS_AT_MOST = 150_000

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

# What of a page's texts stands outside of the marks (tests.browser.marked). A translated text may
# be cut by links and figures, so they are counted through a paragraph, and from anew in the next.
UNMARKED = """() => {
  const NOT_READ = "script, style, noscript, svg, template, code, pre, textarea, "
    + ".material-symbols-outlined";
  const BLOCK = "p, li, td, th, h1, h2, h3, h4, label, button, option, dt, dd, summary, legend, "
    + "figcaption, caption, div, section, main, header, footer, nav, body";
  const NAMED = ["placeholder", "aria-label", "title", "alt"];
  const found = new Set();
  const keep = (text, depth) => {
    let rest = "";
    for (const sign of text)
      if (sign === "\u27e6") depth += 1;
      else if (sign === "\u27e7") depth = Math.max(0, depth - 1);
      else rest += depth ? "" : sign;
    rest = rest.replace(/\\s+/g, " ").trim();
    if (/\\p{L}{2}/u.test(rest)) found.add(rest);
    return depth;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let block = null, depth = 0;
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (parent.closest(NOT_READ) || !parent.checkVisibility()) continue;
    if (parent.closest(BLOCK) !== block) [block, depth] = [parent.closest(BLOCK), 0];
    depth = keep(walker.currentNode.textContent, depth);
  }
  for (const node of document.querySelectorAll(NAMED.map((name) => `[${name}]`).join()))
    for (const name of NAMED) keep(node.getAttribute(name) ?? "", 0);
  keep(document.title, 0);
  return [...found];
}"""

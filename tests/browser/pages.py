"""The pages that are looked at one by one, and what a look at all of them asks the browser."""

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
    "product": "/office/catalog/product/1/change/",
    "categories": "/office/catalog/category/",
    "brands": "/office/catalog/brand/",
    "batches": "/office/inventory/batch/",
    "codes": "/office/inventory/code/",
    "cases": "/office/orders/case/",
    "waiting": "/office/waiting/",
    "money": "/office/payments/",
    "table": "/office/products/table/",
    "members": "/office/tenants/member/",
    "audit": "/office/tenants/auditrow/",
    "settings": "/office/settings/",
}

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

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

// The cockpit's blocks: drawn from what the page brought, asked again at their pace. A page that
// nobody looks at does not ask; what is older than two of its turns says so.
document.addEventListener("DOMContentLoaded", () => {
  const blocks = [...document.querySelectorAll("[data-block]")].map((box) => new Block(box));
  const map = document.querySelector("[data-map]");
  if (map) fetch(map.dataset.map).then((answer) => answer.json()).then((outlines) => {
    echarts.registerMap("china", outlines);
    for (const block of blocks) block.draw();
  }).catch(() => {});
  setInterval(() => { for (const block of blocks) block.tick(); }, 1000);
  document.addEventListener("visibilitychange", () => { for (const block of blocks) block.tick(); });
  // The office's day and night: charts are painted, so they are painted anew.
  new MutationObserver(() => { for (const block of blocks) block.draw(); })
    .observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
  for (const button of document.querySelectorAll("[data-fullscreen]")) {
    button.hidden = !document.fullscreenEnabled;
    button.addEventListener("click", () => {
      if (document.fullscreenElement) document.exitFullscreen(); else document.documentElement.requestFullscreen();
    });
  }
  for (const clock of document.querySelectorAll("[data-clock]")) {
    const write = new Intl.DateTimeFormat(document.documentElement.lang, {
      timeZone: clock.dataset.clock, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
    });
    const show = () => { clock.textContent = write.format(new Date()); };
    show();
    setInterval(show, 1000);
  }
});

class Block {
  constructor(box) {
    this.box = box;
    this.every = Number(box.dataset.every) * 1000;
    this.at = Date.now();
    this.asked = Date.now();
    this.view = { isSummed: false };
    this.paper = box.querySelector("[data-chart]");
    const told = box.querySelector("script[type='application/json']");
    this.told = told ? JSON.parse(told.textContent) : null;
    const sum = box.querySelector("[data-sum]");
    if (sum) {
      sum.hidden = false;
      sum.addEventListener("click", () => {
        this.view.isSummed = !this.view.isSummed;
        sum.setAttribute("aria-pressed", this.view.isSummed);
        this.draw();
      });
    }
    if (this.paper) new ResizeObserver(() => this.chart?.resize()).observe(this.paper);
    this.draw();
  }

  draw() {
    if (!this.paper) return;
    this.paper.hidden = !this.told;
    if (!this.told || (this.told.kind === "map" && !echarts.getMap("china"))) return;
    this.chart ||= echarts.init(this.paper, null, { renderer: "canvas" });
    this.chart.setOption(optionOf(this.told, this.box, this.view), true);
  }

  async tick() {
    if (!this.every) return;
    const now = Date.now();
    this.box.querySelector("[data-stale]").hidden = now - this.at <= 2 * this.every + 2000;
    const isBusy = this.box.querySelector("[data-twin]:focus-within");
    if (document.hidden || isBusy || now - this.asked < this.every) return;
    this.asked = now;
    const answer = await fetch(this.box.dataset.block, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return;
    const said = await answer.json().catch(() => null);
    if (!said) return;
    this.at = Date.now();
    this.told = said.chart;
    this.box.querySelector("[data-twin]").innerHTML = said.html;
    this.draw();
  }
}

// How the cockpit's blocks are drawn: what the server tells of one, as ECharts wants it.
// Eight colours that people with any kind of colour blindness can tell apart, with patterns as well.
const INKS = {
  light: ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#5b5fc7", "#7f7f7f"],
  dark: ["#56b4e9", "#e69f00", "#2fd3a0", "#e6a0c8", "#f0e442", "#8ab6ff", "#ff8a5c", "#b8b8b8"],
};
const STEPS = {
  light: ["#e8f1f8", "#b3d3ea", "#74abd6", "#2f7ab8", "#0b4a80"],
  dark: ["#16324a", "#1f5580", "#2f7fba", "#6bb1e6", "#c7e5ff"],
};
const WORDS_AT_MOST = 60;

class Palette {
  constructor(box) {
    this.isDark = !!box.closest(".dark");
    this.isWall = !!box.closest(".ck-wall");
    this.inks = INKS[this.isDark ? "dark" : "light"];
    this.steps = STEPS[this.isDark ? "dark" : "light"];
    this.text = this.isDark ? "#e5e7eb" : "#1f2937";
    this.quiet = this.isDark ? "#a8b0bd" : "#5b6472";
    this.line = this.isDark ? "#333b48" : "#e2e5ea";
    this.ground = this.isDark ? "#111827" : "#ffffff";
    this.font = getComputedStyle(document.body).fontFamily; // a canvas inherits nothing
    this.size = this.isWall ? parseFloat(getComputedStyle(document.documentElement).fontSize) : 12;
  }
}

// A name of two hundred letters is cut where it is drawn; the table beside it has it whole.
const short = (name) => (name.length > WORDS_AT_MOST ? `${name.slice(0, WORDS_AT_MOST)}…` : name);

function written(told) {
  const lang = document.documentElement.lang;
  const whole = new Intl.NumberFormat(lang, { maximumFractionDigits: told.unit === "money" ? 2 : 1 });
  const brief = new Intl.NumberFormat(lang, { notation: "compact", maximumFractionDigits: 1 });
  const dress = (text) => (told.unit !== "money" ? text : text.startsWith("-") ? `-${told.symbol}${text.slice(1)}` : `${told.symbol}${text}`);
  return {
    full: (value) => (value === null || value === undefined || Number.isNaN(value) ? "-" : dress(whole.format(value))),
    brief: (value) => dress(brief.format(value)),
  };
}

function common(told, paint) {
  return {
    animation: false,
    color: paint.inks,
    textStyle: { fontFamily: paint.font, fontSize: paint.size, color: paint.text },
    aria: { enabled: true, label: { enabled: false }, decal: { show: ["stack", "waterfall"].includes(told.kind) } },
    tooltip: {
      renderMode: "richText", confine: true, backgroundColor: paint.ground, borderColor: paint.line,
      textStyle: { color: paint.text, fontSize: paint.size },
    },
  };
}

const grid = (more) => ({ left: 4, right: 12, top: 16, bottom: 4, containLabel: true, ...more });
const names = (paint, more) => ({
  type: "category", axisTick: { show: false }, axisLine: { lineStyle: { color: paint.line } },
  axisLabel: { color: paint.quiet, fontSize: paint.size, hideOverlap: true, width: paint.isWall ? 190 : 120, overflow: "truncate" },
  ...more,
});
const scale = (paint, write, more) => ({
  type: "value", splitNumber: 4, splitLine: { lineStyle: { color: paint.line } },
  axisLabel: { color: paint.quiet, fontSize: paint.size, formatter: write.brief, hideOverlap: true }, ...more,
});
const legend = (paint) => ({
  top: 0, left: 0, itemWidth: 18, itemHeight: 10, formatter: short, textStyle: { color: paint.quiet, fontSize: paint.size },
});
const listed = (write) => (points) =>
  [short(points[0].name), ...points.map((one) => `${one.marker}${short(one.seriesName)}  ${write.full(one.value)}`)].join("\n");

const DRAW = {
  lines(told, paint, write, view) {
    const sums = (values) => { let sum = 0; return values.map((one) => (one === null ? null : (sum += one))); };
    const kinds = ["solid", "dashed", "dotted"];
    return {
      grid: grid({ top: 34 }), legend: legend(paint), xAxis: names(paint, { data: told.x, boundaryGap: false }), yAxis: scale(paint, write),
      tooltip: { trigger: "axis", formatter: listed(write) },
      series: told.series.map((one, at) => ({
        type: "line", name: one.name, data: view.isSummed ? sums(one.values) : one.values, symbol: "circle", symbolSize: 5,
        showSymbol: told.x.length < 2, z: 9 - at, lineStyle: { width: at ? 2 : 3, type: kinds[at % 3] },
        areaStyle: at ? undefined : { opacity: 0.08 },
      })),
    };
  },
  bars(told, paint, write) {
    return {
      grid: grid({ right: paint.isWall ? 96 : 72, top: 4 }), xAxis: scale(paint, write, { axisLabel: { show: false }, splitLine: { show: false } }),
      yAxis: names(paint, { data: told.names, inverse: true, axisLine: { show: false } }),
      tooltip: {
        trigger: "item",
        formatter: (one) => [short(one.name), write.full(one.value), told.notes?.[one.dataIndex]].filter(Boolean).join("\n"),
      },
      series: [{
        type: "bar", data: told.values, barMaxWidth: paint.isWall ? 26 : 18, itemStyle: { borderRadius: 3 },
        label: { show: true, position: "right", color: paint.text, fontSize: paint.size, formatter: (one) => told.labels?.[one.dataIndex] || write.brief(one.value) },
      }],
    };
  },
  stack(told, paint, write) {
    const bars = told.series.map((one) => ({ type: "bar", stack: "all", name: one.name, data: one.values, barMaxWidth: 42 }));
    const rate = told.line && { type: "line", name: told.line.name, data: told.line.values, yAxisIndex: 1, symbol: "diamond", symbolSize: 8, color: paint.text };
    const percent = { formatter: (value) => `${value}%`, color: paint.quiet, fontSize: paint.size };
    return {
      grid: grid({ top: 52 }), legend: legend(paint), xAxis: names(paint, { data: told.x }),
      yAxis: [scale(paint, write), scale(paint, write, { axisLabel: percent, splitLine: { show: false }, show: !!rate })],
      tooltip: {
        trigger: "axis",
        formatter: (points) => [short(points[0].name), ...points.map((one) =>
          `${one.marker}${one.seriesName}  ${one.seriesName === told.line?.name ? (one.value === null || one.value === undefined ? "-" : `${one.value}%`) : write.full(one.value)}`)].join("\n"),
      },
      series: rate ? [...bars, rate] : bars,
    };
  },
  waterfall(told, paint, write) {
    let at = 0;
    const spans = told.steps.map((one) => {
      const from = one.is_total ? 0 : at;
      at = one.is_total ? one.value : at + one.value;
      return [Math.min(from, at), Math.max(from, at)];
    });
    const [high, low] = [(value) => Math.max(value, 0), (value) => Math.min(value, 0)];
    const ink = told.steps.map((one) => paint.inks[one.is_total ? 0 : one.value < 0 ? 1 : 2]);
    const part = (data, isSeen) => ({
      type: "bar", stack: "all", silent: !isSeen, barMaxWidth: 64,
      data: data.map((value, place) => ({ value, itemStyle: isSeen ? { color: ink[place] } : { color: "transparent", decal: { symbol: "none" } } })),
    });
    return {
      grid: grid({ top: 24 }), xAxis: names(paint, { data: told.steps.map((one) => one.name) }), yAxis: scale(paint, write),
      tooltip: { trigger: "axis", formatter: (points) => `${points[0].name}\n${write.full(told.steps[points[0].dataIndex].value)}` },
      series: [
        part(spans.map(([from]) => high(from)), false),
        { ...part(spans.map(([from, to]) => high(to) - high(from)), true), label: { show: true, position: "top", color: paint.text, fontSize: paint.size, formatter: (one) => write.brief(told.steps[one.dataIndex].value) } },
        part(spans.map(([, to]) => low(to)), false), part(spans.map(([from, to]) => low(from) - low(to)), true),
      ],
    };
  },
  heat(told, paint, write) {
    return {
      grid: grid({ bottom: 34, top: 4 }), xAxis: names(paint, { data: told.x }), yAxis: names(paint, { data: told.y, inverse: true }),
      visualMap: shades(told.cells.map((one) => one[2]), paint, write),
      tooltip: { trigger: "item", formatter: (one) => `${told.y[one.value[1]]} ${told.x[one.value[0]]}\n${write.full(one.value[2])}` },
      series: [{ type: "heatmap", data: told.cells, itemStyle: { borderColor: paint.ground, borderWidth: 1 } }],
    };
  },
  map(told, paint, write) {
    const called = Object.fromEntries(told.places.map((one) => [one.name, one.words]));
    return {
      visualMap: shades(told.places.map((one) => one.value), paint, write),
      tooltip: { trigger: "item", formatter: (one) => `${one.name}\n${write.full(one.value)}` },
      series: [{
        type: "map", map: "china", nameMap: called, roam: false, selectedMode: false, top: 4, bottom: 30,
        data: told.places.map((one) => ({ name: one.words, value: one.value })),
        itemStyle: { areaColor: paint.isDark ? "#1c2733" : "#f3f5f7", borderColor: paint.isDark ? "#51606f" : "#b8c0ca" },
        label: { show: false }, emphasis: { label: { show: false }, itemStyle: { areaColor: paint.inks[4] } },
      }],
    };
  },
};

// Five steps, narrow where most of the values are: one great value does not make all others alike.
function shades(values, paint, write) {
  const known = [...new Set(values.filter((one) => one > 0))].sort((one, other) => one - other);
  const ends = [...new Set([0.2, 0.4, 0.6, 0.8, 1].map((part) => known[Math.ceil(known.length * part) - 1]))].filter((one) => one !== undefined);
  const pieces = ends.map((end, at) => ({
    gt: at ? ends[at - 1] : 0, lte: end, color: paint.steps[paint.steps.length - ends.length + at] || paint.steps[4], label: `≤ ${write.brief(end)}`,
  }));
  return {
    type: "piecewise", show: pieces.length > 0, orient: "horizontal", left: 0, bottom: 0, itemWidth: 16, itemHeight: 10, itemGap: 8, selectedMode: false,
    textStyle: { color: paint.quiet, fontSize: paint.size }, outOfRange: { color: paint.isDark ? "#1c2733" : "#f3f5f7" },
    pieces: pieces.length ? pieces : [{ gt: 0, color: paint.steps[0] }],
  };
}

function optionOf(told, box, view) {
  const paint = new Palette(box), write = written(told), base = common(told, paint);
  const drawn = DRAW[told.kind](told, paint, write, view);
  return { ...base, ...drawn, tooltip: { ...base.tooltip, ...drawn.tooltip } };
}

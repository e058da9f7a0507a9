// Writes static/charts/: the same input gives the same bytes on every machine.
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const TO = new URL("../static/charts/", import.meta.url);
const FROM = new URL("node_modules/", import.meta.url);
const VERSION = JSON.parse(await readFile(new URL("echarts/package.json", FROM))).version;

await mkdir(TO, { recursive: true });
await build({
  entryPoints: [new URL("entry.js", import.meta.url).pathname],
  outfile: new URL("echarts.min.js", TO).pathname,
  bundle: true,
  minify: true,
  format: "iife",
  globalName: "echarts",
  target: "es2020",
  legalComments: "none",
  define: { "process.env.NODE_ENV": '"production"' },
  banner: { js: `/* Apache ECharts ${VERSION}, a build of our own (charts/). Apache-2.0: LICENSE and NOTICE beside this file. */` },
});
await copyFile(new URL("echarts/LICENSE", FROM), new URL("LICENSE", TO));
await copyFile(new URL("echarts/NOTICE", FROM), new URL("NOTICE", TO));
// ECharts 6 comes without maps: the outlines are those of its version 4, in full and unchanged.
await copyFile(new URL("china-map/map/json/china.json", FROM), new URL("china.json", TO));

// What the cockpit draws with, and nothing else: a kind of chart more is a line more here.
import { getMap, init, registerMap, use } from "echarts/core";
import { BarChart, HeatmapChart, LineChart, MapChart } from "echarts/charts";
import {
  AriaComponent, GridComponent, LegendPlainComponent, TooltipComponent, VisualMapPiecewiseComponent,
} from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";

use([
  BarChart, HeatmapChart, LineChart, MapChart,
  AriaComponent, GridComponent, LegendPlainComponent, TooltipComponent, VisualMapPiecewiseComponent,
  CanvasRenderer,
]);

export { getMap, init, registerMap };

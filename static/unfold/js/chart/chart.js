/* In the place of the theme's Chart.js, 69 kB on every page: our charts are drawn by ECharts, on the pages that have one. */

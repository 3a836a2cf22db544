"use strict";

/* Charts to point at: the figure says the same without them. */

/* The library is packed: it is more than all tables of the page. */
async function loadLibrary() {
  const packed = atob(document.getElementById("chart-library").textContent);
  const bytes = Uint8Array.from(packed, (sign) => sign.charCodeAt(0));
  const gunzip = new DecompressionStream("gzip");
  const text = await new Response(new Blob([bytes]).stream().pipeThrough(gunzip)).text();
  const script = document.createElement("script");
  script.src = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const loaded = new Promise((done) => script.addEventListener("load", done));
  document.head.append(script);
  await loaded;
}

async function draw(chart) {
  await loadLibrary();
  const spec = JSON.parse(chart.querySelector("script").textContent);
  const drawing = chart.querySelector(".drawing");
  vegaEmbed(drawing, spec, {
    actions: false,
    ast: true,
    defaultStyle: false,
    mode: "vega-lite",
    renderer: "canvas",
    tooltip: { theme: "report", disableDefaultStyle: true },
  });
}

/* Charts are drawn when first opened: a page nobody explores costs no time. */
for (const chart of document.querySelectorAll("details.chart")) {
  chart.hidden = false;
  chart.addEventListener("toggle", () => draw(chart), { once: true });
}

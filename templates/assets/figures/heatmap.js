/* Heatmap: every weight of one map as a cell; queries down (0 on top), keys across.
   Dark is low, bright is high; the scale runs from 0 to this map's own largest weight. */
(() => {
  "use strict";
  const reports = window.AttentionReports;

  const LEAST = 24; // pixels of a cell's height where rows are few
  const FEW = 16; // rows of cells with that height
  const LOW = 240; // pixels of all rows together where they are many
  const PRINTED = 12; // positions up to which every cell shows its number

  /* 0, the largest weight, the middle, and 1/n where there is room for it. */
  function scaleTicks(view) {
    const most = view.map.max || 1;
    const ends = [[0, "0"], [most, reports.number(most)]];
    const marks = view.narrow ? ends : [...ends, [most / 2, reports.number(most / 2)]];
    const room = most * 0.09;
    const free = marks.every(([at]) => Math.abs(at - view.uniform) > room);
    if (free && !view.narrow && view.uniform < most) {
      marks.push([view.uniform, `uniform ${reports.number(view.uniform)}`]);
    }
    return { tickmode: "array", tickvals: marks.map((m) => m[0]), ticktext: marks.map((m) => m[1]) };
  }

  function colourBar(view) {
    const place = view.narrow
      ? { orientation: "h", y: 1.01, yanchor: "bottom", x: 0.5, len: 1, thickness: 10 }
      : { thickness: 12, len: 1, x: 1.02, xpad: 0, ypad: 0 };
    const title = { text: "weight", side: "top", font: { size: 12 } };
    return {
      ...place, ...scaleTicks(view), title, outlinewidth: 0, tickangle: 0,
      tickfont: { size: 11, color: view.colours.ink }, ticklabeloverflow: "allow",
    };
  }

  function rows({ values, columns, rows: count }) {
    return Array.from({ length: count }, (_, i) => values.subarray(i * columns, (i + 1) * columns));
  }

  reports.figures.heatmap = (view) => {
    const left = reports.ticks(view.queries, view.height - 150, view);
    const below = reports.ticks(view.keys, (view.width - 150) * 0.95, view);
    const steep = reports.widest(below.texts) > (view.width - 190) / below.texts.length - 6;
    const margin = {
      l: 42 + reports.widest(left.texts), r: view.narrow ? 12 : 92,
      t: reports.top(view) + (view.narrow ? 66 : 0),
      b: 46 + (steep ? 0.86 * reports.widest(below.texts) + 8 : 14), pad: 2,
    };
    const count = view.queries.length;
    const height = Math.max(view.height, margin.t + margin.b + (count <= FEW ? LEAST * count : LOW));
    const printed = Math.max(view.keys.length, view.queries.length) <= PRINTED;
    const trace = {
      type: "heatmap", z: rows(view.map), zmin: 0, zmax: view.map.max || 1, zsmooth: false,
      colorscale: "Viridis", colorbar: colourBar(view), hoverinfo: "none",
      texttemplate: printed ? "%{z:.2f}" : "", textfont: { size: view.narrow ? 10 : 12 },
      xgap: view.keys.length <= 16 ? 1 : 0, ygap: view.queries.length <= 16 ? 1 : 0,
    };
    const layout = reports.layout({ ...view, height }, margin, {
      xaxis: reports.axis(view, {
        ...reports.ticked(below), tickangle: steep ? -60 : 0, showgrid: false,
        title: reports.axisTitle(view, "key (attended)"),
      }),
      yaxis: reports.axis(view, {
        ...reports.ticked(left), autorange: "reversed", showgrid: false,
        title: reports.axisTitle(view, "query (attending)"),
      }),
    });
    return {
      traces: [trace], layout,
      caption: `Colours run from 0 (dark) to this map's largest weight, ` +
        `${reports.number(view.map.max)} (bright).`,
      describe: (point) => reports.link(view, point.y, point.x),
    };
  };
})();

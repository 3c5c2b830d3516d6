/* Distribution: how many weights of one map lie in each of 40 equal steps from 0 to the largest.
   Uniform attention would be one spike at 1/n, marked by a line. Masked weights count as 0. */
(() => {
  "use strict";
  const reports = window.AttentionReports;
  const BINS = 40;

  function count({ values, max }, width) {
    const counts = new Array(BINS).fill(0);
    values.forEach((weight) => { counts[Math.min(BINS - 1, Math.floor(weight / width))] += 1; });
    return max > 0 ? counts : [values.length, ...counts.slice(1)];
  }

  /* The line at 1/n and its words, on the side where there is room. */
  function uniform(view, end) {
    const right = view.uniform < end * 0.6;
    return {
      shapes: [{
        type: "line", xref: "x", yref: "paper", x0: view.uniform, x1: view.uniform, y0: 0, y1: 1,
        line: { color: view.colours.mark, width: 2, dash: "dash" },
      }],
      annotations: [{
        text: `uniform attention: 1/n = ${reports.number(view.uniform)}`, x: view.uniform, xref: "x",
        y: 1, yref: "paper", yanchor: "bottom", xanchor: right ? "left" : "right",
        xshift: right ? -6 : 6, showarrow: false,
        font: { size: 12, color: view.colours.ink },
      }],
    };
  }

  reports.figures.distribution = (view) => {
    const zeros = view.map.values.reduce((sum, weight) => sum + (weight === 0 ? 1 : 0), 0);
    const nothing = zeros ? ` ${zeros} of them are 0 (masked) or round to 0.` : "";
    const width = (view.map.max || 1) / BINS;
    const counts = count(view.map, width);
    const filled = counts.filter((number) => number > 0);
    const steep = Math.max(...filled) / Math.min(...filled) > 100;
    const end = Math.max(view.map.max, view.uniform) * 1.04 || 1;
    const margin = { l: 64, r: 18, t: reports.top(view) + 18, b: 52 };
    const trace = {
      type: "bar", x: counts.map((_, i) => (i + 0.5) * width), y: counts, width,
      marker: { color: view.colours.accent, line: { color: view.colours.surface, width: 0.5 } },
      hoverinfo: "none",
    };
    return {
      traces: [trace],
      layout: reports.layout(view, margin, {
        bargap: 0, ...uniform(view, end),
        xaxis: reports.axis(view, {
          range: [0, end], showgrid: false, title: reports.axisTitle(view, "attention weight"),
        }),
        yaxis: reports.axis(view, {
          type: steep ? "log" : "linear", dtick: steep ? 1 : undefined,
          rangemode: "tozero", title: reports.axisTitle(view, `weights${steep ? " (log scale)" : ""}`),
        }),
      }),
      caption: `${view.map.values.length} weights in ${BINS} equal steps.${nothing} ` +
        "Uniform attention would put them all on the dashed line; a tail to the right means focused attention.",
      describe: ({ pointNumber: i }) => [
        `${counts[i]} weight${counts[i] === 1 ? "" : "s"}`,
        `from ${reports.number(i * width)} to ${reports.number((i + 1) * width)}`,
      ],
    };
  };
})();

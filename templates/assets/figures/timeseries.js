/* Time series: the attention each key receives. Sensors: one line per sensor over the explained
   samples in time order (mean of all layers and heads). Otherwise: over the positions of one map,
   which for timesteps and patches are moments in time. Uniform attention is marked. */
(() => {
  "use strict";
  const reports = window.AttentionReports;
  const LINES = 8; // the most lines that can be told apart
  const DASHES = ["solid", "dash", "dot", "dashdot"];
  const SIGNS = ["circle", "square", "diamond", "triangle-up", "x", "star", "cross", "hexagon"];
  const CROWD = 60; // samples beyond which dashes, not signs, tell the lines apart

  function uniform(view) {
    return {
      shapes: [{
        type: "line", xref: "paper", yref: "y", x0: 0, x1: 1, y0: view.uniform, y1: view.uniform,
        line: { color: view.colours.mark, width: 1.5, dash: "dash" },
      }],
      annotations: [{
        text: `uniform ${reports.number(view.uniform)}`, x: 1, xref: "paper", xanchor: "right",
        y: view.uniform, yref: "y", yanchor: "bottom", showarrow: false,
        font: { size: 11, color: view.colours.muted }, bgcolor: reports.fade(view.colours.surface, 0.8),
      }],
    };
  }

  function frame(view, names, words, margin, more) {
    const ticks = reports.ticks(names, (view.width - margin.l - margin.r) / 2.4, view);
    const room = (view.width - margin.l - margin.r) / ticks.texts.length;
    const steep = reports.widest(ticks.texts) > room - 14;
    return reports.layout(view, {
      ...margin, b: 46 + (steep ? 0.72 * reports.widest(ticks.texts) + 10 : 14),
    }, {
      ...uniform(view), ...more,
      xaxis: reports.axis(view, {
        ...reports.ticked(ticks), tickangle: steep ? -45 : 0, showgrid: false,
        title: reports.axisTitle(view, words),
      }),
      yaxis: reports.axis(view, {
        rangemode: "tozero", title: reports.axisTitle(view, "attention received"),
      }),
    });
  }

  /* Keys by mean attention received, highest first; ties by position. */
  function ranked({ rows, columns, values }) {
    const sums = new Array(columns).fill(0);
    values.forEach((value, i) => { sums[i % columns] += value / rows; });
    return sums.map((_, key) => key).sort((a, b) => sums[b] - sums[a] || a - b);
  }

  function line(view, key, place) {
    const { rows, columns, values } = view.received;
    const samples = Array.from({ length: rows }, (_, i) => i);
    return {
      type: "scatter", mode: rows > CROWD ? "lines" : "lines+markers", hoverinfo: "none",
      name: reports.safe(reports.short(view.keys[key], view.narrow ? 14 : 24)), x: samples,
      y: samples.map((i) => values[i * columns + key]), customdata: samples.map((i) => [i, key]),
      line: {
        width: 1.8, color: view.colours.series[place],
        dash: rows > CROWD ? DASHES[place % DASHES.length] : "solid",
      },
      marker: { size: 6, symbol: SIGNS[place] },
    };
  }

  function overSamples(view) {
    const shown = ranked(view.received).slice(0, LINES);
    const { labels, columns } = view.received;
    const left = columns > LINES ? ` The ${LINES} keys that receive most of ${columns} are drawn.` : "";
    const legend = view.narrow
      ? { orientation: "h", x: 0, y: 1.02, yanchor: "bottom", font: { size: 11 } }
      : { x: 1.02, y: 1, font: { size: 12 } };
    const above = view.narrow ? 20 * Math.ceil(shown.length / 2) : 0;
    const right = view.narrow ? 14 : 46 + reports.widest(view.keys.map((name) => reports.short(name, 24)));
    const margin = { l: 66, r: right, t: reports.top(view) + above };
    return {
      traces: shown.map((key, place) => line(view, key, place)),
      layout: frame(view, labels, "explained sample, in time order", margin, {
        showlegend: true, legend: { ...legend, itemclick: "toggle", tracegroupgap: 0 },
        height: view.height + above,
      }),
      caption: `Attention received in each of ${labels.length} samples, mean of all layers, heads and ` +
        `queries; the choice of layer and head does not change this figure.${left}`,
      error: view.received.error, own: true,
      describe: ({ customdata: [sample, key] }) => [
        `${view.keys[key]} in ${labels[sample]}`,
        `receives ${reports.number(view.received.values[sample * columns + key])}, ` +
          reports.times(view, view.received.values[sample * columns + key]),
      ],
    };
  }

  function overPositions(view) {
    const received = reports.receivedBy(view.map);
    const ordered = view.tokens === "timesteps" || view.tokens === "patches";
    const margin = { l: 66, r: 18, t: reports.top(view) };
    const trace = {
      type: "scatter", mode: ordered ? "lines+markers" : "markers", hoverinfo: "none",
      x: received.map((_, i) => i), y: received, marker: { size: received.length > 80 ? 3 : 6 },
      line: { width: 1.6 }, ...(ordered ? { fill: "tozeroy" } : {}),
      fillcolor: reports.fade(view.colours.accent, 0.12),
    };
    trace.marker.color = trace.line.color = view.colours.accent;
    const why = ordered ? "" : " There is no series of samples in this report, so positions are drawn.";
    return {
      traces: [trace], layout: frame(view, view.keys, "key (attended)", margin, {}),
      caption: `Attention received by each key, mean over the queries of this map.${why}`,
      error: view.map.error, own: true,
      describe: ({ pointNumber: i }) => [
        view.keys[i], `receives ${reports.number(received[i])}, ${reports.times(view, received[i])}`,
      ],
    };
  }

  reports.figures.timeseries = (view) => (view.received ? overSamples(view) : overPositions(view));
  reports.figures.timeseries.samples = true; // asks for what each sample received, where it is known
})();

/* What all drawings share: colours, words, number formats, axes.
   In:  the figure's view {map, keys, queries, uniform, width, height, narrow, colours, ...}.
   Out: pieces of Plotly layouts. Colours come from colours.css, which pictures are drawn with too.
   Never: text that Plotly could read as markup; every name passes through safe(). */
(() => {
  "use strict";
  const reports = (window.AttentionReports = window.AttentionReports || {});
  const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";
  const COLOURS = ["ink", "muted", "line", "surface", "accent", "mark", "warn"];
  const LETTER = 6.6; // width of a letter at the tick font's size, in pixels
  const STEPS = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000];

  reports.figures = reports.figures || {};

  reports.colours = (element) => {
    const style = getComputedStyle(element);
    const read = (name) => style.getPropertyValue("--rp-" + name).trim();
    const found = Object.fromEntries(COLOURS.map((name) => [name, read(name)]));
    return { ...found, series: read("series").split(/\s+/) };
  };

  /* Plotly reads a small HTML dialect, and formulas between dollars, in every text. */
  reports.safe = (text) =>
    String(text).replace(/[&<>$]/g, (sign) => `&#${sign.charCodeAt(0)};`);

  reports.short = (text, most) =>
    text.length > most ? text.slice(0, Math.max(1, most - 1)) + "…" : text;

  reports.number = (value) => {
    if (value === 0) return "0";
    const size = Math.abs(value);
    return size < 1e-4 || size >= 1e6 ? value.toExponential(1) : String(+value.toPrecision(4));
  };

  reports.fade = (hex, opacity) => {
    const part = (at) => parseInt(hex.slice(at, at + 2), 16);
    return `rgba(${part(1)}, ${part(3)}, ${part(5)}, ${opacity})`;
  };

  reports.widest = (labels) =>
    LETTER * labels.reduce((most, label) => Math.max(most, label.length), 0);

  /* Tick places and texts: all labels where there is room, else every 2nd, 5th, 10th ... */
  reports.ticks = (names, room, view) => {
    const most = Math.max(2, Math.floor(room / 15));
    const step = STEPS.find((one) => names.length / one <= most) || names.length;
    const places = names.map((_, i) => i).filter((i) => i % step === 0);
    const letters = view.narrow ? 13 : 24;
    return { places, texts: places.map((i) => reports.short(names[i], letters)) };
  };

  reports.axis = (view, more) => ({
    color: view.colours.muted, gridcolor: view.colours.line, linecolor: view.colours.line,
    zeroline: false, ticks: "", tickfont: { size: 12, color: view.colours.ink },
    fixedrange: view.touch, ...more,
  });

  reports.axisTitle = (view, text) => ({
    text, standoff: 10, font: { size: 13, color: view.colours.muted },
  });

  reports.ticked = (ticks) => ({
    tickmode: "array", tickvals: ticks.places, ticktext: ticks.texts.map(reports.safe),
  });

  /* Title and banner are part of the picture, so a saved image keeps them. */
  function head(view, margin) {
    const line = (text, below, font) => ({
      text: reports.safe(text), showarrow: false, font, xref: "paper", yref: "paper", x: 0,
      xanchor: "left", xshift: 8 - margin.l, y: 1, yanchor: "bottom", yshift: margin.t - below,
    });
    const title = line(view.title, 30, { size: 15, color: view.colours.ink });
    const banner = line(view.banner, 50, { size: 12, color: view.colours.warn, weight: 600 });
    return view.banner ? [title, banner] : [title];
  }

  reports.layout = (view, margin, more) => ({
    font: { family: FONT, size: 12, color: view.colours.ink },
    paper_bgcolor: view.colours.surface, plot_bgcolor: view.colours.surface,
    margin, height: view.height, autosize: true, showlegend: false, hovermode: "closest",
    dragmode: view.touch ? false : "zoom",
    modebar: {
      bgcolor: "rgba(0,0,0,0)", color: view.colours.muted, activecolor: view.colours.accent,
    },
    ...more,
    annotations: [...head(view, margin), ...(more.annotations || [])],
  });

  reports.top = (view) => (view.banner ? 62 : 44);
})();

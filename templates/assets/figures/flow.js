/* Flow: attending names on the left, attended names on the right, one band for each link.
   A band's height is its weight; bands stack at both ends, so a bar's height is the sum of the
   bands drawn there. Made of plain filled scatter traces: no trace type can be missing. */
(() => {
  "use strict";
  const reports = window.AttentionReports;
  const CLASSES = 6; // shades of weight
  const BENDS = 18; // points of a curve

  /* Bars of one side, from the places chosen with the map: {position: {top, height, free, scale}}. */
  function bars({ tops, scale }, links, side) {
    const sums = new Map();
    links.forEach((link) => sums.set(link[side], (sums.get(link[side]) || 0) + link.weight));
    const positions = [...sums.keys()].sort((a, b) => a - b);
    return new Map(positions.map((position, i) => [
      position, { top: tops[i], height: sums.get(position) * scale, free: tops[i], scale },
    ]));
  }

  const take = (bar, weight) => {
    const top = bar.free;
    bar.free -= weight * bar.scale;
    return top;
  };

  const smooth = (t) => t * t * (3 - 2 * t);

  /* Where each band starts and ends, in reading order, so that bands cross as little as can be. */
  function bands(links, left, right) {
    const made = links.map((link) => ({ ...link }));
    made.sort((a, b) => a.query - b.query || a.key - b.key);
    made.forEach((band) => { band.from = take(left.get(band.query), band.weight); });
    made.sort((a, b) => a.key - b.key || a.query - b.query);
    made.forEach((band) => { band.to = take(right.get(band.key), band.weight); });
    made.forEach((band) => {
      band.start = band.weight * left.get(band.query).scale;
      band.end = band.weight * right.get(band.key).scale;
    });
    return made;
  }

  function outline(band) {
    const steps = Array.from({ length: BENDS + 1 }, (_, i) => i / BENDS);
    const upper = steps.map((t) => [t, band.from + (band.to - band.from) * smooth(t)]);
    const lower = steps.map((t, i) => [t, upper[i][1] - band.start - (band.end - band.start) * t]);
    return [...upper, ...lower.reverse(), upper[0], [null, null]];
  }

  function shade(view, group, index) {
    const points = group.flatMap(outline);
    const fill = reports.fade(view.colours.accent, 0.12 + (0.7 * index) / (CLASSES - 1));
    return {
      type: "scatter", mode: "lines", x: points.map((p) => p[0]), y: points.map((p) => p[1]),
      fill: "toself", fillcolor: fill, line: { width: 0.5, color: fill }, hoverinfo: "skip",
    };
  }

  function shades(view, made) {
    const groups = Array.from({ length: CLASSES }, () => []);
    const index = (weight) => Math.min(CLASSES - 1, Math.floor((weight / view.map.max) * CLASSES));
    made.forEach((band) => groups[index(band.weight)].push(band));
    return groups.map((group, i) => shade(view, group, i)).filter((trace) => trace.x.length);
  }

  /* Invisible points along each band that can be pointed at. */
  function handles(made) {
    const at = [0.1, 0.3, 0.5, 0.7, 0.9];
    const spots = made.flatMap((band) => at.map((t) => ({
      x: t, link: [band.query, band.key],
      y: band.from + (band.to - band.from) * smooth(t) - (band.start + (band.end - band.start) * t) / 2,
    })));
    return {
      type: "scatter", mode: "markers", x: spots.map((s) => s.x), y: spots.map((s) => s.y),
      customdata: spots.map((s) => s.link), marker: { size: 14, opacity: 0 }, hoverinfo: "none",
    };
  }

  function posts(view, side, edge, width) {
    const corners = [...side.values()].flatMap(({ top, height }) => [
      [edge, top], [edge + width, top], [edge + width, top - height], [edge, top - height],
      [edge, top], [null, null],
    ]);
    return {
      type: "scatter", mode: "lines", x: corners.map((c) => c[0]), y: corners.map((c) => c[1]),
      fill: "toself", fillcolor: view.colours.ink, line: { width: 1, color: view.colours.ink },
      hoverinfo: "skip",
    };
  }

  /* Names beside the bars, left out where they would overlap. */
  function names(view, side, labels, x, anchor) {
    const least = 15 / (view.height - 110);
    let last = Infinity;
    const shown = [...side].filter(([, bar]) => {
      const free = last - (bar.top - bar.height / 2) >= least;
      if (free) last = bar.top - bar.height / 2;
      return free;
    });
    const most = view.narrow ? 13 : 24;
    const texts = shown.map(([position]) => reports.short(labels[position], most));
    return {
      widest: reports.widest(texts),
      trace: {
        type: "scatter", mode: "text", x: shown.map(() => x), hoverinfo: "skip", cliponaxis: false,
        y: shown.map(([, bar]) => bar.top - bar.height / 2), text: texts.map(reports.safe),
        textposition: anchor, textfont: { size: 12, color: view.colours.ink },
      },
    };
  }

  const heading = (view, text, x, anchor, shift) => ({
    text, x, xanchor: anchor, xshift: shift, xref: "paper", y: 0, yref: "paper", yanchor: "top", yshift: -8,
    showarrow: false, font: { size: 13, color: view.colours.muted },
  });

  reports.figures.flow = (view) => {
    const { words, bars: sides } = view.map.links;
    const links = reports.links(view);
    const [left, right] = [bars(sides[0], links, "query"), bars(sides[1], links, "key")];
    const made = bands(links, left, right);
    const before = names(view, left, view.queries, -0.022, "middle left");
    const after = names(view, right, view.keys, 1.022, "middle right");
    const margin = { l: 14 + before.widest, r: 14 + after.widest, t: reports.top(view), b: 38 };
    const bare = { visible: false, fixedrange: view.touch };
    return {
      traces: [
        ...shades(view, made), posts(view, left, -0.015, 0.015), posts(view, right, 1, 0.015),
        before.trace, after.trace, handles(made),
      ],
      layout: reports.layout(view, margin, {
        xaxis: { ...bare, range: [-0.03, 1.03] }, yaxis: { ...bare, range: [-0.01, 1.01] },
        annotations: [
          heading(view, "query (attending)", 0, "left", 8 - margin.l),
          heading(view, "key (attended)", 1, "right", margin.r - 8),
        ],
      }),
      caption: words,
      describe: (point) => point.customdata && reports.link(view, ...point.customdata),
    };
  };
})();

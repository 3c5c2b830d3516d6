/* Network: positions as nodes on a ring, links as arrows; a line's width is the weight, a node's
   size the attention it receives. Draws the links not weaker than uniform attention. Cross
   attention: queries on the left arc, keys on the right. */
(() => {
  "use strict";
  const reports = window.AttentionReports;
  const CLASSES = 6; // widths of a line
  const BENDS = 12; // points of a curve
  const CROWD = 60; // links or nodes beyond which lines and nodes are drawn finer
  const LOOP = 0.1; // radius of a link to oneself, in radii of the ring

  const around = (turn) => [Math.sin(turn), Math.cos(turn)]; // clockwise from the top

  /* Where nodes stand was chosen with the page; one ring where queries and keys are the same. */
  const nodePlaces = ({ places: { query, key } }) => ({ query, key: key || query, same: !key });

  /* A curve bent towards the middle; links there and back lie side by side. */
  function curve([ax, ay], [bx, by]) {
    const [cx, cy] = [(ax + bx) * 0.32 + (by - ay) * 0.1, (ay + by) * 0.32 - (bx - ax) * 0.1];
    return Array.from({ length: BENDS + 1 }, (_, i) => {
      const [t, u] = [i / BENDS, 1 - i / BENDS];
      return [u * u * ax + 2 * u * t * cx + t * t * bx, u * u * ay + 2 * u * t * cy + t * t * by];
    });
  }

  function loop([x, y]) {
    return Array.from({ length: BENDS + 1 }, (_, i) => {
      const [dx, dy] = around((2 * Math.PI * i) / BENDS);
      return [x * (1 + LOOP) + LOOP * dx, y * (1 + LOOP) + LOOP * dy];
    });
  }

  function edges(view, links, at) {
    return links.map((link) => {
      const self = at.same && link.query === link.key;
      const [from, to] = [at.query[link.query], at.key[link.key]];
      const points = self ? loop(from) : curve(from, to);
      return { ...link, self, points, share: link.weight / view.map.max };
    });
  }

  function lines(view, group, share, thick) {
    const points = group.flatMap((edge) => [...edge.points, [null, null]]);
    return {
      type: "scatter", mode: "lines", x: points.map((p) => p[0]), y: points.map((p) => p[1]),
      hoverinfo: "skip", line: {
        width: 0.8 + thick * share, color: reports.fade(view.colours.accent, 0.25 + 0.55 * share),
      },
    };
  }

  function widths(view, made) {
    const thick = made.length > CROWD ? 2.4 : 5.2;
    const groups = Array.from({ length: CLASSES }, () => []);
    made.forEach((edge) => groups[Math.min(CLASSES - 1, Math.floor(edge.share * CLASSES))].push(edge));
    const drawn = groups.map((group, i) => lines(view, group, i / (CLASSES - 1), thick));
    return drawn.filter((trace) => trace.x.length);
  }

  /* Arrow heads, which are also what is pointed at. */
  function heads(view, made) {
    const spots = made.map(({ points }) => points[Math.round(BENDS * 0.66)]);
    const turn = ({ points }) => {
      const [[ax, ay], [bx, by]] = [points[Math.round(BENDS * 0.58)], points[Math.round(BENDS * 0.75)]];
      return (Math.atan2(bx - ax, by - ay) * 180) / Math.PI;
    };
    const size = (edge) => (made.length > CROWD ? 6 + 4 * edge.share : 9 + 8 * edge.share);
    return {
      type: "scatter", mode: "markers", hoverinfo: "none", cliponaxis: false,
      x: spots.map((spot) => spot[0]), y: spots.map((spot) => spot[1]),
      customdata: made.map((edge) => [edge.query, edge.key]),
      marker: {
        symbol: made.map((edge) => (edge.self ? "circle" : "arrow")), color: view.colours.accent,
        size: made.map((edge) => (edge.self ? 4 : size(edge))), angle: made.map(turn),
        opacity: made.map((edge) => 0.35 + 0.65 * edge.share), line: { width: 0 },
      },
    };
  }

  /* Names outside the ring, away from nodes and loops; one that would cover another is left out. */
  function labels(view, spots, names, away) {
    const taken = [];
    const free = ([left, top, right, bottom]) => taken.every(([l, t, r, b]) =>
      left >= r || right <= l || top >= b || bottom <= t);
    const shown = spots.map(([x, y], i) => {
      const [dx, dy] = x || y ? [x * away(i), y * away(i)] : [0, -away(i) / 4];
      const text = reports.short(names[i], view.letters);
      const [up, side] = [dy > 0.5 ? "top" : dy < -0.5 ? "bottom" : "middle", Math.sign(Math.round(dx * 4))];
      const [wide, px, py] = [(reports.widest([text]) * view.size) / 12, dx * view.ring, -dy * view.ring];
      const left = side > 0 ? px : side < 0 ? px - wide : px - wide / 2;
      const top = up === "top" ? py - 16 : up === "bottom" ? py : py - 8;
      const box = [left, top, left + wide + 4, top + 15];
      if (!free(box)) return null;
      taken.push(box);
      return { x: dx, y: dy, text, place: `${up} ${["left", "center", "right"][side + 1]}` };
    }).filter(Boolean);
    return {
      type: "scatter", mode: "text", hoverinfo: "skip", cliponaxis: false,
      x: shown.map((one) => one.x), y: shown.map((one) => one.y),
      text: shown.map((one) => reports.safe(one.text)),
      textposition: shown.map((one) => one.place), textfont: { size: view.size, color: view.colours.ink },
    };
  }

  function nodes(view, spots, sizes, meta) {
    return {
      type: "scatter", mode: "markers", x: spots.map((s) => s[0]), y: spots.map((s) => s[1]),
      hoverinfo: "none", cliponaxis: false, meta, customdata: spots.map((_, i) => [i]),
      marker: {
        size: sizes, opacity: 1, color: meta === "key" ? view.colours.mark : view.colours.muted,
        line: { width: spots.length > CROWD ? 0 : 1.5, color: view.colours.surface },
      },
    };
  }

  function everyNode(view, at, made) {
    const received = reports.receivedBy(view.map);
    const [most, count] = [Math.max(...received) || 1, received.length];
    const largest = count > 200 ? 6 : count > 40 ? 12 : Math.min(34, view.ring * 0.22);
    const sizes = received.map((one) => 4 + largest * Math.sqrt(one / most));
    const loops = new Set(made.filter((edge) => edge.self).map((edge) => edge.key));
    const away = (i) => Math.max(1 + (sizes[i] / 2 + 5) / view.ring, loops.has(i) ? 1.03 + 2 * LOOP : 1);
    const keys = [nodes(view, at.key, sizes, "key"), labels(view, at.key, view.keys, away)];
    if (at.same) return keys;
    const even = view.queries.map(() => 9);
    const near = () => 1 + 10 / view.ring;
    return [...keys, nodes(view, at.query, even, "query"), labels(view, at.query, view.queries, near)];
  }

  function describe(view, point) {
    const [first, second] = point.customdata || [];
    if (second !== undefined) return reports.link(view, first, second);
    if (point.data.meta === "query") return [view.queries[first], "query"];
    const received = reports.receivedBy(view.map)[first];
    return [view.keys[first], `receives ${reports.number(received)}, ${reports.times(view, received)}`];
  }

  const headings = (view) => [["queries", 0, "left"], ["keys", 1, "right"]].map(([text, x, xanchor]) => ({
    text, x, xanchor, xref: "paper", y: 0, yref: "paper", yanchor: "bottom", showarrow: false,
    font: { size: 13, color: view.colours.muted },
  }));

  /* The ring is as large as the frame and the longest name allow. */
  function frame(view, margin) {
    const letters = view.narrow ? 12 : 24;
    const names = [...view.keys, ...view.queries].map((name) => reports.short(name, letters));
    const [wide, high] = [view.width / 2 - margin.l, (view.height - margin.t - margin.b) / 2];
    const size = view.narrow ? 10 : 12;
    const side = wide - (reports.widest(names) * size) / 12 - 6;
    return { letters, size, wide, high, ring: Math.max(60, Math.min(side, high - 18) / (1.03 + 2 * LOOP)) };
  }

  reports.figures.network = (view) => {
    const margin = { l: view.narrow ? 6 : 20, r: view.narrow ? 6 : 20, t: reports.top(view), b: 14 };
    const at = nodePlaces(view);
    const { strong, strong_words: words } = view.map.links;
    const made = edges(view, reports.links(view, strong), at);
    const { wide, high, ...sizes } = frame(view, margin);
    const bare = { visible: false, fixedrange: view.touch };
    const sized = { ...view, ...sizes };
    return {
      traces: [...widths(view, made), heads(view, made), ...everyNode(sized, at, made)],
      layout: reports.layout(view, margin, {
        xaxis: { ...bare, range: [-wide / sizes.ring, wide / sizes.ring] },
        yaxis: { ...bare, range: [-high / sizes.ring, high / sizes.ring], scaleanchor: "x" },
        annotations: at.same ? [] : headings(view),
      }),
      caption: `${words} Weaker links than uniform (${reports.number(view.uniform)}) ` +
        "are left out. Node size: attention received.",
      describe: (point) => describe(view, point),
    };
  };
})();

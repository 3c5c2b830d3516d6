/* The links of one map: the strongest of them, and what is said about them.
   In:  the figure's view, whose map holds `values` row by row (query by query).
   Out: {query, key, weight} records, sentences, attention received. Never: a drawing. */
(() => {
  "use strict";
  const reports = window.AttentionReports;
  const MOST = 200; // links drawn at once

  /* The strongest links not below `floor`, at most MOST; ties by query, then key. */
  reports.strongest = (view, floor) => {
    const { values, columns } = view.map;
    const found = [];
    values.forEach((weight, i) => { if (weight > 0 && weight >= floor) found.push(i); });
    found.sort((a, b) => values[b] - values[a] || a - b);
    return found.slice(0, MOST).map((i) => (
      { query: Math.floor(i / columns), key: i % columns, weight: values[i] }
    ));
  };

  /* How many links are drawn, down to which weight, and how much attention they carry. */
  reports.shown = (view, links) => {
    const { values } = view.map;
    if (!links.length) return "No link has a weight above 0.";
    const all = values.reduce((count, weight) => count + (weight > 0 ? 1 : 0), 0);
    const carried = links.reduce((sum, link) => sum + link.weight, 0);
    const share = (100 * carried) / values.reduce((sum, weight) => sum + weight, 0);
    const smallest = reports.number(links[links.length - 1].weight);
    const few = `The strongest ${links.length} of ${all} links are drawn`;
    if (all === 1) return "There is one link.";
    const which = links.length === all ? `All ${all} links are drawn` : few;
    return `${which}, down to weight ${smallest}; they carry ${share.toFixed(0)} % of the attention.`;
  };

  reports.times = (view, weight) =>
    `${reports.number(+(weight / view.uniform).toPrecision(3))} × uniform`;

  /* What is said of one link when it is pointed at. */
  reports.link = (view, query, key) => {
    const weight = view.map.values[query * view.map.columns + key];
    return [
      `${view.queries[query]} → ${view.keys[key]}`,
      `weight ${reports.number(weight)}, ${reports.times(view, weight)}`,
    ];
  };

  /* Attention received by each key: the mean over the queries that attend to anything. */
  reports.receivedBy = (map) => {
    const sums = new Float64Array(map.columns);
    let queries = 0;
    for (let row = 0; row < map.rows; row += 1) {
      const weights = map.values.subarray(row * map.columns, (row + 1) * map.columns);
      if (weights.some((weight) => weight > 0)) queries += 1;
      weights.forEach((weight, key) => { sums[key] += weight; });
    }
    return Array.from(sums, (sum) => sum / Math.max(1, queries));
  };
})();

/* The links of one map that are drawn, and what is said about one link.
   In:  the figure's view, whose map holds `values` row by row (query by query) and `links`, which
        were chosen when the map was written, by the rule that its pictures are drawn by.
   Out: {query, key, weight} records, sentences, attention received. Never: a choice, a drawing. */
(() => {
  "use strict";
  const reports = window.AttentionReports;

  /* The first `count` of the map's links, the strongest first. */
  reports.links = ({ map }, count) => map.links.order.slice(0, count).map((i) => (
    { query: Math.floor(i / map.columns), key: i % map.columns, weight: map.values[i] }
  ));

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

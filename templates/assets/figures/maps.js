/* Attention maps as the page needs them.
   In:  records {map, shape, levels, max, data, labels, links} from maps/*.js or data blocks.
   Out: AttentionReports.map(name, folder), a promise of {name, rows, columns, values, max,
        error, labels, links}; AttentionReports.plotly(element), a promise of Plotly.
   Never: fetch or any other request that file:// refuses; side files arrive as scripts. */
(() => {
  "use strict";
  const reports = (window.AttentionReports = window.AttentionReports || {});
  const KEPT = 12;
  const arrivals = new Map(); // name -> resolve, for side files under way
  const kept = new Map(); // name -> promise of a decoded map, oldest first
  let plotly = null;

  /* Called by every side file: hands its record to whoever asked for it. */
  reports.receive = (record) => {
    const take = arrivals.get(record.map);
    arrivals.delete(record.map);
    if (take) take(record);
  };

  function loadScript(source, failure) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = source;
      script.onload = () => { script.remove(); resolve(); };
      script.onerror = () => { script.remove(); reject(new Error(failure)); };
      document.head.append(script);
    });
  }

  async function fromSideFile(name, folder) {
    const source = folder + name + ".js";
    const arrival = new Promise((resolve) => arrivals.set(name, resolve));
    await loadScript(source, `${source} cannot be read; keep the report's folder together.`);
    if (arrivals.delete(name)) throw new Error(`${source} does not hold the map ${name}.`);
    return arrival;
  }

  function record(name, folder) {
    const block = document.getElementById("ar-map-" + name);
    return block ? Promise.resolve(JSON.parse(block.textContent)) : fromSideFile(name, folder);
  }

  async function inflate(text) {
    const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new DataView(await new Response(stream).arrayBuffer());
  }

  /* value = q / levels * max, the rule the files are written by. */
  async function decode(found) {
    const [rows, columns] = found.shape;
    const view = await inflate(found.data);
    const wide = found.levels > 255;
    if (view.byteLength !== rows * columns * (wide ? 2 : 1)) {
      throw new Error(`The map ${found.map} does not have ${rows} x ${columns} weights.`);
    }
    const values = new Float64Array(rows * columns);
    for (let i = 0; i < values.length; i += 1) {
      const step = wide ? view.getUint16(2 * i, true) : view.getUint8(i);
      values[i] = (step / found.levels) * found.max;
    }
    return {
      name: found.map, rows, columns, values, max: found.max,
      error: found.max / found.levels / 2, labels: found.labels || [],
      links: found.links,
    };
  }

  function keep(name, promise) {
    kept.set(name, promise);
    if (kept.size > KEPT) kept.delete(kept.keys().next().value);
    promise.catch(() => kept.delete(name));
    return promise;
  }

  reports.map = (name, folder) =>
    kept.get(name) || keep(name, record(name, folder).then(decode));

  /* The library waits inside a data block in a stand-alone file, beside the page on a site. */
  function startPlotly(element) {
    const block = document.getElementById("ar-plotly");
    if (!block) {
      const source = element.dataset.plotly;
      return loadScript(source, `${source} cannot be read, so only the still pictures are shown.`);
    }
    const script = document.createElement("script");
    script.textContent = block.textContent;
    document.head.append(script);
    return Promise.resolve();
  }

  reports.plotly = async (element) => {
    if (!window.Plotly) {
      plotly = plotly || startPlotly(element);
      await plotly;
      if (!window.Plotly) throw new Error("The drawing library did not start.");
    }
    return window.Plotly;
  };
})();

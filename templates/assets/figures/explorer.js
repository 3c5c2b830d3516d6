/* The explorer: choice of layer, head and figure; one live plot at a time.
   In:  section.ar-explorer with its JSON data block, a panel for each figure, with still pictures (or none).
   Out: the same section with controls, and Plotly drawn into the chosen panel. Plotly is loaded
        on the first choice, or when the explorer is in view and its still picture is shown.
   Never: a silent failure; what cannot be drawn is said in the page, and the picture stays. */
(() => {
  "use strict";
  const reports = window.AttentionReports;
  const CONFIG = {
    displaylogo: false, showSendToCloud: false, responsive: true, showTips: false,
    modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d", "zoomIn2d", "zoomOut2d"],
  };

  const mapName = ({ layer, head }) =>
    layer === null ? "mean" : `l${layer}-${head === null ? "mean" : "h" + head}`;

  function mapWords(data, { layer, head }) {
    if (layer === null) return "mean of all layers and heads";
    return `layer ${layer}, ${head === null ? "mean of heads" : "head " + head}`;
  }

  const choices = (count, word) => Array.from({ length: count }, (_, i) => [String(i), `${word} ${i}`]);

  function options(select, pairs) {
    select.replaceChildren(...pairs.map(([value, text]) => new Option(text, value)));
  }

  class Explorer {
    constructor(section) {
      const find = (name) => section.querySelector(name);
      this.section = section;
      this.data = JSON.parse(find(".ar-data").textContent);
      this.state = { figure: "heatmap", layer: null, head: null };
      [this.layer, this.head] = [find(".ar-layer"), find(".ar-head")];
      [this.caption, this.problem] = [find(".ar-caption"), find(".ar-problem")];
      this.tabs = [...section.querySelectorAll("[data-figure]")];
      this.panels = new Map(this.tabs.map((tab) => [tab.dataset.figure, find("#" + tab.dataset.panel)]));
      this.frame = document.createElement("div");
      this.frame.className = "ar-frame";
      this.plot = document.createElement("div");
      this.plot.className = "ar-plot";
      this.frame.append(this.plot);
      this.tip = reports.tip(this.frame, this.plot);
      this.queue = Promise.resolve();
      this.asked = 0;
      this.awake = false;
    }

    start() {
      options(this.layer, [["", "mean of all layers"], ...choices(this.data.layers, "layer")]);
      this.layer.addEventListener("change", () => this.choose({ layer: this.layer.value }));
      this.head.addEventListener("change", () => this.choose({ head: this.head.value }));
      this.startTabs();
      const figure = this.section.querySelector(".ar-heads");
      if (figure && this.data.heads) {
        this.grid = reports.grid(figure, this.data, (layer, head) => this.choose({ layer, head }));
      }
      this.section.querySelector(".ar-controls").hidden = false;
      this.section.classList.add("ar-live");
      this.show();
      this.watch();
    }

    /* The ARIA tabs pattern: arrows, Home and End move and choose. */
    startTabs() {
      this.tabs.forEach((tab, index) => {
        const panel = this.panels.get(tab.dataset.figure);
        panel.setAttribute("role", "tabpanel");
        panel.setAttribute("aria-labelledby", tab.id);
        tab.addEventListener("click", () => this.choose({ figure: tab.dataset.figure }));
        tab.addEventListener("keydown", (event) => {
          const last = this.tabs.length - 1;
          const next = {
            ArrowRight: index === last ? 0 : index + 1, ArrowLeft: index === 0 ? last : index - 1,
            Home: 0, End: last,
          }[event.key];
          if (next === undefined) return;
          event.preventDefault();
          this.tabs[next].focus();
          this.choose({ figure: this.tabs[next].dataset.figure });
        });
      });
    }

    choose(change) {
      const whole = (value) => (value === "" || value === null ? null : Number(value));
      const next = { ...this.state, ...change };
      this.state = { ...next, layer: whole(next.layer), head: whole(next.head) };
      if (this.state.layer === null) this.state.head = null;
      this.awake = true;
      this.show();
      this.draw();
    }

    /* Controls, panels and grid say what is chosen. */
    show() {
      const { figure, layer, head } = this.state;
      const heads = layer === null ? 0 : this.data.heads;
      options(this.head, [["", "mean of heads"], ...choices(heads, "head")]);
      this.head.disabled = heads === 0;
      this.layer.value = layer === null ? "" : String(layer);
      this.head.value = head === null ? "" : String(head);
      this.tabs.forEach((tab) => {
        const chosen = tab.dataset.figure === figure;
        tab.setAttribute("aria-selected", String(chosen));
        tab.tabIndex = chosen ? 0 : -1;
        this.panels.get(tab.dataset.figure).hidden = !chosen;
      });
      if (this.grid) this.grid.mark(layer, head);
    }

    /* One drawing at a time; of several choices in a row only the last is drawn. */
    draw() {
      const turn = (this.asked += 1);
      this.section.dataset.state = "drawing";
      this.queue = this.queue.then(() => turn === this.asked && this.drawChosen());
      this.queue = this.queue.catch((error) => this.fail(error));
      return this.queue;
    }

    async drawChosen() {
      const state = this.state;
      const folder = this.section.dataset.maps;
      const figure = reports.figures[state.figure];
      const wants = figure.samples && this.data.received;
      const [Plotly, map, received] = await Promise.all([
        reports.plotly(this.section), reports.map(mapName(state), folder),
        wants ? reports.map("received", folder) : null,
      ]);
      this.place(state.figure);
      const drawing = figure(this.view(map, received));
      this.name = `attention-${state.figure}-${received ? "samples" : map.name}`;
      await this.put(Plotly, drawing);
      this.say(map, drawing);
      this.section.dataset.drawn = `${state.figure} ${map.name}`;
      this.section.dataset.state = "drawn";
    }

    /* The frame moves into the chosen panel and takes the still picture's place. */
    place(figure) {
      const panel = this.panels.get(figure);
      if (this.frame.parentNode !== panel) panel.append(this.frame);
      this.section.querySelectorAll(".ar-panel").forEach((one) => {
        one.classList.toggle("ar-drawn", one === panel);
      });
    }

    view(map, received) {
      const { data, state } = this;
      const width = this.frame.clientWidth || 640;
      const title = this.tabs.find((tab) => tab.dataset.figure === state.figure).textContent.trim();
      return {
        map, received, width, height: Math.round(Math.min(560, Math.max(380, width * 0.72))),
        narrow: width < 560, touch: window.matchMedia("(pointer: coarse)").matches,
        title: `${title}: ${received ? "all explained samples" : mapWords(data, state)}`,
        keys: data.names, queries: data.query_names, places: data.places, uniform: data.uniform,
        tokens: data.tokens, banner: data.banner, colours: reports.colours(this.section),
      };
    }

    /* Plotly turns an unknown trace type into another one without a word: that is an error here. */
    async put(Plotly, { traces, layout, describe }) {
      const options_ = { ...CONFIG, toImageButtonOptions: { filename: this.name, scale: 2 } };
      await Plotly.react(this.plot, traces, layout, options_);
      if (!this.heard) {
        this.tip.listen();
        this.heard = true;
      }
      this.tip.use(describe);
      const wrong = traces.filter((trace, i) => this.plot._fullData[i].type !== trace.type);
      if (wrong.length) throw new Error(`The drawing library has no ${wrong[0].type} traces.`);
    }

    say(map, drawing) {
      const { data } = this;
      const error = drawing.own ? drawing.error : map.error;
      const strongest = drawing.own ? "" : this.strongest(map);
      const exact = data.exact ? ` Exact float32 values: ${data.exact}.` : "";
      this.caption.textContent = `${drawing.caption}${strongest} ` +
        `Shown values are rounded by at most ${error.toExponential(1)}.${exact}`;
      this.section.dataset.error = String(error);
      this.problem.hidden = true;
    }

    strongest(map) {
      const { names: keys, query_names: queries, uniform } = this.data;
      const [best] = reports.links({ map }, 1);
      if (!best) return "";
      const words = reports.link({ map, keys, queries, uniform }, best.query, best.key);
      return ` Strongest link: ${words.join(", ")}.`;
    }

    fail(error) {
      this.problem.textContent = `This figure could not be drawn. ${error.message}`;
      this.problem.hidden = false;
      if (window.Plotly && this.plot.parentNode) window.Plotly.purge(this.plot);
      this.heard = false;
      this.section.querySelectorAll(".ar-panel").forEach((one) => one.classList.remove("ar-drawn"));
      this.section.dataset.state = "failed";
      console.error(error);
    }

    /* Draws when the explorer comes into view; again when colours or width change. */
    watch() {
      const again = () => this.awake && this.draw();
      const seen = new IntersectionObserver((entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        seen.disconnect();
        this.afterPicture().then(() => { this.awake = true; this.draw(); });
      });
      seen.observe(this.section);
      const colours = new MutationObserver(again);
      colours.observe(document.body, { attributes: true, attributeFilter: ["data-md-color-scheme"] });
      ["(prefers-color-scheme: dark)", "print"].forEach((query) => {
        window.matchMedia(query).addEventListener("change", again);
      });
      let [wait, width] = [0, window.innerWidth];
      window.addEventListener("resize", () => {
        if (window.innerWidth === width) return;
        width = window.innerWidth;
        clearTimeout(wait);
        wait = setTimeout(again, 200);
      });
    }

    async afterPicture() {
      const picture = this.panels.get(this.state.figure).querySelector("img");
      if (picture && !picture.complete) {
        await new Promise((done) => {
          picture.addEventListener("load", done, { once: true });
          picture.addEventListener("error", done, { once: true });
        });
      }
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    }
  }

  document.querySelectorAll(".ar-explorer").forEach((section) => new Explorer(section).start());
})();

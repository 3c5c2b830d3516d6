/* The layers x heads grid: every head's thumbnail as a button, cut from one sprite picture.
   In:  the explorer's data and the figure that shows the whole sprite when scripts are off.
   Out: AttentionReports.grid(figure, data, choose) -> {mark(layer, head)}.
   Arrow keys move through the grid, Enter or Space chooses; one button takes part in Tab. */
(() => {
  "use strict";
  const reports = window.AttentionReports;
  const MOVES = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };

  const share = (index, count) => (count > 1 ? (100 * index) / (count - 1) : 0) + "%";

  function tile(data, source, layer, head) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "ar-tile";
    button.setAttribute("aria-label", `layer ${layer}, head ${head}`);
    button.title = `layer ${layer}, head ${head}`;
    button.style.backgroundImage = `url("${source}")`;
    button.style.backgroundSize = `${100 * data.heads}% ${100 * data.layers}%`;
    button.style.backgroundPosition = `${share(head, data.heads)} ${share(layer, data.layers)}`;
    button.style.aspectRatio = `${data.shape[3]} / ${data.shape[2]}`;
    return button;
  }

  function label(text) {
    const made = document.createElement("span");
    made.className = "ar-grid-label";
    made.setAttribute("aria-hidden", "true");
    made.textContent = text;
    return made;
  }

  function fill(grid, data, source) {
    const range = (count) => Array.from({ length: count }, (_, i) => i);
    grid.append(label("layer ╲ head"), ...range(data.heads).map((head) => label(String(head))));
    return range(data.layers).map((layer) => {
      const row = range(data.heads).map((head) => tile(data, source, layer, head));
      grid.append(label(String(layer)), ...row);
      return row;
    });
  }

  reports.grid = (figure, data, choose) => {
    const picture = figure.querySelector("img");
    const grid = document.createElement("div");
    grid.className = "ar-grid";
    grid.setAttribute("role", "group");
    grid.setAttribute("aria-label", "Thumbnail of every head");
    grid.style.gridTemplateColumns = `max-content repeat(${data.heads}, minmax(24px, 64px))`;
    const tiles = fill(grid, data, picture.getAttribute("src"));
    let focus = [0, 0];

    const reach = ([layer, head], take) => {
      tiles[focus[0]][focus[1]].tabIndex = -1;
      focus = [layer, head];
      tiles[layer][head].tabIndex = 0;
      if (take) tiles[layer][head].focus();
    };
    grid.addEventListener("keydown", (event) => {
      const move = MOVES[event.key];
      if (!move) return;
      event.preventDefault();
      const next = [focus[0] + move[0], focus[1] + move[1]];
      if (tiles[next[0]] && tiles[next[0]][next[1]]) reach(next, true);
    });
    tiles.forEach((row, layer) => row.forEach((button, head) => {
      button.tabIndex = -1;
      button.addEventListener("focus", () => reach([layer, head], false));
      button.addEventListener("click", () => choose(layer, head));
    }));
    reach([0, 0], false);
    picture.replaceWith(grid);

    return {
      mark: (layer, head) => tiles.forEach((row, l) => row.forEach((button, h) => {
        button.setAttribute("aria-pressed", String(l === layer && h === head));
      })),
    };
  };
})();

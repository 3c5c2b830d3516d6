/* The small box beside the pointer that says what is pointed at.
   In:  a live plot and a function point -> lines. Text only: names can never become markup. */
(() => {
  "use strict";
  const reports = window.AttentionReports;

  function place(tip, frame, { clientX, clientY }) {
    const box = frame.getBoundingClientRect();
    const left = Math.min(clientX - box.left + 14, box.width - tip.offsetWidth - 4);
    const top = clientY - box.top - tip.offsetHeight - 12;
    tip.style.left = Math.max(4, left) + "px";
    tip.style.top = (top < 0 ? clientY - box.top + 18 : top) + "px";
  }

  reports.tip = (frame, plot) => {
    const tip = document.createElement("div");
    tip.className = "ar-tip";
    tip.hidden = true;
    tip.setAttribute("aria-hidden", "true");
    frame.append(tip);
    let describe = () => null;
    return {
      listen: () => {
        plot.on("plotly_hover", ({ points, event }) => {
          const lines = describe(points[0]);
          tip.hidden = !lines;
          if (!lines) return;
          tip.replaceChildren(...lines.map((line) => {
            const made = document.createElement("div");
            made.textContent = line;
            return made;
          }));
          place(tip, frame, event);
        });
        plot.on("plotly_unhover", () => { tip.hidden = true; });
      },
      use: (next) => { describe = next; tip.hidden = true; },
    };
  };
})();

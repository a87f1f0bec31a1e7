/* Draws the figures that book/_lib/zoom.py wrote into a page as plots to zoom into.
 *
 * The numbers come from the page alone. Titles, labels and legends are ordinary text around the
 * plot, so that they wrap on a phone and are read aloud. Other scripts of the book draw by
 * bookPlots.draw(element, figure), with a figure laid out as `numbers` of zoom.py says. */
(() => {
  "use strict";

  const MOST_TICKS = 13;
  const DASHES = ["solid", "dash", "dashdot", "dot"];
  const STROKES = { solid: "", dash: "5 3", dashdot: "5 2 1 2", dot: "1.5 2.5" };
  const GUIDE = "#808080";
  const FRAME = "#777777"; // of marked cells, as in the still picture
  const drawn = new Set();

  const isDark = () => document.documentElement.dataset.theme === "dark";

  function look() {
    const dark = isDark();
    return {
      mode: dark ? "dark" : "light",
      ink: dark ? "#d5d5d5" : "#333333",
      grid: dark ? "#3d3d3d" : "#dddddd",
      ground: dark ? "#1e1e1e" : "#ffffff",
    };
  }

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  // What each series looks like: guides are thin and grey, the others have a colour and a dash.
  function pen(figure, i, style) {
    if (figure.series[i].style === "guide") return { color: GUIDE, dash: "dash", width: 1 };
    const colours = figure.colours[style.mode];
    return {
      color: colours[i % colours.length],
      dash: figure.series[i].style === "bars" ? "solid" : DASHES[i % DASHES.length],
      width: 2,
    };
  }

  function faded(colour, part) {
    const byte = Math.round(255 * part).toString(16).padStart(2, "0");
    return colour + byte;
  }

  // A band with gaps is several areas; its edges are drawn as thin lines.
  function bandTraces(series, line, common) {
    const x = [], y = [];
    let run = [];
    const close = () => {
      if (run.length) {
        const back = [...run].reverse();
        x.push(...run.map((k) => series.x[k]), ...back.map((k) => series.x[k]), null);
        y.push(...run.map((k) => series.low[k]), ...back.map((k) => series.high[k]), null);
      }
      run = [];
    };
    series.x.forEach((_, k) => {
      if (series.low[k] === null || series.high[k] === null) close();
      else run.push(k);
    });
    close();
    const quiet = { ...common, type: "scatter", mode: "lines", hoverinfo: "skip" };
    return [
      { ...quiet, x, y, fill: "toself", fillcolor: faded(line.color, 0.18), line: { width: 0 } },
      {
        ...quiet,
        x: [...series.x, null, ...series.x],
        y: [...series.low, null, ...series.high],
        line: { color: faded(line.color, 0.7), width: 1 },
      },
    ];
  }

  function curveTraces(figure, style, hidden) {
    const traces = [];
    figure.series.forEach((series, i) => {
      const line = pen(figure, i, style);
      const common = { name: series.name, visible: !hidden.has(series.name), showlegend: false };
      if (series.low) traces.push(...bandTraces(series, line, common));
      const trace = { ...common, x: series.x, y: series.y };
      if (series.style === "bars") {
        Object.assign(trace, { type: "bar", marker: { color: line.color } });
      } else if (series.style === "points") {
        Object.assign(trace, { type: "scatter", mode: "markers" });
        trace.marker = { color: line.color, size: 9 };
      } else {
        const few = series.x.length <= 40 && series.style === "line";
        Object.assign(trace, { type: "scatter", mode: few ? "lines+markers" : "lines", line });
        trace.marker = { color: line.color, size: 5 };
        line.shape = { steps: "hvh", jumps: "hv" }[series.style] || "linear";
      }
      if (series.style === "guide") trace.hoverinfo = "skip";
      traces.push(trace);
    });
    return traces;
  }

  function heatTraces(figure) {
    const last = figure.colours.length - 1;
    const levels = figure.levels.length;
    const known = figure.values.flat().filter((value) => value !== null);
    const trace = {
      type: "heatmap",
      x: figure.columns,
      y: figure.rows,
      z: figure.values,
      colorscale: figure.colours.map((colour, i) => [i / last, colour]),
      hoverongaps: false,
      hovertemplate: "%{x}, %{y}: %{z}<extra></extra>",
      colorbar: {
        orientation: "h", x: 0.5, xanchor: "center", y: 1.02, yanchor: "bottom",
        thickness: 12, len: 1, outlinewidth: 0,
      },
    };
    if (figure.diverging && !levels) {
      const far = Math.max(...known.map(Math.abs)) || 1; // 0 in the middle of the colours
      Object.assign(trace, { zmin: -far, zmax: far });
    }
    if (levels) {
      // One flat colour for each level, and its name.
      trace.colorscale = figure.colours.flatMap((colour, i) => [
        [i / levels, colour], [(i + 1) / levels, colour],
      ]);
      Object.assign(trace, { zmin: -0.5, zmax: levels - 0.5 });
      trace.text = figure.values.map((row) => row.map((v) => (v === null ? "" : figure.levels[v])));
      trace.hovertemplate = "%{x}, %{y}: %{text}<extra></extra>";
      trace.colorbar.tickvals = figure.levels.map((_, i) => i);
      trace.colorbar.ticktext = figure.levels;
    }
    return [trace];
  }

  // Evenly spaced ones of the named positions between two numbers, few enough to be labelled.
  function namedTicks(names, range, most) {
    const low = Math.max(0, Math.ceil(Math.min(...range)));
    const high = Math.min(names.length - 1, Math.floor(Math.max(...range)));
    const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
    const step = steps.find((k) => (high - low) / k < most) || names.length;
    const values = [];
    for (let k = Math.ceil(low / step) * step; k <= high; k += step) values.push(k);
    return { tickvals: values, ticktext: values.map((k) => names[k]) };
  }

  function ticksFor(figure, axis, range, width) {
    const names = figure[`${axis}_names`];
    if (!names || !names.length) return null;
    const longest = Math.max(...names.map((name) => name.length));
    const most = axis === "x" ? Math.max(2, Math.min(MOST_TICKS, width / (9 * longest + 12))) : 12;
    return namedTicks(names, range || [0, names.length - 1], most);
  }

  // The range of the y axis where it does not follow from the numbers.
  function home(figure) {
    if (figure.y_range) return figure.y_range;
    const names = figure.y_names;
    return names && names.length ? [-0.3, names.length - 0.7] : null;
  }

  function layoutOf(figure, style, plot) {
    const axis = {
      gridcolor: style.grid, zerolinecolor: style.grid, linecolor: style.ink, automargin: true,
      ticks: "outside", ticklen: 4, tickcolor: style.grid,
    };
    const layout = {
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: style.ink },
      hoverlabel: { bgcolor: style.ground, bordercolor: style.grid, font: { color: style.ink } },
      margin: { l: 44, r: 20, t: 12, b: 32 }, // at the right for half of the last label
      xaxis: { ...axis },
      yaxis: { ...axis },
      shapes: [],
      bargap: 0.15,
      // A finger scrolls the page; a mouse zooms.
      dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
      hovermode: "closest",
    };
    if (figure.kind === "heat map") {
      for (const name of ["xaxis", "yaxis"]) {
        Object.assign(layout[name], { type: "category", showgrid: false, nticks: MOST_TICKS });
      }
      layout.margin.t = 44;
      layout.shapes = figure.marks.map(([column, row]) => ({
        type: "rect", x0: column - 0.5, x1: column + 0.5, y0: row - 0.5, y1: row + 0.5,
        line: { color: FRAME, width: 2 },
      }));
      return layout;
    }
    Object.assign(layout.xaxis, { zeroline: false });
    if (figure.log_y) Object.assign(layout.yaxis, { type: "log", exponentformat: "power" });
    if (figure.from_zero) layout.yaxis.rangemode = "tozero";
    if (home(figure)) layout.yaxis.range = home(figure);
    for (const name of ["x", "y"]) {
      Object.assign(layout[`${name}axis`], ticksFor(figure, name, null, plot.clientWidth) || {});
    }
    if (figure.x_names.length) {
      const last = figure.x_names[figure.x_names.length - 1];
      layout.margin.r = Math.max(20, Math.min(70, 4 * last.length + 6));
    }
    const xs = figure.series.flatMap((series) => series.x);
    if (!figure.x_names.length && xs.every(Number.isInteger)) {
      const span = Math.max(...xs) - Math.min(...xs);
      if (span < MOST_TICKS) layout.xaxis.dtick = 1;
    }
    layout.shapes = figure.marks.map(([x]) => ({
      type: "line", x0: x, x1: x, yref: "paper", y0: 0, y1: 1, layer: "below",
      line: { color: GUIDE, dash: "dot", width: 1.5 },
    }));
    return layout;
  }

  function swatch(line, kind) {
    const dash = STROKES[line.dash] ? `stroke-dasharray="${STROKES[line.dash]}"` : "";
    const shapes = {
      points: `<circle cx="13" cy="5" r="4" fill="${line.color}"/>`,
      bars: `<rect x="5" y="0" width="16" height="10" fill="${line.color}"/>`,
      mark: `<path d="M13 0V10" stroke="${line.color}" stroke-width="1.5" stroke-dasharray="2 2"/>`,
    };
    const shape = shapes[kind] ||
      `<path d="M0 5H26" stroke="${line.color}" stroke-width="${line.width}" ${dash}/>`;
    const made = element("span", { "aria-hidden": "true" });
    made.innerHTML = `<svg width="26" height="10" viewBox="0 0 26 10">${shape}</svg>`;
    return made;
  }

  // One line for each name; a press hides or shows what has it.
  function fillLegend(view) {
    const { figure, style, legend, hidden } = view;
    const focused = [...legend.querySelectorAll("button")].indexOf(document.activeElement);
    legend.replaceChildren();
    const told = new Set();
    figure.series.forEach((series, i) => {
      if (told.has(series.name)) return; // guides of one name are told once
      told.add(series.name);
      const button = element("button", { type: "button", "aria-pressed": !hidden.has(series.name) });
      button.title = "Show or hide";
      button.append(swatch(pen(figure, i, style), series.style), series.name);
      button.addEventListener("click", () => {
        if (!hidden.delete(series.name)) hidden.add(series.name);
        redraw(view);
      });
      legend.append(element("li", {}, button));
    });
    for (const what of new Set(figure.marks.map((mark) => mark[1]))) {
      const mark = swatch({ color: GUIDE }, "mark");
      legend.append(element("li", { class: "zoom-legend-mark" }, mark, element("small", {}, what)));
    }
    if (focused >= 0) legend.querySelectorAll("button")[focused]?.focus();
  }

  function heatLabel(figure) {
    const frames = figure.marks.length ? `; framed: ${figure.marks_label || "marked"}` : "";
    return `${figure.y_label} over ${figure.x_label}; colour: ${figure.value_label}${frames}`;
  }

  function redraw(view) {
    const { figure, plot } = view;
    view.style = look();
    plot.setAttribute("aria-label", figure.text);
    view.title.textContent = figure.title;
    view.title.hidden = !figure.title;
    view.note.textContent = figure.note || "";
    view.note.hidden = !figure.note;
    view.above.textContent = figure.kind === "heat map"
      ? heatLabel(figure)
      : `↑ ${figure.y_label}`;
    view.below.textContent = `${figure.x_label} →`;
    const curves = figure.kind === "curves";
    view.legend.hidden = !curves;
    if (curves) fillLegend(view);
    const traces = curves ? curveTraces(figure, view.style, view.hidden) : heatTraces(figure);
    const layout = layoutOf(figure, view.style, plot);
    // Where the reader zoomed to is kept: a change of theme, say, does not undo it.
    for (const name of ["x", "y"]) {
      const range = view.seen[name];
      if (!range) continue;
      Object.assign(layout[`${name}axis`], { range: [...range], autorange: false });
      Object.assign(layout[`${name}axis`], ticksFor(figure, name, range, plot.clientWidth) || {});
    }
    const config = { responsive: true, displayModeBar: false, showTips: false };
    return Plotly.react(plot, traces, layout, config);
  }

  // After a change of what is seen: remember it, and name other positions if that is better.
  function changed(view, change) {
    const { figure, plot } = view;
    const names = {};
    for (const name of ["x", "y"]) {
      const { range } = plot.layout[`${name}axis`];
      const ranged = Object.keys(change).some((key) => key.startsWith(`${name}axis.range`));
      if (ranged) view.seen[name] = range;
      if (change[`${name}axis.autorange`]) view.seen[name] = null;
      const ticks = figure.kind === "curves" && ticksFor(figure, name, range, plot.clientWidth);
      for (const [key, value] of Object.entries(ticks || {})) names[`${name}axis.${key}`] = value;
    }
    if (view.busy || !Object.keys(names).length) return;
    view.busy = true; // naming ticks is such a change, too
    Plotly.relayout(plot, names).finally(() => { view.busy = false; });
  }

  // Shrink or widen what is seen by `factor`, and move it by parts of its width and height.
  function move(view, factor, right, up) {
    const change = {};
    for (const [name, by] of [["xaxis", right], ["yaxis", up]]) {
      if (factor === 1 && by === 0) continue;
      const [low, high] = view.plot.layout[name].range;
      const middle = (low + high) / 2 + by * (high - low);
      const half = (factor * (high - low)) / 2;
      change[`${name}.range`] = [middle - half, middle + half];
    }
    Plotly.relayout(view.plot, change);
  }

  function reset(view) {
    const change = { "xaxis.autorange": true };
    if (home(view.figure)) change["yaxis.range"] = home(view.figure);
    else change["yaxis.autorange"] = true;
    Plotly.relayout(view.plot, change).then(() => { view.seen = {}; });
  }

  const KEYS = {
    "+": (view) => move(view, 0.5, 0, 0),
    "=": (view) => move(view, 0.5, 0, 0),
    "-": (view) => move(view, 2, 0, 0),
    "0": reset,
    ArrowLeft: (view) => move(view, 1, -0.1, 0),
    ArrowRight: (view) => move(view, 1, 0.1, 0),
    ArrowUp: (view) => move(view, 1, 0, 0.1),
    ArrowDown: (view) => move(view, 1, 0, -0.1),
  };

  function tools(view) {
    const row = element("div", { class: "zoom-tools" });
    const buttons = [["+", "Zoom in", "+"], ["−", "Zoom out", "-"], ["Reset", "Show all", "0"]];
    for (const [text, label, key] of buttons) {
      const button = element("button", { type: "button", "aria-label": label, title: label }, text);
      button.addEventListener("click", () => KEYS[key](view));
      row.append(button);
    }
    const hint = matchMedia("(pointer: coarse)").matches
      ? "Touch a point for its numbers."
      : "Drag to zoom, double-click for all. On the keyboard: + and −, arrows, 0.";
    row.append(element("p", { class: "zoom-hint" }, hint));
    return row;
  }

  function build(host, figure) {
    const view = {
      figure,
      hidden: new Set(), // names of series that the reader switched off
      seen: {}, // the ranges that the reader chose, by axis
      title: element("p", { class: "zoom-title" }),
      note: element("p", { class: "zoom-note" }),
      legend: element("ul", { class: "zoom-legend", "aria-label": "Legend" }),
      above: element("p", { class: "zoom-axis" }),
      plot: element("div", { class: "zoom-plot", role: "img", tabindex: "0" }),
      below: element("p", { class: "zoom-axis below" }),
    };
    const { title, note, legend, above, plot, below } = view;
    host.append(element("div", { class: "zoom-live" }, title, note, legend, above, plot, below));
    host.lastElementChild.append(tools(view));
    plot.addEventListener("keydown", (event) => {
      const act = KEYS[event.key];
      if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      act(view);
    });
    return view;
  }

  // Draw a figure in an element; a figure drawn there before is replaced.
  function draw(host, figure) {
    let view = host.bookPlot;
    if (view) {
      view.figure = figure;
      return redraw(view);
    }
    view = build(host, figure);
    host.bookPlot = view;
    drawn.add(view);
    return redraw(view).then(() => {
      for (const still of host.querySelectorAll(":scope > .zoom-still")) still.hidden = true;
      view.plot.on("plotly_relayout", (change) => changed(view, change));
    });
  }

  new MutationObserver(() => {
    for (const view of drawn) if (view.style.mode !== look().mode) redraw(view);
  }).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });

  window.bookPlots = { draw };

  async function start() {
    for (const host of document.querySelectorAll("figure.zoom")) {
      const data = host.querySelector(":scope > .zoom-data");
      if (data) await draw(host, JSON.parse(data.textContent));
    }
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();

/* The page "Turn the knobs": shows, of what book/_lib/explore.py computed, the setting chosen.
 *
 * Nothing is computed here. Plots are drawn by zoom.js. */
(() => {
  "use strict";

  const SLIDERS = ["c_f", "delta3"];
  const WORDS = { P: "PROVED", R: "REFUTED", U: "UNDECIDED" };

  function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  const paragraphs = (texts) => texts.map((text) => element("p", {}, text));

  function start() {
    const data = JSON.parse(document.getElementById("explore-data").textContent);
    const byId = (name) => document.getElementById(name);
    const form = byId("explore-knobs");
    const select = byId("knob-susceptibility");
    const told = (numbers) => numbers.map((number) => data.texts[number]);

    function chosen() {
      const numbers = SLIDERS.map((name) => data[name][Number(byId(`knob-${name}`).value)]);
      return [select.value, ...numbers].join(" ");
    }

    function showClauses(statuses) {
      byId("explore-clauses").tBodies[0].replaceChildren(
        ...data.clauses.map((clause, i) => {
          const word = WORDS[statuses[i]];
          const ruling = element("span", { class: "ruling", "data-ruling": word }, word);
          const name = element("code", {}, clause);
          return element("tr", {}, element("td", {}, name), element("td", {}, ruling));
        }),
      );
    }

    function showWitness(found) {
      const parts = found.witness.flatMap(([i, texts]) => {
        const how = found.statuses[i] === "R" ? "It is not true that" : "It was not decided whether";
        const claim = element("em", {}, `${how} ${data.statements[i]}.`);
        const head = element("h4", {}, data.clauses[i]);
        return [head, element("p", {}, claim), ...paragraphs(told(texts))];
      });
      byId("explore-witness").replaceChildren(...parts);
    }

    function showPlot(section, name, drawn, texts) {
      const frame = data.frames[name];
      const style = frame.series[0].style;
      const figure = {
        ...frame,
        text: data.texts[drawn.text],
        series: drawn.series.map((one) => ({
          name: data.texts[one.name], style, x: one.y.map((_, k) => k), y: one.y,
        })),
      };
      const place = byId(section);
      place.querySelector(".explore-text").replaceChildren(...paragraphs(told(texts)));
      bookPlots.draw(place.querySelector("figure"), figure);
    }

    function show() {
      for (const name of SLIDERS) {
        const knob = byId(`knob-${name}`);
        const value = data[name][Number(knob.value)];
        knob.setAttribute("aria-valuetext", value);
        form.querySelector(`output[for="knob-${name}"]`).textContent = value;
      }
      const key = chosen();
      for (const button of form.querySelectorAll("[data-setting]")) {
        button.setAttribute("aria-pressed", button.dataset.setting === key);
      }
      const found = data.settings[key];
      byId("explore-verdict").replaceChildren(...paragraphs(told(found.verdict)));
      showClauses(found.statuses);
      showWitness(found);
      showPlot("explore-tbr", "paths", found.paths, found.tbr);
      showPlot("explore-equilibria", "laws", found.laws, found.equilibria);
    }

    form.addEventListener("input", show);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("click", (event) => {
      const setting = event.target.dataset.setting;
      if (!setting) return;
      const [susceptibility, ...numbers] = setting.split(" ");
      select.value = susceptibility;
      SLIDERS.forEach((name, i) => {
        byId(`knob-${name}`).value = data[name].indexOf(numbers[i]);
      });
      show();
    });
    form.hidden = false;
    show();
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();

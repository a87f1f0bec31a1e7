"""Infection Spread on a grid of settings: what the page "Turn the knobs" shows.

`explore` runs `check`, T-BR from both ends and `equilibria` for every setting of the grid and puts
the results into words and short numbers, `panel` turns these into HTML. The script of the page
(book/extra/_static/explore.js) only chooses among them; it computes nothing.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from itertools import product
from typing import Any

import sympy
from IPython.display import HTML
from zoom import loader, numbers, script_json, series_numbers, still

from mfgcheck import Equilibria, Equilibrium, Game, Report, Run, Status, check, equilibria, gallery
from mfgcheck.equilibrium.tbr.dynamics import Outcome, t_br
from mfgcheck.equilibrium.tbr.model import Model
from mfgcheck.equilibrium.tbr.sandwich import Sandwich, sandwich
from mfgcheck.equilibrium.words.enclosed import strategy_text
from mfgcheck.report import Curves, Series
from mfgcheck.verify.clauses import BY_ID

SUSCEPTIBILITIES = {
    "exp": "exponential",
    "rational": "rational",
    "logistic": "logistic",
    "linear": "linear",
}
C_F = ("0", "1/10", "1/4", "1/2", "1")
DELTA3 = ("1/100", "3/100", "1/20", "9/100")
ACCURACY, MOST_STEPS = 1e-8, 10_000  # what `solve` takes if nothing is said
ACCURACY_TEXT = "10⁻⁸"
PATH_DIGITS, MASS_DIGITS = 3, 5  # places after the point, of what is drawn

ASSUMPTIONS = {
    "assumption.bounded_reward": "rewards lie between −1 and 1",
    "assumption.tremble": "the tremble is at most (|A| − 1) / |A|",
    "assumption.chain": "the states form a chain",
    "assumption.continuous": "reward and kernel are continuous in the mean field",
}


@dataclass(frozen=True, order=True)
class Setting:
    """One position of the three knobs; numbers are texts such as "1/10"."""

    susceptibility: str
    c_f: str
    delta3: str

    @property
    def game(self) -> Game:
        """Infection Spread with these parameters, all others as in the gallery."""
        return gallery.make(
            "infection-spread",
            susceptibility=self.susceptibility,
            c_f=sympy.Rational(self.c_f),
            delta3=sympy.Rational(self.delta3),
        )


DEFAULT = Setting("exp", "1/10", "1/100")
PRESETS = {
    "The gallery's setting": DEFAULT,
    "Nobody is ever infected": Setting("exp", "0", "1/100"),
    "No equilibrium": Setting("logistic", "1", "1/100"),
}


@dataclass(frozen=True)
class Found:
    """What was found out at one setting: results of the toolkit, nothing else.

    Attributes:
        setting: where the knobs stand.
        report: what `check` says.
        runs: T-BR from the least and from the greatest law, as `solve` runs it.
        sandwich: what the two say together.
        equilibria: all T-MFE.
    """

    setting: Setting
    report: Report
    runs: tuple[Run, Run]
    sandwich: Sandwich
    equilibria: Equilibria


def find(setting: Setting) -> Found:
    """Return what the toolkit finds at one setting.

    `solve` would also repeat its runs in rational arithmetic, which takes seconds where p is a
    fraction. The page does not need that: `equilibria` proves what there is.
    """
    game = setting.game
    model = Model.of(game)
    lower, upper = (
        t_br(model, end, accuracy=ACCURACY, max_steps=MOST_STEPS) for end in ("least", "greatest")
    )
    both = sandwich(lower, upper, ACCURACY, MOST_STEPS, model)
    return Found(setting, check(game), (lower, upper), both, equilibria(game))


def describe(setting: Setting) -> dict[str, Any]:
    """Return what the page shows at one setting: texts, statuses, and numbers to draw."""
    found = find(setting)
    clauses = [*found.report.clauses.values(), *found.report.assumptions.values()]
    paths, laws = paths_figure(found), laws_figure(found)
    return {
        "statuses": "".join(verdict.status[0] for verdict in clauses),
        "verdict": summary(found),
        "witness": [[i, one] for i, one in enumerate(map(_story, clauses)) if one],
        "tbr": tbr_text(found),
        "equilibria": equilibria_text(found.equilibria),
        "paths": _drawn(paths),
        "laws": _drawn(laws),
    }


def _drawn(figure: Curves) -> dict[str, Any]:
    """Return what of a figure depends on the setting; all x are 0, 1, 2, .. and left out."""
    series = [{"name": one.name, "y": series_numbers(one)["y"]} for one in figure.series]
    return {"text": figure.text, "series": series}


def grid() -> list[Setting]:
    """Return all settings; delta3 changes fastest, susceptibility slowest."""
    return [Setting(*one) for one in product(SUSCEPTIBILITIES, C_F, DELTA3)]


def explore(settings: Sequence[Setting] | None = None) -> dict[str, Any]:
    """Return what the page shows at each setting, all of the grid by default, ready for JSON.

    Settings are worked on beside one another, by as many processes as there are processors.
    Each text is kept once, under `texts`; where it belongs there is its number.
    """
    chosen = grid() if settings is None else list(settings)
    workers = min(len(chosen), os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        described = list(pool.map(describe, chosen, chunksize=2))
    texts: dict[str, int] = {}
    return {
        "susceptibility": list(SUSCEPTIBILITIES),
        "c_f": list(C_F),
        "delta3": list(DELTA3),
        "clauses": list(BY_ID) + list(ASSUMPTIONS),
        "statements": [c.statement for c in BY_ID.values()] + list(ASSUMPTIONS.values()),
        "settings": {
            key(setting): _share(one, texts) for setting, one in zip(chosen, described, strict=True)
        },
        "texts": list(texts),
    }


def key(setting: Setting) -> str:
    """Return the name of a setting in the data.

    >>> key(DEFAULT)
    'exp 1/10 1/100'
    """
    return f"{setting.susceptibility} {setting.c_f} {setting.delta3}"


def _share(value: Any, texts: dict[str, int], name: str = "") -> Any:
    """Return a value with its sentences replaced by their numbers in `texts`."""
    if isinstance(value, dict):
        return {name: _share(one, texts, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_share(one, texts, name) for one in value]
    if isinstance(value, str) and name != "statuses":
        return texts.setdefault(value, len(texts))
    return value


# ---- in words


def summary(found: Found) -> list[str]:
    """Return the three answers in short: what is read aloud when a knob is turned."""
    endings = {run.outcome for run in found.runs}
    tbr = {
        frozenset({Outcome.CONVERGED}): "T-BR converges from both ends.",
        frozenset({Outcome.CYCLE}): "T-BR ends in a cycle from both ends.",
    }.get(frozenset(endings), "T-BR does not converge from both ends.")
    means = [decimal(*one.aggregates["mean"]) for one in found.equilibria.equilibria]
    where = f", mean health {' and '.join(means)}" if means else ""
    count = _capital(found.equilibria.sentence)
    return [verdict_text(found.report), tbr, f"{count}{where}."]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def verdict_text(report: Report) -> str:
    """Return the verdict on Definition 1 in a sentence or two."""
    verdicts = report.clauses.values()
    parts = []
    for status, words in ((Status.REFUTED, "refuted"), (Status.UNDECIDED, "undecided")):
        names = [verdict.clause for verdict in verdicts if verdict.status == status]
        if names:
            parts.append(f"{words}: {' and '.join(names)}")
    proved = sum(verdict.status == Status.PROVED for verdict in verdicts)
    return f"MFG-SC {report.status}. Proved: {proved} of {len(verdicts)} clauses; " + (
        "; ".join(parts) + "." if parts else "all of them."
    )


def _story(verdict: Any) -> list[str]:
    """Return why a clause or an assumption is not proved, in paragraphs."""
    if verdict.status == Status.PROVED:
        return []
    if verdict.witness is None:
        return [f"{verdict.reason or verdict.method}."]
    beyond = verdict.witness.unclipped
    more = [] if beyond is None else [f"Nor is it an effect of clipping. {beyond.text}"]
    return [verdict.witness.text, *more]


def tbr_text(found: Found) -> list[str]:
    """Return what T-BR did from both ends, in paragraphs."""
    ends = ("From the least mean field, everyone at 0", "From the greatest, everyone at 24")
    texts = [f"{end}: {_ending(run)}." for end, run in zip(ends, found.runs, strict=True)]
    both = found.sandwich
    if both.k0 is not None:
        texts.append(
            f"From step {both.k0} on, any two mean fields between the two paths are within "
            f"{ACCURACY_TEXT} of each other."
        )
    elif not both.ordered:
        seen = both.reason.removeprefix("observed: ")
        texts.append(f"The two paths are no bracket of the equilibria: {seen}.")
    else:
        texts.append("The two paths do not close in on each other.")
    return texts


def _ending(run: Run) -> str:
    if run.outcome is Outcome.CONVERGED:
        return f"converged after {run.steps} steps, to mean health {run.heights[-1]:.4f}"
    if run.cycle_aggregates is not None:
        means = ", ".join(f"{mean:.4f}" for mean in sorted(run.cycle_aggregates["mean"]))
        return f"a cycle of {run.period} mean fields, with mean health {means}"
    return f"not settled after {run.steps} steps"


def equilibria_text(found: Equilibria) -> list[str]:
    """Return how many T-MFE there are, and what is proved of each, in paragraphs."""
    texts = [f"{_capital(found.sentence)}."]
    for one in found.equilibria:
        texts.append(f"Mean health {decimal(*one.aggregates['mean'])}. {_nature(one)}")
        texts.append(f"Precautions taken: {strategy_text(found.game, one.strategy)}.")
    if found.count == 0:
        texts.append(
            "The bars are the mean fields between which T-BR was observed to go back and forth."
        )
    return texts


def _nature(one: Equilibrium) -> str:
    robust = "Robust: a small change of the game only moves it." if one.robust else "Not robust."
    stable = {
        True: "Stable: T-BR comes back to it from nearby.",
        False: "Not stable: T-BR leads away from it.",
        None: "Whether it is stable was not decided.",
    }
    return f"{robust} {stable[one.stable]}"


def decimal(low: Fraction, high: Fraction) -> str:
    """Return a number that lies between two bounds, with the places that they settle, at most 4.

    >>> decimal(Fraction("20.20612"), Fraction("20.20613")), decimal(Fraction(1), Fraction("1.01"))
    ('20.2061', '1.0')
    """
    for places in (4, 3, 2, 1):
        if round(low, places) == round(high, places):
            return f"{float(round(low, places)):.{places}f}"
    return f"between {float(low):.4g} and {float(high):.4g}"


# ---- as figures


def paths_figure(found: Found) -> Curves:
    """Return the mean state at each step of T-BR, from both ends."""
    series = [
        Series(
            f"from the {run.start} mean field",
            range(run.steps + 1),
            [round(height, PATH_DIGITS) for height in run.heights.tolist()],
        )
        for run in found.runs
    ]
    return Curves("T-BR from both ends", "step", "mean health", series)


def laws_figure(found: Found) -> Curves:
    """Return the mean field of each T-MFE, or those of T-BR's cycle if there is none."""
    laws: list[tuple[str, list[float]]] = []
    for number, one in enumerate(found.equilibria.equilibria, 1):
        name = "T-MFE" if len(found.equilibria.equilibria) == 1 else f"T-MFE {number}"
        laws.append((name, [float((low + high) / 2) for low, high in one.mean_field]))
    cycle = found.runs[0].cycle
    if not laws and cycle is not None:
        laws = [(f"T-BR's cycle, {i} of {len(cycle)}", z.tolist()) for i, z in enumerate(cycle, 1)]
    series = [
        Series(name, range(len(law)), [round(mass, MASS_DIGITS) for mass in law], "bars")
        for name, law in laws
    ]
    title = "The equilibria" if found.equilibria.equilibria else "No equilibrium"
    return Curves(title, "health", "share of the population", series, from_zero=True)


# ---- as HTML


def panel(data: dict[str, Any], default: Setting = DEFAULT) -> HTML:
    """Return the knobs and what they change, showing the default setting until one is turned.

    Without JavaScript the knobs stay hidden, and the default setting is all there is to see.
    """
    found = find(default)
    figures = {"paths": paths_figure(found), "laws": laws_figure(found)}
    # The axes stay where they are, so that settings can be compared.
    mass = max(max(s["y"]) for one in data["settings"].values() for s in one["laws"]["series"])
    ranges = {"paths": [-0.5, 24.5], "laws": [0, 1.05 * mass]}
    # Each has a heading on the page, and needs no title.
    frames = {
        name: numbers(one) | {"title": "", "y_range": ranges[name]} for name, one in figures.items()
    }
    clauses = [*found.report.clauses.values(), *found.report.assumptions.values()]
    names = dict(zip(data["clauses"], data["statements"], strict=True))
    stories = "".join(
        f"<h4>{escape(verdict.clause)}</h4><p><em>It is not true that "
        f"{escape(names[verdict.clause])}.</em></p>{_paragraphs(_story(verdict))}"
        for verdict in clauses
        if verdict.status != Status.PROVED
    )
    shown = script_json(data | {"frames": frames})
    return HTML(
        f"""<link rel="stylesheet" href="../_static/explore.css">
<div id="explore">
{_knobs(data, default)}
<noscript><p>The knobs need JavaScript. Without it, this is the gallery's setting.</p></noscript>
<h3>Definition 1, decided</h3>
<div id="explore-verdict" role="status" aria-live="polite">{_paragraphs(summary(found))}</div>
{_table(clauses)}
<h3>T-BR from both ends, observed</h3>
{_part("explore-tbr", figures["paths"], tbr_text(found))}
<h3>The equilibria, proved</h3>
{_part("explore-equilibria", figures["laws"], equilibria_text(found.equilibria))}
<h3>Why Definition 1 fails</h3>
<div id="explore-witness">{stories}</div>
<script type="application/json" id="explore-data">{shown}</script>
</div>
<script>{loader("explore.js")}</script>"""
    )


def _part(name: str, figure: Curves, texts: Sequence[str]) -> str:
    return (
        f'<div id="{name}"><figure class="zoom">{still(figure)}</figure>'
        f'<div class="explore-text">{_paragraphs(texts)}</div></div>'
    )


def _knobs(data: dict[str, Any], default: Setting) -> str:
    options = "".join(
        f'<option value="{name}"{" selected" * (name == default.susceptibility)}>'
        f"{escape(words)}</option>"
        for name, words in SUSCEPTIBILITIES.items()
    )
    presets = "".join(
        f'<button type="button" data-setting="{escape(key(setting))}">{escape(name)}</button>'
        for name, setting in PRESETS.items()
    )
    return f"""<form id="explore-knobs" hidden>
{_slider("c_f", "Infection", "c_f", data["c_f"], default.c_f)}
{_slider("delta3", "Price", "delta3", data["delta3"], default.delta3)}
<div class="explore-knob"><label for="knob-susceptibility">Susceptibility <code>p</code></label>
<select id="knob-susceptibility">{options}</select></div>
<div class="explore-presets">{presets}</div>
</form>"""


def _slider(name: str, words: str, symbol: str, values: Sequence[str], default: str) -> str:
    at = values.index(default)
    ticks = "".join(f"<span>{value}</span>" for value in values)
    return (
        f'<div class="explore-knob"><label for="knob-{name}">{words} <code>{symbol}</code></label> '
        f'<output for="knob-{name}">{default}</output>'
        f'<input type="range" id="knob-{name}" min="0" max="{len(values) - 1}" step="1" '
        f'value="{at}" aria-valuetext="{default}">'
        f'<div class="explore-ticks" aria-hidden="true">{ticks}</div></div>'
    )


def _table(verdicts: Sequence[Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(verdict.clause)}</code></td>"
        f'<td><span class="ruling" data-ruling="{verdict.status}">{verdict.status}</span></td></tr>'
        for verdict in verdicts
    )
    head = '<tr><th scope="col">clause or assumption</th><th scope="col">verdict</th></tr>'
    return (
        "<details><summary>Each clause, and what the theorems assume besides</summary>"
        f'<table id="explore-clauses"><thead>{head}</thead><tbody>{rows}</tbody></table></details>'
    )


def _paragraphs(texts: Sequence[str]) -> str:
    return "".join(f"<p>{escape(text)}</p>" for text in texts)

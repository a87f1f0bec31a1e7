"""Catalogues: clauses and assumptions, games, notation, results."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from mfgcheck import gallery
from mfgcheck.game.inequalities import Claim
from mfgcheck.verify.assumptions import ASSUMPTIONS
from mfgcheck.verify.clauses import CLAUSES, Clause, Shape
from written.api import names, resolve
from written.docstrings import plain
from written.symbols import NOTATION

BOOK = Path(__file__).resolve().parents[2]

# --- clauses ----------------------------------------------------------------------------------

# What each kind of clause demands of h(s, a, z), which is r(s, a, z), or P(U | s, a, z) for an
# upper set U; for which corners; and the lemmas that say that this is enough.
DEMANDS = {
    (Shape.PAIR_S, Claim.NONNEGATIVE): (
        r"h(s', a, z) - h(s, a, z) \ge 0",
        r"states $s \lessdot s'$, each action $a$, each mean field $z$",
        ("lem-increments",),
    ),
    (Shape.PAIR_A, Claim.NONNEGATIVE): (
        r"h(s, a', z) - h(s, a, z) \ge 0",
        r"actions $a \lessdot a'$, each state $s$, each mean field $z$",
        ("lem-increments",),
    ),
    (Shape.SQUARE, Claim.NONNEGATIVE): (
        r"h(x \vee y, z) - h(x, z) - h(y, z) + h(x \wedge y, z) \ge 0",
        r"$x, y$ that span a local square of $S \times A$, each mean field $z$",
        ("lem-local-squares",),
    ),
    (Shape.PAIR, Claim.NONDECREASING): (
        r"\bigl(h(x', z') - h(x, z')\bigr) - \bigl(h(x', z) - h(x, z)\bigr) \ge 0",
        r"$x \lessdot x'$ in $S \times A$, all mean fields $z \preceq z'$",
        ("lem-increments", "lem-directions", "lem-kinks", "lem-jumps"),
    ),
    (Shape.ROW, Claim.NONDECREASING): (
        r"h(x, z') - h(x, z) \ge 0",
        r"each $x \in S \times A$, all mean fields $z \preceq z'$",
        ("lem-directions", "lem-kinks", "lem-jumps"),
    ),
}
BEST = (
    r"\max_b r(s', b, z) - \max_a r(s, a, z) \ge 0",
    r"states $s \lessdot s'$, each mean field $z$",
    ("lem-max-reward",),
)


def clauses() -> str:
    """Describe each clause: what it says, the inequality, the lemmas, games that break it."""
    return "\n\n".join(_clause(clause) for clause in CLAUSES)


def _clause(clause: Clause) -> str:
    inequality, corners, lemmas = (
        BEST if clause.id == "reward.max_monotone_s" else DEMANDS[clause.shape, clause.claim]
    )
    if clause.of_kernel:
        inequality = re.sub(r"h\(([^()]*), (z'?)\)", r"P(U \\mid \1, \2)", inequality)
        corners += r"; each upper set $U \ne \emptyset, S$"
        lemmas = ("lem-upper-sets", *lemmas)
    links = ", ".join(f"{{prf:ref}}`{label}`" for label in lemmas)
    broken = [name for name in gallery.names() if gallery.expected(name)[clause.id] == "REFUTED"]
    return "\n\n".join(
        [
            f"(clause-{clause.id})=",
            f"### {plain(clause.id)}",
            f"*{plain(clause.statement)}* ({clause.source}).",
            f"$$\n{inequality.replace('h(', 'r(')}\n$$",
            f"For {corners}. By {links}.",
            f"Games of the gallery that break it: {_games(broken)}.",
        ]
    )


def _games(names: list[str]) -> str:
    return ", ".join(f"[{name}](#game-{name})" for name in names) or "none"


def assumptions() -> str:
    """Describe each assumption."""
    parts = []
    for name, text in ASSUMPTIONS.items():
        broken = [game for game in gallery.names() if gallery.expected(game)[name] == "REFUTED"]
        parts += [f"(clause-{name})=", f"### {plain(name)}", f"{plain(text.replace('<=', '≤'))}."]
        parts.append(f"Games of the gallery that break it: {_games(broken)}.")
    return "\n\n".join(parts)


# --- games ------------------------------------------------------------------------------------


def games() -> str:
    """Describe each game of the gallery; the page's cells glue in what is found out about it."""
    return "\n\n".join(_game(name) for name in gallery.names())


def _game(name: str) -> str:
    maker, game = gallery.maker(name), gallery.make(name)
    doc = inspect.getdoc(maker) or ""
    story = [part for part in doc.split("\n\n") if not part.startswith(("Source:", ">>>"))]
    parameters = [
        f"`{p.name}` = {plain(str(p.default))}"
        for p in inspect.signature(maker).parameters.values()
    ]
    source = inspect.getsource(import_module(maker.__module__))
    return "\n\n".join(
        [
            f"(game-{name})=",
            f"### {name}",
            *(plain(part) for part in story),
            f"*Source:* {plain(game.source or 'none')}.",
            f"*Size:* {game.states.size} states, {game.actions.size} actions. *Discount* "
            f"{game.discount}, *tremble* {game.tremble}. *Parameters:* "
            f"{', '.join(parameters) or 'none'}.",
            f"```{{glue}} game-{name}\n```",
            f"`````{{dropdown}} Source: mfgcheck/gallery/{Path(inspect.getfile(maker)).name}\n"
            f"```{{code-block}} python\n{source}\n```\n`````",
        ]
    )


# --- notation ---------------------------------------------------------------------------------


def notation(group: str) -> str:
    """Return a table of the paper's symbols, with our names; what is described has links."""
    described = set(names())
    lines = ["| paper | meaning | here |", "| --- | --- | --- |"]
    for symbol, meaning, ours, place in NOTATION[group]:
        here = ", ".join(_name(name, described) for name in ours)
        lines.append(f"| ${symbol}$ | {meaning} ({place}) | {here} |")
    return "\n".join(lines)


def _name(name: str, described: set[str]) -> str:
    resolve(name)  # a name that is gone stops the build
    home = name if name in described else name.rpartition(".")[0]
    shown = name.removeprefix("mfgcheck.")
    if home not in described:
        return f"`{shown}`"
    parts = shown.split(".")
    return f"{{py:obj}}`{'.'.join(parts[-1 - (home != name) :])} <{home}>`"


# --- results ----------------------------------------------------------------------------------

KINDS = "theorem|lemma|proposition|corollary|definition|axiom|algorithm|example|conjecture"
_BOX = re.compile(rf"^[`:]{{3,}}\{{prf:({KINDS})\}} *(.*)\n((?: *:.*\n)*)", re.M)


@dataclass(frozen=True)
class Box:
    """A numbered box on a page; without a label it is "", and nothing can refer to it."""

    page: str
    kind: str
    title: str
    label: str


def pages() -> list[str]:
    """Return the pages of the book in its order."""
    return re.findall(r"(?:file|root): *(\S+)", (BOOK / "_toc.yml").read_text(encoding="utf-8"))


def boxes(page: str) -> Iterator[Box]:
    """Yield the boxes on a page."""
    text = (BOOK / f"{page}.md").read_text(encoding="utf-8")
    for kind, title, options in _BOX.findall(text):
        label = re.search(r":label: *(\S+)", options)
        yield Box(page, kind, title.strip(), label[1] if label else "")


def results() -> str:
    """Return the list of all boxes, by page."""
    parts = []
    for page in pages():
        found = [f"* {_box(box)}" for box in boxes(page)]
        if found:
            parts += [f"**{{doc}}`/{page}`**", "\n".join(found)]
    return "\n\n".join(parts)


def _box(box: Box) -> str:
    named = f"{{prf:ref}}`{box.label}`" if box.label else box.kind.capitalize()
    return f"{named}: {box.title}" if box.title else named

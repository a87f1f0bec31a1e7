"""A budget in words: what is said first, which number is named, and that it reads well."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from sympy import Rational as R

from mfgcheck import Budget, Game, budget
from mfgcheck.budgets import budget as module
from mfgcheck.budgets.bounds.statement import Corrected
from mfgcheck.budgets.gap.budgets import GapBudget, Scheme
from mfgcheck.budgets.inverse import Bought
from mfgcheck.budgets.words import _duration
from mfgcheck.gallery import make
from mfgcheck.report import Heading, Note, Paragraph, Table
from tests.unit.budgets.constants.brute import game_of, still

F = Fraction
NAMES = {Scheme.TMFQ: "TMFQ", Scheme.O_TMFQ: "O-TMFQ", Scheme.GMBL: "GMBL"}
ROWS = {"4": "Theorem 4", "Corollary 1": "Corollary 1", "5": "Theorem 5", "6": "Theorem 6"}


def swap() -> Game:
    return game_of(lambda s, a, z: a, lambda s, a, z: {0: z[1], 1: z[0]}, actions=2)


def stays() -> Game:
    return still(lambda s, a, z: s, actions=2)


@cache
def found_for(name: str) -> Budget:
    own = {"swap": swap, "stays": stays}
    return budget(own[name]() if name in own else make(name), samples=10**5)


EVERY = (
    "coordination", "audit-b", "audit-c", "audit-e", "audit-f", "audit-g", "fair-coin", "swap",
    "stays",
)  # fmt: skip


def text(block: object) -> str:
    if isinstance(block, Table):
        return "\n".join(" | ".join(row) for row in [block.columns, *block.rows])
    return str(getattr(block, "text", block))


def paragraphs(found: Budget) -> list[str]:
    return [b.text for b in found.blocks() if isinstance(b, Paragraph)]


def table(found: Budget, column: str) -> Table:
    (one,) = (b for b in found.blocks() if isinstance(b, Table) and column in b.columns)
    return one


def read(number: str) -> Fraction:
    return F(number.replace(",", ""))


# ---- which number to use


@pytest.mark.parametrize("name", EVERY)
def test_the_number_to_use_is_the_fewest_calls(name: str) -> None:
    found = found_for(name)
    (advice,) = (p for p in paragraphs(found) if "number to use" in p or "gap-based number" in p)
    made = [one for one in found.gap_based.values() if isinstance(one, GapBudget)]
    if not made:
        assert advice.startswith("There is no number to use")
        assert all(str(reason) in advice for reason in found.gap_based.values())
        return
    least = min(one.calls for one in made)
    named = re.match(
        r"Use the gap-based number: ([0-9,]+) calls with (\S+), over (\d+) steps?\.", advice
    )
    assert named is not None
    assert read(named[1]) == least
    (best,) = {NAMES[one.scheme] for one in made if one.calls == least} & {named[2]}
    assert best == named[2]
    assert int(named[3]) in {len(one.steps) for one in made if one.calls == least}


def test_theorems_that_apply_are_no_number_all_the_same() -> None:
    (advice,) = (p for p in paragraphs(found_for("audit-g")) if "gap-based number" in p)
    assert "The printed Theorem 6 applies, but is no number" in advice
    (advice,) = (p for p in paragraphs(found_for("fair-coin")) if "gap-based number" in p)
    applying = [
        ROWS[name] for name, bound in found_for("fair-coin").printed.items() if bound.applies
    ]
    assert len(applying) > 1
    assert f"The printed {' and '.join(applying)} apply, but are no number" in advice
    (advice,) = (p for p in paragraphs(found_for("coordination")) if "gap-based number" in p)
    assert "The printed and the corrected bounds promise nothing here" in advice


def test_where_nothing_is_found_what_remains_is_said() -> None:
    found = budget(make("audit-e"), theorems=("6",))
    assert found.best is None
    (advice,) = (p for p in paragraphs(found) if "number to use" in p)
    assert "no number of samples tells which way to go. Soft strategies, below" in advice
    (advice,) = (p for p in paragraphs(found_for("stays")) if "number to use" in p)
    assert "two actions tie" not in advice  # it is not what is the matter here
    assert "Soft" not in advice  # there is no such budget either


# ---- what comes first


@pytest.mark.parametrize("name", EVERY)
def test_a_theorem_that_does_not_apply_is_named_before_any_number(name: str) -> None:
    found = found_for(name)
    blocks = found.blocks()
    failing = {ROWS[key] for key, bound in found.printed.items() if not bound.applies}
    start = next(
        i for i, b in enumerate(blocks) if isinstance(b, Heading) and b.text == "The bounds"
    )
    bounds = blocks.index(table(found, "as printed"))
    assert start < bounds
    if not failing:
        assert bounds == start + 1
        return
    where = blocks.index(table(found, "hypothesis that fails"))
    assert start < where < bounds
    reasons = text(blocks[where])
    for key, bound in found.printed.items():
        assert (ROWS[key] in reasons) == (not bound.applies)
        assert all(why in reasons for why in bound.why_not)
    # No amount of a printed or corrected bound stands before that.
    before = " ".join(map(text, blocks[:where]))
    for amount in (bound.amount for bound in found.printed.values()):
        assert amount is None or amount.text not in before
    assert not re.search(r"c_T[456]", before)


def test_the_question_is_put_first() -> None:
    (question, *_) = (p for p in paragraphs(found_for("coordination")) if p.startswith("Wanted"))
    assert "within 0.2 (twice the accuracy 0.1, as in the paper)" in question
    assert "with probability at least 0.95" in question
    assert question.endswith("T-BR itself comes within the accuracy in k0 = 2 steps.")
    blocks = found_for("coordination").blocks()
    assert isinstance(blocks[0], Heading)
    assert text(blocks[2]) == question


def test_odd_numbers_in_the_question() -> None:
    said = paragraphs(budget(make("fair-coin"), "1/3", "1/7", theorems=("6",)))[1]
    assert "within 2/3 (twice the accuracy 1/3" in said
    assert "at least 6/7" in said


def test_no_target() -> None:
    question = paragraphs(found_for("swap"))[1]
    assert "does not come within 1/5" in question
    assert question.endswith("so there is nothing that these bounds could promise.")


def test_a_jump_on_the_path_is_no_proof_of_k0(monkeypatch: pytest.MonkeyPatch) -> None:
    # T-BR climbs to the jump of audit game D for ever; only its floats get over it.
    monkeypatch.setattr(module, "gap_budget", lambda *_: "left out")
    found = budget(make("audit-d"))
    question = paragraphs(found)[1]
    assert "T-BR itself" not in question
    assert "Followed in floating point, T-BR comes within the accuracy in k0" in question
    assert "This is not proved: at step" in question
    row = next(row for row in table(found, "value").rows if row[0] == "Delta")
    assert row[1] == "0 or not certain"
    assert "the game jumps" in row[3]


def test_near_but_not_near_enough() -> None:
    found = replace(found_for("coordination"), steps=None, printed={}, corrected={})
    question = paragraphs(found)[1]
    assert question.endswith("comes within twice the accuracy, but not within the accuracy.")
    assert str(found)


# ---- numbers and texts


@pytest.mark.parametrize("name", EVERY)
def test_no_text_is_a_slip_of_the_program(name: str) -> None:
    for block in found_for(name).blocks():
        said = text(block)
        assert not re.search(r"\bnan\b|\bNone\b|Fraction\(|<Scheme|\bFalse\b|\bTrue\b", said)
        # ||.||_inf and "inf over s" are mathematics; a bare one would be a number.
        assert not re.search(r"(?<![_\w])inf(?! over)(?!\w)", said)
        assert not re.search(r"\(\)|\b1 steps\b|\w  \w|\.\.$", said)


@pytest.mark.parametrize("name", EVERY)
def test_the_bounds_table_tells_what_was_found(name: str) -> None:
    found = found_for(name)
    rows = {row[0]: row for row in table(found, "as printed").rows}
    assert list(rows) == [r for key, r in ROWS.items() if key != "Corollary 1" or found.printed]
    schemes = {"4": Scheme.TMFQ, "5": Scheme.O_TMFQ, "6": Scheme.GMBL}
    for key, scheme in schemes.items():
        cell, one = rows[ROWS[key]][4], found.gap_based[scheme]
        if isinstance(one, str):
            assert cell == "none found"
        else:
            assert cell == f"{one.calls:,} (10^{math.log10(one.calls):.1f})"
    for key, bound in found.printed.items():
        cell = rows[ROWS[key]][2]
        if bound.amount is None:
            assert cell == "no number"
            continue
        # All k0 steps, and for Theorem 6 all pairs: its n0 counts one of each.
        pairs = found.game.states.size * found.game.actions.size if key == "6" else 1
        size = bound.amount.log10 + math.log10(max(1, found.steps or 0) * pairs)
        assert cell.startswith(f"{bound.symbol} × ")
        assert cell.endswith(f"(10^{size:.1f})")
        limit = bound.reading.value == "in the limit 0"
        assert (" or more" in cell) == limit
    for key, mended in found.corrected.items():
        cell = rows[ROWS[key]][3]
        assert (cell == "no number") == isinstance(mended, str)
        if isinstance(mended, Corrected) and mended.total is not None:
            assert cell.startswith(mended.total.text)


def test_assumed_constants_give_whole_numbers() -> None:
    ones = {"c_T4": 1, "c_T5": 1, "c_T6": 2}
    found = budget(make("coordination"), assume={"C3": 1} | ones)
    rows = {row[0]: row for row in table(found, "as printed").rows}
    assert not any("c_T" in row[2] + row[3] for row in rows.values())
    assert "or more" not in rows["Theorem 6"][2]
    assert found.printed["6"].amount is not None
    assert found.steps is not None
    size = found.printed["6"].amount.log10 + math.log10(2 * 4 * found.steps)
    assert rows["Theorem 6"][2].endswith(f"(10^{size:.1f})")


def test_every_missing_number_has_its_reason_below() -> None:
    for name in EVERY:
        found = found_for(name)
        notes = " ".join(b.text for b in found.blocks() if isinstance(b, Note))
        for bound in found.printed.values():
            assert bound.gap in notes
        for one in [*found.gap_based.values(), *found.corrected.values()]:
            assert not isinstance(one, str) or one in notes


def test_what_the_budgets_consist_of() -> None:
    found = found_for("coordination")
    for row in table(found, "smallest gap to tell").rows:
        (one,) = (
            one
            for scheme, one in found.gap_based.items()
            if NAMES[scheme] == row[0] and isinstance(one, GapBudget)
        )
        assert int(row[1]) == len(one.steps)
        assert row[2] == "no gap matters" or F(row[2]) <= (one.gap or 0)
        assert read(row[3]) == max(int(step.samples.max()) for step in one.steps)
        assert read(row[5]) == one.calls
        assert read(row[6]) == one.uniform_calls if row[6] else one.agents is not None


def test_what_samples_buy() -> None:
    found = found_for("coordination")
    assert found.bought is not None
    assert isinstance(found.bought.budget, GapBudget)
    (said,) = (p for p in paragraphs(found) if p.startswith("What 100,000 calls buy"))
    named = re.search(r"accuracy (\S+) with (\S+), that is .* <= (\S+) after", said)
    assert named is not None
    assert F(named[1]) >= found.bought.budget.accuracy  # not better than what is proved
    assert F(named[1]) <= found.bought.budget.accuracy * F(1001, 1000)
    assert named[2] == NAMES[found.bought.scheme]
    few = replace(found, bought=Bought(3, Scheme.GMBL, "3 calls are not enough"))
    assert "What 3 calls buy: no accuracy (3 calls are not enough)." in paragraphs(few)


def test_soft_numbers_are_those_of_the_budget() -> None:
    found = found_for("coordination")
    assert not isinstance(found.soft, str)
    (said,) = (p for p in paragraphs(found) if p.startswith("Another equilibrium"))
    assert f"of temperature {found.soft.temperature} " in said
    assert f"{found.soft.calls.text} calls over {found.soft.steps} steps" in said
    assert "That is not a T-MFE" in said


def test_run_time_at_a_measured_rate() -> None:
    found = found_for("coordination")
    assert found.best is not None
    (said,) = (
        p for p in paragraphs(replace(found, rate=found.best.calls / 300)) if "calls a second" in p
    )
    assert "about 5 minutes" in said
    assert "calls a second" not in " ".join(paragraphs(found))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (F(0), "less than a second"),
        (F(999, 1000), "less than a second"),
        (F(1), "about 1 second"),
        (F(3, 2), "about 1.5 seconds"),
        (F(119), "about 120 seconds"),
        (F(120), "about 2 minutes"),
        (F(7199), "about 120 minutes"),
        (F(7200), "about 2 hours"),
        (F(2 * 86400 - 1), "about 48 hours"),
        (F(2 * 86400), "about 2 days"),
        (F(700 * 86400), "about 700 days"),
        (F(1000) * 31_557_600, "about 1,000 years"),
        (F(10) ** 14, "about 3,200,000 years"),
        (F(10) ** 400 * 31_557_600, "about 1.000e400 years"),
    ],
)  # fmt: skip
def test_durations(seconds: Fraction, said: str) -> None:
    assert _duration(seconds) == said


def test_figures_tell_what_is_certified() -> None:
    for name in ("coordination", "audit-g"):
        found = found_for(name)
        figures: list[Any] = found.figures()
        assert len(figures) == 3
        for figure in figures:
            assert figure.title.startswith(f"{name}: budget of ")
            assert "log10" in figure.y_label
            certified = figure.series[0]
            assert certified.name == "gap-based, certified"
            known = [y for y in certified.y if not math.isnan(y)]
            assert known == sorted(known)  # finer, so dearer
            at_tenth = certified.y[[round(x, 6) for x in certified.x].index(0.1)]
            key = {"TMFQ": "4", "O-TMFQ": "5", "GMBL": "6"}[figure.title.split()[-3]]
            scheme = {"4": Scheme.TMFQ, "5": Scheme.O_TMFQ, "6": Scheme.GMBL}[key]
            one = found.gap_based[scheme]
            assert isinstance(one, GapBudget)
            assert at_tenth == pytest.approx(math.log10(one.calls))
            assert certified.y[-1] > at_tenth + 0.3  # a tenth of the accuracy is not for free
            assert ("do not apply" in figure.note) == (not found.printed[key].applies)
    assert found_for("swap").figures() == []


def test_reward_units_are_kept_in_texts() -> None:
    game = game_of(
        lambda s, a, z: (R(s, 2) - R(a, 16)) * R(10) ** 40,
        lambda s, a, z: {1: R(1, 4) + R(a, 2), 0: R(3, 4) - R(a, 2)},
        actions=2,
    )
    said = str(budget(game, theorems=("6",)))
    assert "e40" in said.replace("+", "") or "e39" in said.replace("+", "")
    assert not re.search(r"(?<![_\w])inf(?! over)(?!\w)", said)

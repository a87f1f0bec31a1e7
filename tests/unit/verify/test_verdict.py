"""Verdicts are three-valued, and never truth values."""

from __future__ import annotations

from itertools import product

import pytest

from mfgcheck.verify.verdict import Status, Verdict, conjunction

RANK = {Status.REFUTED: 0, Status.UNDECIDED: 1, Status.PROVED: 2}


@pytest.mark.parametrize("pair", list(product(Status, Status)))
def test_conjunction_is_the_minimum(pair: tuple[Status, Status]) -> None:
    assert conjunction(pair) == min(pair, key=RANK.__getitem__)


def test_the_conjunction_of_nothing_is_proved() -> None:
    assert conjunction([]) == Status.PROVED


@pytest.mark.parametrize("status", list(Status))
def test_no_truth_value(status: Status) -> None:
    with pytest.raises(TypeError):
        bool(status)
    with pytest.raises(TypeError):
        bool(Verdict("kernel.monotone_s", status, "by hand", 0.0))


def test_a_status_is_its_name() -> None:
    assert Status.PROVED == "PROVED"
    assert f"{Status.REFUTED}" == "REFUTED"


def test_to_dict() -> None:
    verdict = Verdict("reward.max_monotone_s", Status.PROVED, "implied", 0.12345678, implied_by="x")
    assert verdict.to_dict() == {
        "status": "PROVED",
        "method": "implied",
        "domain": "all mean fields",
        "witness": None,
        "reason": None,
        "implied_by": "x",
        "seconds": 0.123457,
    }

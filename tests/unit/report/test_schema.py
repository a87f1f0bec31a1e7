"""The published JSON Schema is one, and says no to what is not a report."""

from __future__ import annotations

import copy
from typing import Any

import jsonschema
import pytest

from mfgcheck.report import schema

WITNESS: dict[str, Any] = {
    "corners": [[0, 0], [1, 1]],
    "upper_set": list(range(1, 25)),
    "z": {"0": "1"},
    "z2": None,
    "value": {"exact": "-99/125", "lower": -0.792, "upper": -0.792},
    "text": "Raising the action from 0 to 1 adds ...",
    "unclipped": None,
}
REPORT: dict[str, Any] = {
    "schema": "mfgcheck.report/1",
    "game": {
        "name": "infection-spread",
        "digest": "sha256:00",
        "states": 25,
        "actions": 5,
        "discount": "3/4",
        "tremble": "3/10",
        "parameters": {"c_f": "1/10", "susceptibility": "exp", "n": 25, "shared": True},
        "notes": [],
    },
    "status": "REFUTED",
    "clauses": {
        "kernel.supermodular": {
            "status": "REFUTED",
            "method": "vertices",
            "domain": "all mean fields",
            "witness": {**WITNESS, "unclipped": WITNESS},
            "reason": None,
            "seconds": 0.003,
        },
        "reward.max_monotone_s": {
            "status": "PROVED",
            "method": "implied by reward.monotone_s",
            "domain": "all mean fields",
            "witness": None,
            "reason": None,
            "seconds": 0.0,
            "implied_by": "reward.monotone_s",
        },
    },
    "assumptions": {},
    "seconds": 0.1,
}


def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema())


def test_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def test_the_issued_example_is_valid() -> None:
    validator().validate(REPORT)


def changed(path: str, value: Any) -> dict[str, Any]:
    report = copy.deepcopy(REPORT)
    *parents, last = path.split("/")
    place = report
    for key in parents:
        place = place[key]
    place[last] = value
    return report


SUPERMODULAR = "clauses/kernel.supermodular"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("schema", "mfgcheck.report/2"),
        ("status", "HOLDS"),
        ("status", True),
        ("game/discount", 0.75),
        ("game/discount", "0.75"),
        ("game/states", 0),
        ("game/parameters/c_f", 0.1),
        ("clauses/kernel.monotone", REPORT["clauses"]["kernel.supermodular"]),
        ("assumptions/reward.monotone_s", REPORT["clauses"]["kernel.supermodular"]),
        (f"{SUPERMODULAR}/status", "UNDECIDED"),
        (f"{SUPERMODULAR}/seconds", -1),
        (f"{SUPERMODULAR}/confidence", 0.9),
        (f"{SUPERMODULAR}/witness/z", {"0": 1.0}),
        (f"{SUPERMODULAR}/witness/corners", [[0], [1]]),
        (f"{SUPERMODULAR}/witness/value/exact", -0.792),
        (f"{SUPERMODULAR}/witness/unclipped", {"corners": []}),
    ],
)
def test_what_is_not_a_report_is_refused(path: str, value: Any) -> None:
    assert not validator().is_valid(changed(path, value))

"""Mean fields from JSON files: what is read, and what is said about what cannot be."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from mfgcheck import chain, product
from mfgcheck.cli.start import read_mean_field
from mfgcheck.errors import BadInput

STATES = chain(["low", "1/2", "high"])
THIRD = Fraction(1, 3)


def read(tmp_path: Path, text: str) -> tuple[dict[object, Fraction], str]:
    file = tmp_path / "z.json"
    file.write_text(text)
    masses, remark = read_mean_field(str(file), STATES)
    return dict(masses), remark


@pytest.mark.parametrize(
    ("text", "masses"),
    [
        ('{"low": "1/3", "high": "2/3"}', {"low": THIRD, "high": 2 * THIRD}),
        ('{"low": 0.1, "1/2": 0.9}', {"low": Fraction(1, 10), "1/2": Fraction(9, 10)}),
        ('{"high": 1}', {"high": Fraction(1)}),
        ('[0, "1/4", 0.75]', {"low": 0, "1/2": Fraction(1, 4), "high": Fraction(3, 4)}),
        ('{"low": 1e-3, "high": "0.999"}', {"low": Fraction(1, 1000), "high": Fraction(999, 1000)}),
    ],
)
def test_masses_are_exact(tmp_path: Path, text: str, masses: dict[str, Fraction]) -> None:
    assert read(tmp_path, text) == (masses, "")


def test_rounded_masses_are_scaled_and_this_is_said(tmp_path: Path) -> None:
    masses, remark = read(tmp_path, '{"low": 0.333333, "high": 0.666666}')
    assert sum(masses.values()) == 1
    assert masses["low"] == THIRD
    assert "sum to 0.999999 and were scaled" in remark


def test_states_of_a_product_are_named_as_reports_do(tmp_path: Path) -> None:
    file = tmp_path / "z.json"
    file.write_text('{"(0, low)": "1/2", "(1, high)": "1/2"}')
    masses, _ = read_mean_field(str(file), product(2, ["low", "high"]))
    assert set(masses) == {(0, "low"), (1, "high")}


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "not JSON"),
        ("{'low': 1}", "line 1: not JSON"),
        ('{"low": 1,\n}', "line 2: not JSON"),
        ("3", "must hold a mean field"),
        ('"low"', "must hold a mean field"),
        ("null", "must hold a mean field"),
        ("{}", "sum to 0, not to 1"),
        ("[]", "lists 0 masses, but there are 3 states"),
        ("[1, 0, 0, 0]", "lists 4 masses"),
        ('{"hihg": 1}', "no state 'hihg'; did you mean high?"),
        ('{"q": 1}', "no state 'q'"),
        ('{"low": 1, "low": 0}', "'low' is given twice"),
        ('{"low": 0.5}', "sum to 0.5, not to 1"),
        ('{"low": 0.99999}', "sum to 0.99999, not to 1"),
        ('{"low": 1.5, "high": -0.5}', "the mass of state high is -0.5"),
        ('{"low": NaN}', "NaN is not a mass"),
        ('{"low": Infinity}', "Infinity is not a mass"),
        ('{"low": true}', "is true"),
        ('{"low": null}', "is null"),
        ('{"low": [0.5]}', "the mass of state low is ["),
        ('{"low": {"a": 1}}', "the mass of state low"),
        ('{"low": "much"}', "the mass of state low is 'much'"),
        ('{"low": "1/0"}', "the mass of state low"),
        ('{"low": 1e999999999}', "the mass of state low"),
        ('{"low": 1e900}', "sum to more than 1e300"),
        ('{"low": ' + "9" * 5000 + "}", "z.json"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_mean_field(tmp_path: Path, text: str, part: str) -> None:
    with pytest.raises(BadInput) as said:
        read(tmp_path, text)
    assert part in str(said.value)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("lest", "No such file or directory (it is one of both, least, greatest, or a JSON file)"),
        (".", "cannot be read"),
        ("nul\0", "cannot be read"),
        ("x" * 5000, "cannot be read"),
        ("binary", "not a text file"),
    ],
)
def test_what_is_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, part: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput) as said:
        read_mean_field(name, STATES)
    assert part in str(said.value)


def test_a_mark_of_the_byte_order_is_no_mistake(tmp_path: Path) -> None:
    file = tmp_path / "start.json"
    file.write_text('{"0": 1}', encoding="utf-8-sig")
    assert read_mean_field(str(file), chain([0, 1])) == ({0: 1}, "")


def test_a_file_without_end_is_not_read_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "start.json"
    file.write_bytes(bytes(1 << 25))
    with pytest.raises(BadInput, match="longer than 16 MB"):
        read_mean_field(str(file), chain([0, 1]))

"""A brute-force reading of Definition 1 that shares no code with the package it checks."""

from __future__ import annotations

from tests.oracle.definition import CLAUSES, Finding, PlainGame, examine
from tests.oracle.mean_fields import MeanField, between, distinct, grid, random_chain, vertices
from tests.oracle.posets import Poset, chain, product

__all__ = [
    "CLAUSES",
    "Finding",
    "MeanField",
    "PlainGame",
    "Poset",
    "between",
    "chain",
    "distinct",
    "examine",
    "grid",
    "product",
    "random_chain",
    "vertices",
]

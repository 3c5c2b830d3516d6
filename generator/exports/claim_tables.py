"""A report's claims as tables: every claim, every instrument, every expectation.

In: a ClaimsRecord. Out: RFC 4180 files with the intended use last in every row.
Never: a claim left out because it failed; a number rounded; an effect without its unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from generator.exports.csv import Cell, write_table
from generator.exports.names import compose_description
from generator.notice import NOTICE
from generator.records import Claim, ClaimsRecord, Interval

CLAIMS = ("id", "granularity", "subject", "span", "statement", "verdict", "verdict_words",
          "effect", "low", "high", "unit", "effect_sd", "low_sd", "high_sd", "second_sd", "twin_sd",
          "named_sd", "share", "unusual", "windows", "periods", "refits_found", "refits",
          "p", "reason")  # fmt: skip
INSTRUMENTS = ("sensor", "exchanged", "stuck", "drifted", "missing", "unit")
EXPECTATIONS = ("kind", "sensors", "outcome", "reason")
TOGETHER = " + "  # between the sensors of one cell


def write_claims(found: ClaimsRecord, path: Path, banner: str = "") -> Path:
    """Every claim, tested or not, in the record's order."""
    rows = (tuple(_list_cells(claim, found.explained.unit)) for claim in found.claims)
    return write_table(rows, CLAIMS, path, compose_description(NOTICE, banner))


def write_instruments(found: ClaimsRecord, path: Path, banner: str = "") -> Path:
    """How far the answer moves when an instrument misbehaves; empty where that was not asked."""
    rows = (
        (row.sensor, row.exchanged, row.stuck, row.drifted, row.missing, found.explained.unit)
        for row in found.instruments
    )
    return write_table(rows, INSTRUMENTS, path, compose_description(NOTICE, banner))


def write_expectations(found: ClaimsRecord, path: Path, banner: str = "") -> Path:
    """What was expected of the model before it ran, and what came of it."""
    rows = (
        (row.kind, TOGETHER.join(row.sensors), row.outcome, row.reason)
        for row in found.expectations
    )
    return write_table(rows, EXPECTATIONS, path, compose_description(NOTICE, banner))


def to_interval_cells(found: Interval | None) -> Sequence[Cell]:
    """Estimate and limits; empty where there are none."""
    return (found.estimate, found.low, found.high) if found else (None, None, None)


def _list_cells(claim: Claim, unit: str) -> Iterator[Cell]:
    yield from (claim.id, claim.granularity, TOGETHER.join(claim.subject), claim.span)
    yield from (claim.statement, claim.verdict.value, claim.verdict.words)
    yield from (*to_interval_cells(claim.effect), unit if claim.effect else "")
    yield from (*to_interval_cells(claim.effect_sd), claim.second_sd, claim.twin_sd, claim.named_sd)
    siblings = (claim.siblings.found, claim.siblings.of) if claim.siblings else (None, None)
    yield from (claim.share, claim.unusual, claim.windows, claim.periods, *siblings)
    yield from (claim.p, claim.reason)

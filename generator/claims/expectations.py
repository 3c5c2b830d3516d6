"""What a model was expected to rest on, written before it ran, against what its tests say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from generator.kinds import Verdict
from generator.records import Claim, ExpectationRow
from generator.words import join_names

Outcome = Literal["met", "broken", "cannot be told"]
_RESTS: dict[Verdict, Outcome] = {Verdict.SUPPORTED: "met", Verdict.NOT_SUPPORTED: "broken"}
_NOT: dict[Verdict, Outcome] = {Verdict.SUPPORTED: "broken", Verdict.NOT_SUPPORTED: "met"}


def judge_expectations(
    rests_on: Sequence[str], not_on: Sequence[str], claims: Sequence[Claim]
) -> tuple[ExpectationRow, ...]:
    """One row per group that an expected sensor lies in; a sensor is judged by its group."""
    groups = [claim for claim in claims if claim.granularity == "group"]
    asked: tuple[tuple[Literal["rests on", "does not rest on"], Sequence[str]], ...] = (
        ("rests on", rests_on),
        ("does not rest on", not_on),
    )
    return tuple(
        _judge_expectation(kind, claim, names)
        for kind, sensors in asked
        for claim in groups
        if (names := [name for name in sensors if name in claim.subject])
    )


def _judge_expectation(
    kind: Literal["rests on", "does not rest on"], claim: Claim, names: Sequence[str]
) -> ExpectationRow:
    outcomes = _RESTS if kind == "rests on" else _NOT
    others = [name for name in claim.subject if name not in names]
    outcome = outcomes.get(claim.verdict, "cannot be told")
    open_end = " So it is neither met nor broken." if outcome == "cannot be told" else ""
    together = f" Tested together with {join_names(others)}." if others else ""
    return ExpectationRow(
        kind=kind,
        sensors=tuple(names),
        outcome=outcome,
        reason=f"{claim.reason}{together}{open_end}",
    )

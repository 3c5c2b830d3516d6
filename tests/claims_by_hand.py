"""Claims, effects and records of them, made by hand for the tests. Never published."""

from __future__ import annotations

from collections.abc import Sequence

from generator.kinds import Granularity, Verdict
from generator.records import (
    Adequacy,
    Claim,
    ClaimsRecord,
    Donors,
    ExpectationRow,
    ExplainedNumber,
    InstrumentRow,
    Interval,
    Thresholds,
)

PERIODS = 11


def make_interval(estimate: float, reach: float = 0.05) -> Interval:
    """An effect and its interval."""
    return Interval(estimate=estimate, low=estimate - reach, high=estimate + reach)


def make_claim(
    subject: Sequence[str],
    sd: float | None,
    verdict: Verdict = Verdict.SUPPORTED,
    granularity: Granularity = "group",
    rows: tuple[int, int] | None = None,
    reach: float = 0.05,
) -> Claim:
    """A claim whose effect in points is 40 times that in sd(F)."""
    span = f":{rows[0]}-{rows[1]}" if rows else ""
    return Claim(
        id=f"{granularity}:{'+'.join(subject)}{span}",
        granularity=granularity,
        subject=tuple(subject),
        first_row=rows[0] if rows else None,
        last_row=rows[1] if rows else None,
        span=f"rows {rows[0]} to {rows[1]}" if rows else "",
        statement=f"The model's warning rests on {' and '.join(subject)}.",
        verdict=verdict,
        reason=f"{' and '.join(subject)}: {verdict.value}.",
        effect=None if sd is None else make_interval(40 * sd, 40 * reach),
        effect_sd=None if sd is None else make_interval(sd, reach),
        second_sd=None if sd is None else sd / 2,
        named_sd=None if sd is None else sd + 0.01,
        share=None if sd is None else 1.0,
        windows=0 if sd is None else 100,
        periods=0 if sd is None else PERIODS,
        p=None if sd is None else 0.001,
    )


def make_adequacy(passed: bool = True) -> Adequacy:
    """A model well ahead of the best rule, or one that is not."""
    return Adequacy(
        measure="ROC AUC",
        rule="logistic on slopes",
        ahead=make_interval(6.0 if passed else 1.0, 2.0),
        unit="points",
        needed=5.0,
        periods=14,
        passed=passed,
        words="It is ahead of the rule." if passed else "It does no better than the rule.",
    )


def make_claims_record(
    claims: Sequence[Claim],
    *,
    passed: bool = True,
    unit: str = "points",
    instruments: Sequence[InstrumentRow] = (),
    expectations: Sequence[ExpectationRow] = (),
    limits: Thresholds | None = None,
) -> ClaimsRecord:
    """A record of some claims."""
    return ClaimsRecord(
        population="200 windows of the held-out part",
        period_word="run",
        periods=22,
        explained=ExplainedNumber(
            words="how far the warning is from its opposite",
            unit=unit,
            sd=2.5,
            floor_sd=0.1,
            reference_windows=2048,
        ),
        adequacy=make_adequacy(passed),
        donors=Donors(
            each=8,
            windows=4000,
            periods=30,
            healthy=True,
            regime=(),
            outside=0.02,
        ),
        thresholds=limits or Thresholds(),
        groups=tuple(c.subject for c in claims if c.granularity == "group"),
        claims=tuple(claims),
        agreement=None,
        completeness=None,
        instruments=tuple(instruments),
        expectations=tuple(expectations),
    )

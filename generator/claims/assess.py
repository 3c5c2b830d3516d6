"""A question in, every claim with its verdict out.

Groups first, then their members, then groups in spans of the window. Half of the independent
periods names, the other half tests, each with donors of its own. All claims are kept, also those
that failed.
"""

from __future__ import annotations

from collections.abc import Sequence

from scipy.stats import kendalltau

from generator.claims.instruments import instrument_rows
from generator.claims.of_cells import cell_claims, time_claims, when
from generator.claims.of_groups import group_claims
from generator.claims.of_heads import head_claims
from generator.claims.of_maps import map_skills
from generator.claims.of_members import member_claims
from generator.claims.own_twin import twin_windows
from generator.claims.question import Ground, Question, ground
from generator.claims.second_opinion import second_opinion
from generator.claims.workbench import Workbench, workbench
from generator.effects.answers import REFERENCE_WINDOWS
from generator.records import Claim, ClaimsRecord, Donors, ExplainedNumber


def assess(question: Question) -> ClaimsRecord:
    """Test every sensor group of a model, its members, and when each mattered.

    Raises:
        InputError: too few training windows to exchange anything for.
    """
    bench = workbench(ground(question))
    base = bench.base
    second = second_opinion(bench)
    claims = group_claims(bench, second)
    spans, cells = time_claims(bench), cell_claims(bench, claims)
    heads, untested = head_claims(bench)
    return ClaimsRecord(
        population=question.population,
        period_word=question.rule.word,
        periods=len(base.periods),
        explained=_explained(base),
        adequacy=question.adequacy,
        donors=_donors(bench),
        thresholds=question.limits,
        groups=question.groups,
        claims=(*claims, *member_claims(bench, claims), *spans, *cells, *heads),
        when=when((*spans, *cells), base.rows, question.step),
        agreement=_agreement(claims, base.floor),
        completeness=second.completeness if second else None,
        cut=(*_cut(base), *(second.cut if second else ()), *untested),
        instruments=instrument_rows(bench),
        maps=map_skills(bench, question.tokens),
    )


def _explained(base: Ground) -> ExplainedNumber:
    return ExplainedNumber(
        words=base.answer.words,
        unit=base.answer.unit,
        sd=base.answer.sd,
        floor_sd=base.floor,
        reference_windows=min(len(base.question.train), REFERENCE_WINDOWS),
    )


def _donors(bench: Workbench) -> Donors:
    base = bench.base
    return Donors(
        each=base.question.budget.donors,
        windows=len(base.pool),
        periods=base.pool.periods,
        healthy=base.pool.healthy,
        classes=base.question.healthy,
        twins=len(twin_windows(bench)) if base.question.twins is not None else None,
        regime=tuple(base.question.model.sensors[at] for at in base.regime),
        outside=base.outside,
    )


def _agreement(claims: Sequence[Claim], floor: float) -> float | None:
    """Kendall's tau-b of the two methods over groups above the floor; None below three."""
    both = [
        (claim.effect_sd.estimate, claim.second_sd)
        for claim in claims
        if claim.effect_sd and claim.second_sd is not None
        if claim.effect_sd.estimate > floor
    ]
    if len(both) < 3:
        return None
    return float(kendalltau(*zip(*both, strict=True)).statistic)


def _cut(base: Ground) -> tuple[str, ...]:
    """What was left out to bound the cost."""
    pool, whole = len(base.pool), len(base.question.train)
    if pool == whole:
        return ()
    return (f"stand-ins come from {pool:,} of {whole:,} training windows",)

"""A question in, every claim with its verdict out.

Groups first, then their members, then groups in spans of the window. Half of the independent
periods names, the other half tests, each with donors of its own. All claims are kept, also those
that failed.
"""

from __future__ import annotations

from generator.claims.family import state
from generator.claims.head_claims import state_head_claims
from generator.claims.instruments import list_instrument_rows
from generator.claims.map_skills import state_map_skills
from generator.claims.question import Question
from generator.claims.second_opinion import ask_second_method
from generator.claims.sensor_claims import GroupClaims, MemberClaims, order_agreement
from generator.claims.span_claims import SpanClaims, join_spans, list_cells, list_spans
from generator.claims.study import Study
from generator.claims.twin_effect import find_twin_windows
from generator.effects.scalar import REFERENCE_WINDOWS
from generator.records import ClaimsRecord, Donors, ExplainedNumber


def assess(question: Question) -> ClaimsRecord:
    """Test every sensor group of a model, its members, and when each mattered.

    Raises:
        InputError: too few training windows to exchange anything for.
    """
    study = Study(question)
    second = ask_second_method(study)
    groups = state(GroupClaims(study, second))
    members = state(MemberClaims(study, groups))
    spans = state(SpanClaims(study, list_spans(study)))
    cells = state(SpanClaims(study, list_cells(study, groups)))
    heads, untested = state_head_claims(study)
    return ClaimsRecord(
        population=question.population,
        period_word=question.rule.word,
        periods=len(study.periods),
        explained=_describe_number(study),
        adequacy=question.adequacy,
        donors=_describe_donors(study),
        thresholds=question.limits,
        groups=question.groups,
        claims=(*groups, *members, *spans, *cells, *heads),
        when=join_spans((*spans, *cells), study.rows, question.step),
        agreement=order_agreement(groups, study.floor),
        completeness=second.completeness if second else None,
        cut=(*_describe_cut(study), *(second.cut if second else ()), *untested),
        instruments=list_instrument_rows(study),
        maps=state_map_skills(study),
    )


def _describe_number(study: Study) -> ExplainedNumber:
    return ExplainedNumber(
        words=study.scalar.words,
        unit=study.scalar.unit,
        sd=study.scalar.sd,
        floor_sd=study.floor,
        reference_windows=min(len(study.question.train), REFERENCE_WINDOWS),
    )


def _describe_donors(study: Study) -> Donors:
    question = study.question
    return Donors(
        each=question.budget.donors,
        windows=len(study.pool),
        periods=study.pool.periods,
        healthy=study.pool.healthy,
        classes=question.healthy,
        twins=len(find_twin_windows(study)) if question.twins is not None else None,
        regime=tuple(question.model.sensors[at] for at in study.regime),
        outside=study.outside,
    )


def _describe_cut(study: Study) -> tuple[str, ...]:
    """What was left out to bound the cost."""
    pool, whole = len(study.pool), len(study.question.train)
    if pool == whole:
        return ()
    return (f"stand-ins come from {pool:,} of {whole:,} training windows",)

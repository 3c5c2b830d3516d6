"""Two reports with their maps, or two summaries, set beside each other in one frozen record.

In: run records and sides, or summaries. Out: a ComparisonRecord, or an AttentionComparison.
Held-out figures stand beside each other only where measure, unit and windows are the same.
Never: a word on which difference is real; no interval is computed yet, and the page says so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from generator.attention import AttentionSummary
from generator.comparison.claim_pairs import compare_claims
from generator.comparison.side import Side, build_summary_side
from generator.comparison.side_record import comparison_id, record_side
from generator.comparison.sides import compare_sides
from generator.records import Quality, RunRecord, Score
from generator.records.comparison import (
    AttentionComparison,
    ComparisonRecord,
    ScorePair,
)


def compare_runs(a: RunRecord, b: RunRecord, sides: tuple[Side, Side]) -> ComparisonRecord:
    """Two runs with results, and what `read_run_side` made of each."""
    reason = _explain_no_scores(a.quality, b.quality)
    return ComparisonRecord(
        id=comparison_id(a.id, b.id),
        dataset=a.dataset.id if a.dataset else "",
        simulated=bool(a.dataset and a.dataset.simulated),
        a=record_side(a),
        b=record_side(b),
        scores=() if reason else _pair_scores(a.quality, b.quality),
        scores_reason=reason,
        windows=_count_shared_windows(a, b),
        claims=compare_claims(a, b, _count_shared_windows(a, b) is not None),
        attention=compare_sides(*sides),
    )


def _count_shared_windows(a: RunRecord, b: RunRecord) -> int | None:
    """How many windows both explain; None where they are not the same ones."""
    if a.dataset is None or b.dataset is None:
        return None
    one, other = (
        (d.sha256, d.explained, d.explained_first, d.explained_last) for d in (a.dataset, b.dataset)
    )
    return a.dataset.explained if one == other else None


def _explain_no_scores(a: Quality | None, b: Quality | None) -> str:
    if a is None or b is None:
        return "held-out figures are not on record for both models"
    if (a.windows, a.groups, a.events) != (b.windows, b.groups, b.events):
        return "the two models were scored on different held-out windows"
    return "" if _pair_scores(a, b) else "the two models have no measure in common"


def _pair_scores(a: Quality | None, b: Quality | None) -> tuple[ScorePair, ...]:
    """The measures both have, in the same unit."""
    others = {(s.measure, s.unit): s for s in (b.scores if b else ())}
    mine = a.scores if a else ()
    pairs = ((s, others.get((s.measure, s.unit))) for s in mine)
    return tuple(_pair_score(one, other) for one, other in pairs if other is not None)


def _pair_score(a: Score, b: Score) -> ScorePair:
    return ScorePair(
        measure=a.measure,
        unit=a.unit,
        better=a.better,
        a=a.model,
        b=b.model,
        ahead=_find_leader(a, b),
    )


def _find_leader(a: Score, b: Score) -> Literal["a", "b", "equal"]:
    if a.model == b.model:
        return "equal"
    return "a" if (a.model > b.model) == (a.better == "higher") else "b"


def compare(summary_a: AttentionSummary, summary_b: AttentionSummary) -> AttentionComparison:
    """Two models' attention on the same data, side by side.

    Sensors are matched by name, time steps where both models see the same ones; otherwise the
    answer says in `reason` why nothing may be compared, and holds no figure of likeness.

        summary_a = visualizer_a.get_attention_summary(weights_a)
        summary_b = visualizer_b.get_attention_summary(weights_b)
        found = compare(summary_a, summary_b)
        if found.comparable:
            print(found.ranks.spearman, found.ranks.chance, found.ranks.alikeness.value)
        else:
            print(found.reason)

    Models of one name are told apart as "(a)" and "(b)". Both summaries must come from the same
    input: whether they do is for the caller to see to.
    For heads, extract with `return_all_heads=True`; else `heads_reason` says they are not there.

    Returns:
        positions (importance, lift and rank in both), ranks (Spearman's rho beside the range
        that 95 of 100 reshuffled rankings stay in, Kendall's tau-b, top-3 and top-5 overlap,
        Jensen-Shannon distance in base 2), the pattern of every head, and for every head the
        most similar head of the other model.

    Raises:
        ValueError: a summary carries no attention weights.
    """
    a, b = build_summary_side(summary_a), build_summary_side(summary_b)
    if a.name == b.name:
        a, b = replace(a, name=f"{a.name} (a)"), replace(b, name=f"{b.name} (b)")
    return compare_sides(a, b)

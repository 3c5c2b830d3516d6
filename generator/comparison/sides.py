"""Two sides in, AttentionComparison out: aligned, ranked, and compared head by head."""

from __future__ import annotations

from generator.comparison.alignment import Alignment, align, select_shared_maps
from generator.comparison.matching import match_heads
from generator.comparison.patterns import measure_heads
from generator.comparison.ranks import compare_rankings
from generator.comparison.side import Side
from generator.kinds import TokenKind
from generator.measures.ranking import ranks
from generator.records.comparison import AttentionComparison, ComparedPosition, HeadStatistics

NOT_ALIGNED = "heads are matched only where positions are the same"
OTHER_QUERIES = "the two models ask from different positions, so their maps have different rows"


def compare_sides(a: Side, b: Side) -> AttentionComparison:
    """Everything two attention results have to say of each other."""
    alignment = align(a, b)
    plain = AttentionComparison(
        names=(a.name, b.name),
        comparable=alignment.comparable,
        reason=alignment.reason,
        tokens=(a.tokens, b.tokens),
        only_a=alignment.only_a,
        only_b=alignment.only_b,
        heads_a=_measure_side_heads(a),
        heads_b=_measure_side_heads(b),
        heads_reason=_explain_no_matches(a, b, alignment),
    )
    return _add_ranks(plain, a, b, alignment) if alignment.comparable else plain


def _add_ranks(
    plain: AttentionComparison, a: Side, b: Side, alignment: Alignment
) -> AttentionComparison:
    at_a, at_b = list(alignment.places_a), list(alignment.places_b)
    names = tuple(a.names[place] for place in at_a)
    agreement = compare_rankings(names, a.importance[at_a], b.importance[at_b])
    update = {"positions": _compare_positions(a, b, alignment), "ranks": agreement}
    if plain.heads_reason:
        return plain.model_copy(update=update)
    one, other = (
        select_shared_maps(a, alignment.places_a),
        select_shared_maps(b, alignment.places_b),
    )
    matches = {"matches_a": match_heads(*one, *other), "matches_b": match_heads(*other, *one)}
    return plain.model_copy(update={**update, **matches})


def _compare_positions(a: Side, b: Side, alignment: Alignment) -> tuple[ComparedPosition, ...]:
    at_a, at_b = list(alignment.places_a), list(alignment.places_b)
    rank_a, rank_b = ranks(a.importance[at_a]), ranks(b.importance[at_b])
    return tuple(
        ComparedPosition(
            name=a.names[i],
            label=a.labels[i],
            index_a=i,
            index_b=j,
            importance_a=float(a.importance[i]),
            importance_b=float(b.importance[j]),
            lift_a=float(a.lift[i]),
            lift_b=float(b.lift[j]),
            rank_a=int(rank_a[at]),
            rank_b=int(rank_b[at]),
            rank_change=int(rank_b[at] - rank_a[at]),
        )
        for at, (i, j) in enumerate(zip(at_a, at_b, strict=True))
    )


def _measure_side_heads(side: Side) -> tuple[HeadStatistics, ...]:
    if side.averaged_heads > 1:
        return ()
    ordered = side.tokens is not TokenKind.SENSORS
    return measure_heads(side.maps, side.mask, side.same, ordered)


def _explain_no_matches(a: Side, b: Side, alignment: Alignment) -> str:
    means = [side.name for side in (a, b) if side.averaged_heads > 1]
    if means:
        return f"only the mean of the heads was kept for {' and '.join(means)}"
    if not alignment.comparable:
        return NOT_ALIGNED
    if a.same != b.same or (not a.same and a.maps.shape[2] != b.maps.shape[2]):
        return OTHER_QUERIES
    return ""

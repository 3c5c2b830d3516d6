"""Two reports' claims in, what changed out.

Claims are matched where both models can make them: about the same group of sensors, in the same
span. Effects in sd(F) are ordered and compared only between models of one target. Never: a raw
effect beside one of another unit, a head or layer beside another model's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from generator.comparison.ranks import (
    TOPS,
    chance_range,
    chance_source,
    find_overlap,
    judge_alikeness,
    spearman,
)
from generator.comparison.redraws import KnownEffect, rho_range
from generator.records import Claim, ClaimsRecord, RunRecord
from generator.records.claim_comparison import ClaimsComparison, ComparedClaim, GroupRanks

OF_INPUTS = ("group", "sensor", "time", "cell")
"""Claims about a model's input; heads and layers are each model's own."""
LEAST = 3
"""Fewer groups have no order to speak of."""
Key = tuple[str, frozenset[str], int | None, int | None]


def compare_claims(a: RunRecord, b: RunRecord, same_windows: bool) -> ClaimsComparison | None:
    """What two reports' claims have to say of each other; None where one has none."""
    if a.claims is None or b.claims is None:
        return None
    reason = _explain_mismatch(a, b, same_windows and a.claims.population == b.claims.population)
    if reason:
        return ClaimsComparison(reason=reason)
    return _compare_records(a.claims, b.claims, (a.id, b.id))


def _explain_mismatch(a: RunRecord, b: RunRecord, same_windows: bool) -> str:
    """Why the claims are not about the same thing; '' where they are."""
    if not same_windows:
        return "the two reports explain different windows"
    one, other = _question(a), _question(b)
    if one != other:
        return (
            f"the two models answer different questions ({a.id}: {_describe_question(a)}; {b.id}: "
            f"{_describe_question(b)}), and how far one answer moves says nothing about the other"
        )
    return ""


def _question(run: RunRecord) -> tuple[object, ...]:
    """What a model predicts: target, task, classes, and how far ahead."""
    model, data, quality = run.model, run.dataset, run.quality
    return (
        *((model.target, model.classes) if model else ()),
        data.target_words if data else "",
        quality.task if quality else "",
    )


def _describe_question(run: RunRecord) -> str:
    target = run.dataset.target_words if run.dataset else ""
    return f"{run.model.target if run.model else ''}, {target}" if target else "not known"


def _compare_records(a: ClaimsRecord, b: ClaimsRecord, ids: tuple[str, str]) -> ClaimsComparison:
    same_unit = a.explained.unit == b.explained.unit
    mine, others = _index_claims(a, b), _index_claims(b, a)
    pairs = [(claim, others[key]) for key, claim in mine.items() if key in others]
    reason = next(_explain_no_ranks(a, b, ids), "")
    ranks = None if reason else _compare_orders(pairs, a, b)
    return ClaimsComparison(
        reason="",
        notes=tuple(_list_differences(a, b, ids)),
        unit=a.explained.unit if same_unit else "",
        effects_reason="" if same_unit else _describe_units(a, b),
        only_a=_find_own_groups(a, b),
        only_b=_find_own_groups(b, a),
        asked_a=len(mine) - len(pairs),
        asked_b=len(others) - len(pairs),
        claims=tuple(_pair_claims(one, other, same_unit) for one, other in pairs),
        ranks=ranks,
        ranks_reason=reason or ("" if ranks else f"fewer than {LEAST} sensor groups are shared"),
    )


def _index_claims(claims: ClaimsRecord, others: ClaimsRecord) -> dict[Key, Claim]:
    """The claims about inputs whose group both models have, by what they are about."""
    shared = set(map(frozenset, claims.groups)) & set(map(frozenset, others.groups))
    home = {name: frozenset(group) for group in claims.groups for name in group}
    return {
        (claim.granularity, frozenset(claim.subject), claim.first_row, claim.last_row): claim
        for claim in claims.claims
        if claim.granularity in OF_INPUTS
        if all(home.get(name) in shared for name in claim.subject)
    }


def _pair_claims(one: Claim, other: Claim, same_unit: bool) -> ComparedClaim:
    return ComparedClaim(
        id=one.id,
        granularity=one.granularity,
        subject=one.subject,
        span=one.span,
        verdict_a=one.verdict,
        verdict_b=other.verdict,
        reason_a=one.reason,
        reason_b=other.reason,
        effect_sd_a=one.effect_sd,
        effect_sd_b=other.effect_sd,
        effect_a=one.effect if same_unit else None,
        effect_b=other.effect if same_unit else None,
    )


def _compare_orders(
    pairs: Sequence[tuple[Claim, Claim]], a: ClaimsRecord, b: ClaimsRecord
) -> GroupRanks | None:
    """How alike the two orders of the shared groups are; None below LEAST of them."""
    effects = [
        (" and ".join(one.subject), *pair)
        for one, other in pairs
        if one.granularity == "group" and (pair := _pair_effects(one, other))
    ]
    if len(effects) < LEAST:
        return None
    names, mine, others = zip(*effects, strict=True)
    one, other = (np.array([k.effect.estimate for k in side]) for side in (mine, others))
    rho, chance = spearman(one, other), chance_range(len(names))
    limits = rho_range(mine, others, rho) if rho is not None else None
    above = (one > a.explained.floor_sd).astype(int) + (other > b.explained.floor_sd)
    return GroupRanks(
        n=len(names),
        spearman=rho,
        low=limits[0] if limits else None,
        high=limits[1] if limits else None,
        interval_reason="" if limits else _explain_no_range(rho),
        chance=chance,
        chance_from=chance_source(len(names)),
        alikeness=judge_alikeness(rho, chance),
        overlaps=tuple(find_overlap(names, one, other, k) for k in TOPS if k < len(names)),
        above_both=int((above == 2).sum()),
        above_one=int((above == 1).sum()),
        above_none=int((above == 0).sum()),
    )


def _pair_effects(one: Claim, other: Claim) -> tuple[KnownEffect, KnownEffect] | None:
    if one.effect_sd is None or other.effect_sd is None:
        return None
    return KnownEffect(one.effect_sd, one.periods), KnownEffect(other.effect_sd, other.periods)


def _explain_no_range(rho: float | None) -> str:
    if rho is None:
        return "one of the two orders is level"
    return "an effect was tested on too few independent periods to have an interval"


def _explain_no_ranks(a: ClaimsRecord, b: ClaimsRecord, ids: tuple[str, str]) -> Iterator[str]:
    """Why effects are not ordered, whatever they are."""
    for claims, name in ((a, ids[0]), (b, ids[1])):
        if not claims.adequacy.passed:
            yield f"the model of {name} is not good enough to be explained"


def _list_differences(a: ClaimsRecord, b: ClaimsRecord, ids: tuple[str, str]) -> Iterator[str]:
    """What differs between the two tests, so that a change may come from there."""
    if (a.period_word, a.periods) != (b.period_word, b.periods):
        yield (
            f"Independent periods are not the same: {a.periods} ({a.period_word}) for {ids[0]}, "
            f"{b.periods} ({b.period_word}) for {ids[1]}."
        )
    fields = type(a.thresholds).model_fields
    other = [n for n in fields if getattr(a.thresholds, n) != getattr(b.thresholds, n)]
    if other:
        yield f"The two were judged by different thresholds: {', '.join(other)}."
    if a.donors.each != b.donors.each or a.donors.regime != b.donors.regime:
        yield "What stood in for a part of a window was not chosen in the same way."


def _describe_units(a: ClaimsRecord, b: ClaimsRecord) -> str:
    return (
        f"effects of one are in {a.explained.unit or 'no unit'}, of the other in "
        f"{b.explained.unit or 'no unit'}"
    )


def _find_own_groups(mine: ClaimsRecord, other: ClaimsRecord) -> tuple[tuple[str, ...], ...]:
    theirs = set(map(frozenset, other.groups))
    return tuple(group for group in mine.groups if frozenset(group) not in theirs)

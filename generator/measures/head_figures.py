"""Figures of heads and layers."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

import numpy as np

from generator.measures.ablation_importance import AblationImportance
from generator.measures.effective_rank import effective_rank
from generator.measures.evidence import (
    HEADS_AVERAGED,
    Evidence,
    MeasureValues,
    Missing,
    describe_means,
)
from generator.measures.head_class import THRESHOLDS, classify_heads
from generator.measures.head_shares import HeadShares, cross_head_shares, head_shares
from generator.measures.redundancy import redundancy

MOST_RANK = 10**9
"""Maps times positions cubed, about a third of a second."""
MOST_PAIRS = 3 * 10**7
"""Pairs of heads times entries of a map, about a third of a second."""


def measure_head_class(given: Evidence) -> MeasureValues | Missing:
    """(layers, heads) words."""
    weights = given.weights
    if weights.averaged_heads > 1:
        return Missing(HEADS_AVERAGED)
    shares = _compute_head_shares(given)
    words = tuple(chain.from_iterable(classify_heads(shares)))
    notes = [THRESHOLDS.words(), describe_means(weights)]
    if given.attends_itself and given.blocks is None:
        notes.insert(1, "No blocks were given.")
    return MeasureValues(shares.vertical, "", " ".join(filter(None, notes)), tuple(words))


def measure_redundancy(given: Evidence) -> MeasureValues | Missing:
    """(layers, heads) of each head with the most similar other of its layer."""
    layers, heads, queries, keys = given.weights.get_shape()
    if given.weights.averaged_heads > 1:
        return Missing(HEADS_AVERAGED)
    if heads == 1:
        return Missing("There is one head in a layer.")
    if layers * heads * (heads - 1) // 2 * queries * keys > MOST_PAIRS:
        return Missing(f"It takes too long for {layers * heads} heads of {queries} x {keys}.")
    others = ~np.eye(heads, dtype=bool)
    alike = np.stack([redundancy(layer, given.mask) for layer in given.weights.weights])
    most = np.where(others & ~np.isnan(alike), alike, -np.inf).max(axis=-1)
    return MeasureValues(
        np.where(np.isfinite(most), most, np.nan), note=describe_means(given.weights)
    )


def measure_effective_rank(given: Evidence) -> MeasureValues | Missing:
    """(layers, heads); only where it is quick."""
    layers, heads, queries, keys = given.weights.get_shape()
    if given.weights.averaged_heads > 1:
        return Missing(HEADS_AVERAGED)
    if layers * heads * queries * keys * min(queries, keys) > MOST_RANK:
        return Missing(f"It takes too long for {layers * heads} heads of {queries} x {keys}.")
    found = effective_rank(given.weights.weights, given.mask)
    return MeasureValues(found, note=describe_means(given.weights))


def measure_head_ablation(given: Evidence) -> MeasureValues | Missing:
    """(layers, heads) by replacement."""
    ablation = _select_ablation(given)
    if isinstance(ablation, Missing):
        return ablation
    return MeasureValues(np.stack(ablation.heads), note=_describe_references(ablation))


def measure_layer_ablation(given: Evidence) -> MeasureValues | Missing:
    """(layers,) by replacement."""
    ablation = _select_ablation(given)
    if isinstance(ablation, Missing):
        return ablation
    return MeasureValues(ablation.layers, note=_describe_references(ablation))


def _compute_head_shares(given: Evidence) -> HeadShares:
    maps, mask = given.weights.weights, given.mask
    if not given.attends_itself:
        return cross_head_shares(maps, mask)
    return head_shares(maps, mask, THRESHOLDS.band, given.blocks)


def _select_ablation(given: Evidence) -> AblationImportance | Missing:
    """The layers shown, in their order."""
    found, names = given.ablation, given.weights.layer_names
    if found is None:
        return Missing(
            "Not among these figures: where heads and layers were replaced, each has its own claim."
        )
    lacking = [name for name in names if name not in found.calls]
    if lacking or not names:
        return Missing(
            f"It was not measured of the layers shown: {', '.join(lacking) or 'unnamed'}."
        )
    at = [found.calls.index(name) for name in names]
    return replace(
        found, calls=names, heads=tuple(found.heads[i] for i in at), layers=found.layers[at]
    )


def _describe_references(found: AblationImportance) -> str:
    return f"Replaced by the mean over {found.references} reference samples."

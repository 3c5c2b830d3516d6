"""Attention weights in, AttentionSummary out: names checked, numbers computed, hash made."""

from __future__ import annotations

import time

import numpy as np

from generator.attention import AttentionSummary, AttentionWeights, check_weights
from generator.installed import list_versions
from generator.measures.focus import focus, mean_focus
from generator.measures.lift import importance, lift
from generator.measures.ranking import rank_names
from generator.measures.shares import measure_received_and_even
from generator.measures.visible import find_visible, real_queries
from generator.tokens.axes import name_axes


def summarise(weights: AttentionWeights, top_k: int = 5) -> AttentionSummary:
    """Aggregate attention across layers and heads.

    Raises:
        ValueError: invalid weights (with the reasons), names that do not fit, top_k below 1.
    """
    started = time.perf_counter()
    check_weights(weights)
    keys, queries = name_axes(weights)
    top_k = clip_top_k(top_k, len(keys))
    mask, maps = find_visible(weights), weights.weights
    real = real_queries(mask)
    focused = weights.focus_by_head
    if focused is None:
        focused = focus(maps, mask)
    by_query = mean_focus(focused, axis=(0, 1))
    received, even = measure_received_and_even(weights, mask)
    lifted = lift(received, even)
    share = importance(lifted)
    summary = AttentionSummary(
        aggregated_weights=maps.mean(axis=1, dtype=np.float64).astype(np.float32),
        feature_importance=share,
        top_attended_features=rank_names(keys, share)[:top_k],
        top_attending_features=rank_names(queries, by_query, real)[:top_k],
        layer_importance=mean_focus(focused, axis=(1, 2)),
        head_importance=dict(enumerate(mean_focus(focused, axis=2))),
        names=keys,
        query_names=queries,
        received=received,
        lift=lifted,
        focus=np.where(real, by_query, np.nan),
        weights=weights,
        versions=list_versions(),
        settings={"top_k": top_k},
    )
    summary.provenance_hash = summary.calculate_provenance()
    summary.processing_time_ms = (time.perf_counter() - started) * 1000
    return summary


def clip_top_k(top_k: int, available: int) -> int:
    """top_k within 1..available.

    Raises:
        ValueError: top_k below 1.
    """
    if top_k < 1:
        raise ValueError(f"top_k must be at least 1 (found {top_k})")
    return min(top_k, available)

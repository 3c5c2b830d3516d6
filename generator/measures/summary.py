"""Attention weights in, AttentionSummary out: names checked, measures taken, hash made."""

from __future__ import annotations

import platform
import time
from importlib.metadata import PackageNotFoundError, version

import numpy as np

from generator.attention import AttentionSummary, AttentionWeights
from generator.measures.focus import focus, mean_focus
from generator.measures.lift import importance, lift, uniform_share
from generator.measures.received import attention_received
from generator.measures.visible import find_visible, real_queries

RECORDED_PACKAGES = ("attention-reports", "numpy", "torch", "transformers")


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
    got, even = measure_received_and_even(weights, mask)
    lifted = lift(got, even)
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
        received=got,
        lift=lifted,
        focus=np.where(real, by_query, np.nan),
        weights=weights,
        versions=list_versions(),
        settings={"top_k": top_k},
    )
    summary.provenance_hash = summary.calculate_provenance()
    summary.processing_time_ms = (time.perf_counter() - started) * 1000
    return summary


def measure_received_and_even(
    weights: AttentionWeights, mask: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(keys,) attention received, and what it would be if spread evenly under the same masks.

    Capture measured both sample by sample, for samples may be padded differently; for weights
    made by hand both come from the maps and the mask.
    """
    if weights.received_by_sample is None or weights.expected_by_sample is None:
        return attention_received(weights.weights, mask), uniform_share(mask)
    return (
        weights.received_by_sample.mean(axis=(0, 1), dtype=np.float64),
        weights.expected_by_sample.mean(axis=(0, 1), dtype=np.float64),
    )


def check_weights(weights: AttentionWeights) -> None:
    """Refuse weights that are not attention, with every reason."""
    problems = weights.problems()
    if problems:
        raise ValueError(f"Invalid attention weights: {'; '.join(problems)}")


def clip_top_k(top_k: int, available: int) -> int:
    """top_k within 1..available; below 1 is an error."""
    if top_k < 1:
        raise ValueError(f"top_k must be at least 1 (found {top_k})")
    return min(top_k, available)


def name_axes(weights: AttentionWeights) -> tuple[list[str], list[str]]:
    """One name per key and one per query; ValueError when given names do not fit."""
    _, _, queries, keys = weights.get_shape()
    given = weights.feature_names or weights.timestep_names
    names = check_names(given, keys) if given else number_positions(keys)
    same = queries == keys and weights.group != "cross"
    return names, names if same else number_positions(queries)


def number_positions(count: int) -> list[str]:
    """Names for positions nobody named."""
    return [f"position_{index}" for index in range(count)]


def check_names(names: list[str], positions: int) -> list[str]:
    """The names, if there is exactly one distinct name per position."""
    if len(names) != positions:
        raise ValueError(
            f"{len(names)} feature names for {positions} positions: give one name per position"
        )
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"feature names must differ; found more than once: {', '.join(twice)}")
    return list(names)


def rank_names(
    names: list[str], values: np.ndarray, kept: np.ndarray | None = None
) -> list[tuple[str, float]]:
    """(name, value) sorted from high to low, ties by position."""
    order = np.argsort(-values, kind="stable")
    return [(names[i], float(values[i])) for i in order if kept is None or kept[i]]


def list_versions() -> dict[str, str]:
    """Versions of this program and of the libraries that computed the numbers."""
    found = {"python": platform.python_version()}
    for package in RECORDED_PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found

"""Figures that need the gradient of the number to explain."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from generator.capture.gradients import GradientMap, GradientMaps
from generator.capture.groups import Group, group_of
from generator.measures.cross_relevance import decoder_relevance
from generator.measures.evidence import (
    NO_GRADIENTS,
    NO_READ_OUT,
    TWO_SEQUENCES,
    Evidence,
    MeasureValues,
    Missing,
    select_gradient_layers,
)
from generator.measures.gradient_shares import gather, head_importance, usage, usage_by_series
from generator.measures.read_out import apply_read_out
from generator.measures.relevance import self_relevance

OF_MEANS = "Of positive maps that are means over samples; one sample at a time is exact."


def measure_gather(given: Evidence) -> MeasureValues | Missing:
    """(queries,) over the layers shown."""
    return _measure_layers(given, lambda maps: MeasureValues(gather(maps, given.mask), "queries"))


def measure_used(given: Evidence) -> MeasureValues | Missing:
    """(keys,) over the layers shown."""
    return _measure_layers(given, lambda maps: MeasureValues(usage(maps, given.mask), "keys"))


def measure_used_by_series(given: Evidence) -> MeasureValues | Missing:
    """(series,) over the layers shown."""
    if given.weights.rows_per_sample == 1:
        return Missing("The model makes one map of a sample, not one of each series.")
    if not all("mean over channels" in kind for kind in given.weights.kinds or ("",)):
        return Missing("What the several rows of a sample stand for is not known to be series.")
    return _measure_layers(given, lambda maps: MeasureValues(usage_by_series(maps)))


def measure_head_importance(given: Evidence) -> MeasureValues | Missing:
    """(layers, heads)."""
    return _measure_layers(given, lambda maps: MeasureValues(head_importance(maps)))


def measure_relevance(given: Evidence) -> MeasureValues | Missing:
    """(keys,) through all calls of the model that a gradient came to, shown or not."""
    if given.gradients is None:
        return Missing(NO_GRADIENTS)
    if given.read_out is None:
        return Missing(NO_READ_OUT)
    scores = _compute_relevance(given, given.gradients)
    if isinstance(scores, Missing):
        return scores
    if scores.shape != given.mask.shape:
        return Missing("The gradients are not of the calls whose maps are shown.")
    notes = [f"Read out: {given.read_out.words}."]
    notes += [OF_MEANS] * (given.weights.samples > 1 or given.weights.rows_per_sample > 1)
    notes += [f"Not in it: {gap}." for gap in given.gradients.gaps]
    return MeasureValues(
        apply_read_out(scores, given.mask, given.read_out), "keys", " ".join(notes)
    )


def _compute_relevance(given: Evidence, gradients: GradientMaps) -> np.ndarray | Missing:
    """(queries, keys) of the sequence shown, or of the two."""
    encoder, decoder, cross = (
        _select_positives(gradients.maps, group) for group in GROUPS_IN_ORDER
    )
    if not cross:
        return _compute_self_relevance(given, encoder or decoder)
    if given.weights.group == "encoder":
        return Missing("What the encoder gives reaches the output by cross-attention; see there.")
    if len(decoder) != len(cross):
        return Missing(
            f"Of {len(decoder)} self- and {len(cross)} cross-attention no layer is made."
        )
    try:
        found = decoder_relevance(encoder, tuple(zip(decoder, cross, strict=True)))
    except ValueError as error:
        return Missing(f"Its layers do not follow each other: {error}.")
    return found.across if given.weights.group == "cross" else found.own


GROUPS_IN_ORDER: tuple[Group, ...] = ("encoder", "decoder", "cross")


def _compute_self_relevance(
    given: Evidence, positives: Sequence[np.ndarray]
) -> np.ndarray | Missing:
    """Of a model whose only attention is to its own sequence."""
    if not given.attends_itself:
        return Missing(TWO_SEQUENCES)
    try:
        return self_relevance(positives)
    except ValueError as error:
        return Missing(f"Its layers do not follow each other: {error}.")


def _select_positives(maps: Sequence[GradientMap], group: Group) -> tuple[np.ndarray, ...]:
    return tuple(one.positive for one in maps if group_of(one.call) == group)


def _measure_layers(
    given: Evidence, made: Callable[[Sequence[GradientMap]], MeasureValues]
) -> MeasureValues | Missing:
    """Of the layers shown, where each has a gradient map of one shape."""
    layers = select_gradient_layers(given)
    return layers if isinstance(layers, Missing) else made(layers)

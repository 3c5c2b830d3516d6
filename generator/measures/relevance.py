"""Gradient-weighted relevance: what the explained number owes to each input position.

In: one positive map per call, (queries, keys) = mean over heads of max(0, A dF/dA), as
`extract_gradients` gives. F is the caller's: the rule adds a constant (the residual path) to
gradients, so another unit of F gives another ranking. Give F divided by its standard deviation
over a reference set, and one sample at a time. Chefer et al. 2021, "Generic attention-model
explainability".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from generator.capture.gradients import GradientMap, GradientMaps
from generator.capture.groups import Group, group_of
from generator.measures.cross_relevance import decoder_relevance
from generator.measures.evidence import (
    NO_GRADIENTS,
    NO_READ_OUT,
    OTHER_CALLS,
    TWO_SEQUENCES,
    Evidence,
    MeasureValues,
    Missing,
)
from generator.measures.measure import Measure
from generator.measures.read_out import apply_read_out

OF_MEANS = "Of positive maps that are means over samples; one sample at a time is exact."
GROUPS_IN_ORDER: tuple[Group, ...] = ("encoder", "decoder", "cross")


def self_relevance(positives: Sequence[np.ndarray]) -> np.ndarray:
    """(positions, positions): R = I, then R += P R for each layer's positive map, first first.

    Each of `positives` is (positions, positions), in units of F. Row i tells what output position
    i owes to each input position, its own residual path included. Rows of padding stay those of
    I. Chefer et al. 2021, section 3, rules 5 and 6.

    Raises:
        ValueError: no map, or one that is not (positions, positions).
    """
    if not positives:
        raise ValueError("relevance needs the positive map of at least one call")
    relevance = np.eye(len(positives[0]))
    for at, positive in enumerate(positives):
        if positive.shape != relevance.shape:
            raise ValueError(f"map {at} must be {relevance.shape}, found {positive.shape}")
        relevance = relevance + positive.astype(np.float64) @ relevance
    return relevance


def _take_relevance(evidence: Evidence) -> MeasureValues | Missing:
    """(keys,) through all calls of the model that a gradient came to, shown or not."""
    weights, gradients = evidence.weights, evidence.gradients
    if gradients is None:
        return Missing(NO_GRADIENTS)
    if evidence.read_out is None:
        return Missing(NO_READ_OUT)
    scores = _compute_relevance(evidence, gradients)
    if isinstance(scores, Missing):
        return scores
    if scores.shape != evidence.mask.shape:
        return Missing(OTHER_CALLS)
    notes = [f"Read out: {evidence.read_out.words}."]
    notes += [OF_MEANS] * (weights.samples > 1 or weights.rows_per_sample > 1)
    notes += [f"Not in it: {gap}." for gap in gradients.gaps]
    values = apply_read_out(scores, evidence.mask, evidence.read_out)
    return MeasureValues(values, "keys", " ".join(notes))


def _compute_relevance(evidence: Evidence, gradients: GradientMaps) -> np.ndarray | Missing:
    """(queries, keys) of the sequence shown, or of the two."""
    encoder, decoder, cross = (
        _select_positives(gradients.maps, group) for group in GROUPS_IN_ORDER
    )
    if not cross:
        return _compute_self_relevance(evidence, encoder or decoder)
    if evidence.weights.group == "encoder":
        return Missing("What the encoder gives reaches the output by cross-attention; see there.")
    if len(decoder) != len(cross):
        return Missing(
            f"Of {len(decoder)} self- and {len(cross)} cross-attention no layer is made."
        )
    try:
        relevance = decoder_relevance(encoder, tuple(zip(decoder, cross, strict=True)))
    except ValueError as error:
        return Missing(f"Its layers do not follow each other: {error}.")
    return relevance.across if evidence.weights.group == "cross" else relevance.own


def _compute_self_relevance(
    evidence: Evidence, positives: Sequence[np.ndarray]
) -> np.ndarray | Missing:
    """Of a model whose only attention is to its own sequence."""
    if not evidence.attends_itself:
        return Missing(TWO_SEQUENCES)
    try:
        return self_relevance(positives)
    except ValueError as error:
        return Missing(f"Its layers do not follow each other: {error}.")


def _select_positives(maps: Sequence[GradientMap], group: Group) -> tuple[np.ndarray, ...]:
    return tuple(one.positive for one in maps if group_of(one.call) == group)


RELEVANCE = Measure(
    name="relevance",
    title="Relevance",
    meaning="What the explained number owes to each input position: attention times its gradient, "
    "through all layers and the paths around them.",
    granularity="position",
    family="gradients",
    formula="rows of the read-out of R, with R = I and R += P R layer by layer, P the mean over "
    "heads of max(0, A dF/dA); across two sequences R_st += hat(R_ss)^T P hat(R_tt)",
    source="Chefer et al. 2021, section 3: rules 5, 6, 7, 10 and 11, equations 8 and 9",
    take=_take_relevance,
)

"""Every measure of one group of attention maps in one record; none is left out silently.

In: maps, and what else the caller has. Out: AttentionFigures, each figure with its meaning, what it
may be taken for, and its numbers or why there are none. Never: a gradient pass, a run of the model,
a figure that would take more than about a third of a second.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from generator.attention import AttentionWeights
from generator.capture.gradients import GradientMaps
from generator.kinds import Measure, TokenKind
from generator.measures import gradient_figures as gradients_of
from generator.measures import head_figures as heads_of
from generator.measures import position_figures as positions_of
from generator.measures.ablation_importance import AblationImportance
from generator.measures.evidence import Evidence, MeasureValues, Missing, ValueArrays
from generator.measures.identifies import Identifiability, find_identifiability
from generator.measures.meanings import MEANINGS
from generator.measures.read_out import ReadOut
from generator.measures.summary import check_weights
from generator.measures.visible import find_visible
from generator.records import AttentionMeasurements, Identification, Measurement

MAKERS: dict[Measure, Callable[[Evidence], MeasureValues | Missing]] = {
    Measure.RECEIVED: positions_of.measure_received,
    Measure.LIFT: positions_of.measure_lift,
    Measure.FOCUS: positions_of.measure_focus,
    Measure.ENTROPY: positions_of.measure_entropy,
    Measure.OFF_DIAGONAL: positions_of.measure_off_diagonal,
    Measure.SINKS: positions_of.measure_sinks,
    Measure.VALUE_NORM: positions_of.measure_value_norm,
    Measure.ROLLOUT: positions_of.measure_rollout,
    Measure.FLOW: positions_of.measure_flow,
    Measure.RELEVANCE: gradients_of.measure_relevance,
    Measure.GATHER: gradients_of.measure_gather,
    Measure.USED: gradients_of.measure_used,
    Measure.USED_BY_SERIES: gradients_of.measure_used_by_series,
    Measure.HEAD_CLASS: heads_of.measure_head_class,
    Measure.REDUNDANCY: heads_of.measure_redundancy,
    Measure.EFFECTIVE_RANK: heads_of.measure_effective_rank,
    Measure.HEAD_IMPORTANCE: gradients_of.measure_head_importance,
    Measure.HEAD_ABLATION: heads_of.measure_head_ablation,
    Measure.LAYER_ABLATION: heads_of.measure_layer_ablation,
}
DIGITS = 7  # float32 holds no more, and the last bits of a product differ between processors

SERIES_TOGETHER = Identification(
    yes=False,
    reason="Here it is the mean over the series a model reads one by one; see what was used of "
    "each series.",
)


def measure_attention(
    weights: AttentionWeights,
    gradients: GradientMaps | None = None,
    *,
    read_out: ReadOut | None = None,
    blocks: np.ndarray | None = None,
    values: ValueArrays | None = None,
    ablation: AblationImportance | None = None,
) -> AttentionMeasurements:
    """Every measure of `weights`; what needs more than is given is listed with that reason.

    `gradients` are of the number to explain, divided by its standard deviation over a reference
    set, on the input of the maps. `read_out` says how the model reads its last layer.

    Raises:
        ValueError: weights that are no attention (with the reasons); a read-out of no real query;
            blocks, values or an ablation whose shapes do not fit.
    """
    check_weights(weights)
    given = Evidence(weights, find_visible(weights), gradients, read_out, blocks, values, ablation)
    return AttentionMeasurements(
        tokens=weights.tokens,
        group=weights.group,
        shape=weights.get_shape(),
        samples=weights.samples,
        averaged_heads=weights.averaged_heads,
        figures=tuple(
            _make_measurement(measure, made(given), weights) for measure, made in MAKERS.items()
        ),
    )


def _make_measurement(
    measure: Measure, answer: MeasureValues | Missing, weights: AttentionWeights
) -> Measurement:
    meaning, told = MEANINGS[measure], judge_identifiability(measure, weights)
    bare = Measurement(
        measure=measure,
        title=meaning.title,
        meaning=meaning.words,
        granularity=meaning.granularity,
        sensors=told.sensors,
        steps=told.steps,
    )
    if isinstance(answer, Missing):
        return bare.model_copy(update={"missing": answer.reason})
    numbers = () if answer.words else tuple(_round_known(v) for v in answer.values.ravel().tolist())
    return bare.model_copy(
        update={
            "axis": answer.axis,
            "shape": answer.values.shape,
            "values": numbers,
            "words": answer.words,
            "note": answer.note,
        }
    )


def judge_identifiability(measure: Measure, weights: AttentionWeights) -> Identifiability:
    """The table's answers; a mean over series read one by one no longer tells them apart."""
    told = find_identifiability(measure, weights.tokens)
    together = weights.tokens is TokenKind.PATCHES and weights.rows_per_sample > 1
    if together and told.sensors.yes and MEANINGS[measure].granularity == "position":
        return Identifiability(SERIES_TOGETHER, told.steps)
    return told


def _round_known(value: float) -> float | None:
    """The value to `DIGITS`; None for NaN."""
    return None if np.isnan(value) else float(f"{value:.{DIGITS}g}")

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
from generator.measures.evidence import Evidence, Found, Missing, ValueArrays
from generator.measures.identifies import Identifies, identifies
from generator.measures.meanings import MEANINGS
from generator.measures.read_out import ReadOut
from generator.measures.summary import check_weights
from generator.measures.visible import visible
from generator.records import Answer, AttentionFigures, MeasureFigure

MAKERS: dict[Measure, Callable[[Evidence], Found | Missing]] = {
    Measure.RECEIVED: positions_of.received_figure,
    Measure.LIFT: positions_of.lift_figure,
    Measure.FOCUS: positions_of.focus_figure,
    Measure.ENTROPY: positions_of.entropy_figure,
    Measure.OFF_DIAGONAL: positions_of.off_diagonal_figure,
    Measure.SINKS: positions_of.sinks_figure,
    Measure.VALUE_NORM: positions_of.value_norm_figure,
    Measure.ROLLOUT: positions_of.rollout_figure,
    Measure.FLOW: positions_of.flow_figure,
    Measure.RELEVANCE: gradients_of.relevance_figure,
    Measure.GATHER: gradients_of.gather_figure,
    Measure.USED: gradients_of.used_figure,
    Measure.USED_BY_SERIES: gradients_of.used_by_series_figure,
    Measure.HEAD_CLASS: heads_of.head_class_figure,
    Measure.REDUNDANCY: heads_of.redundancy_figure,
    Measure.EFFECTIVE_RANK: heads_of.effective_rank_figure,
    Measure.HEAD_IMPORTANCE: gradients_of.head_importance_figure,
    Measure.HEAD_ABLATION: heads_of.head_ablation_figure,
    Measure.LAYER_ABLATION: heads_of.layer_ablation_figure,
}
DIGITS = 7  # float32 holds no more, and the last bits of a product differ between processors

SERIES_TOGETHER = Answer(
    yes=False,
    reason="Here it is the mean over the series a model reads one by one; see what was used of "
    "each series.",
)


def attention_figures(
    weights: AttentionWeights,
    gradients: GradientMaps | None = None,
    *,
    read_out: ReadOut | None = None,
    blocks: np.ndarray | None = None,
    values: ValueArrays | None = None,
    ablation: AblationImportance | None = None,
) -> AttentionFigures:
    """Every measure of `weights`; what needs more than is given is listed with that reason.

    `gradients` are of the number to explain, divided by its standard deviation over a reference
    set, on the input of the maps. `read_out` says how the model reads its last layer.

    Raises:
        ValueError: weights that are no attention (with the reasons); a read-out of no real query;
            blocks, values or an ablation whose shapes do not fit.
    """
    check_weights(weights)
    given = Evidence(weights, visible(weights), gradients, read_out, blocks, values, ablation)
    return AttentionFigures(
        tokens=weights.tokens,
        group=weights.group,
        shape=weights.get_shape(),
        samples=weights.samples,
        averaged_heads=weights.averaged_heads,
        figures=tuple(_figure(measure, made(given), weights) for measure, made in MAKERS.items()),
    )


def _figure(measure: Measure, answer: Found | Missing, weights: AttentionWeights) -> MeasureFigure:
    meaning, told = MEANINGS[measure], may_be_taken_for(measure, weights)
    bare = MeasureFigure(
        measure=measure,
        title=meaning.title,
        meaning=meaning.words,
        granularity=meaning.granularity,
        sensors=told.sensors,
        steps=told.steps,
    )
    if isinstance(answer, Missing):
        return bare.model_copy(update={"missing": answer.reason})
    numbers = () if answer.words else tuple(_known(v) for v in answer.values.ravel().tolist())
    return bare.model_copy(
        update={
            "axis": answer.axis,
            "shape": answer.values.shape,
            "values": numbers,
            "words": answer.words,
            "note": answer.note,
        }
    )


def may_be_taken_for(measure: Measure, weights: AttentionWeights) -> Identifies:
    """The table's answers; a mean over series read one by one no longer tells them apart."""
    told = identifies(measure, weights.tokens)
    together = weights.tokens is TokenKind.PATCHES and weights.rows_per_sample > 1
    if together and told.sensors.yes and MEANINGS[measure].granularity == "position":
        return Identifies(SERIES_TOGETHER, told.steps)
    return told


def _known(value: float) -> float | None:
    """The value to `DIGITS`; None for NaN."""
    return None if np.isnan(value) else float(f"{value:.{DIGITS}g}")

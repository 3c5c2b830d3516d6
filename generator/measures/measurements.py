"""Every measure of one group of attention maps in one record; none is left out silently.

In: maps, and what else the caller has. Out: AttentionMeasurements, each with its meaning, what it
may be taken for, and its numbers or why there are none. Never: a gradient pass, a run of the model,
a measurement that would take more than about a third of a second.
"""

from __future__ import annotations

import numpy as np

from generator.attention import AttentionWeights, check_weights
from generator.capture.gradients import GradientMaps
from generator.measures.catalogue import MEASURES
from generator.measures.evidence import AblationImportance, Evidence, Missing, ValueArrays
from generator.measures.identifiability import judge_maps
from generator.measures.measure import Measure
from generator.measures.read_out import ReadOut
from generator.measures.visible import find_visible
from generator.records import AttentionMeasurements, Measurement

DIGITS = 7  # float32 holds no more, and the last bits of a product differ between processors


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
    set, on the input of the maps. `read_out` says how the model reads its last layer. `blocks`
    (positions,) are labels of parts. Each measure's formula and source stand with it.

    Raises:
        ValueError: weights that are no attention (with the reasons); a read-out of no real query;
            blocks, values or an ablation whose shapes do not fit.
    """
    check_weights(weights)
    mask = find_visible(weights)
    evidence = Evidence(weights, mask, gradients, read_out, blocks, values, ablation)
    return AttentionMeasurements(
        tokens=weights.tokens,
        group=weights.group,
        shape=weights.get_shape(),
        samples=weights.samples,
        averaged_heads=weights.averaged_heads,
        measurements=tuple(_measure(each, evidence) for each in MEASURES),
    )


def _measure(measure: Measure, evidence: Evidence) -> Measurement:
    identifiability = judge_maps(measure, evidence.weights)
    bare = Measurement(
        measure=measure.name,
        title=measure.title,
        meaning=measure.meaning,
        granularity=measure.granularity,
        sensors=identifiability.sensors,
        steps=identifiability.steps,
    )
    answer = measure.take(evidence)
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


def _round_known(value: float) -> float | None:
    """The value to `DIGITS`; None for NaN."""
    return None if np.isnan(value) else float(f"{value:.{DIGITS}g}")

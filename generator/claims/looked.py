"""Every measure of a model's attention, with the gradients and the read-out they need.

In: the maps of the explained windows, a loaded model. Out: AttentionMeasurements. Gradients are of
F in sd(F), over a stated few of the windows.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generator.attention import AttentionWeights
from generator.capture.gradients import GradientMap, GradientMaps, extract_gradients
from generator.claims.answering import INNER, answering
from generator.datasets.windows import SensorWindows
from generator.effects.answers import define_scalar, evaluate_scalar, find_rivals
from generator.effects.exchange import ExplainedWindows
from generator.errors import CaptureError
from generator.measures.measurements import measure_attention
from generator.measures.read_out import ClsRow, LastRow, MeanOfRows, ReadOut
from generator.models.source import LoadedModel
from generator.records import AttentionMeasurements, TokenCoverage

GRADIENT_WINDOWS, GRADIENT_SEED = 64, 8


def looked(
    model: LoadedModel,
    train: SensorWindows,
    explained: SensorWindows,
    weights: AttentionWeights,
    coverage: TokenCoverage | None,
) -> AttentionMeasurements:
    """The measures of `weights`; what cannot be taken is listed with why."""
    few = explained.sample(GRADIENT_WINDOWS, GRADIENT_SEED)
    return measure_attention(
        weights, _gradients(model, train, few.values), read_out=_read_out(model, coverage)
    )


def _gradients(model: LoadedModel, train: SensorWindows, values: np.ndarray) -> GradientMaps | None:
    answer = define_scalar(model, train)
    pair = find_rivals(answer, values)
    made = answering(answer, ExplainedWindows(values, pair, evaluate_scalar(answer, values, pair)))
    if made is None:
        return None
    try:
        found = extract_gradients(*made, lambda each: each)
    except CaptureError:
        return None  # told at each measure that needs it
    return replace(found, maps=tuple(_as_named(one) for one in found.maps))


def _as_named(one: GradientMap) -> GradientMap:
    """The map under the name its call has in the model itself."""
    return replace(one, call=replace(one.call, module=one.call.module.removeprefix(INNER)))


def _read_out(model: LoadedModel, coverage: TokenCoverage | None) -> ReadOut | None:
    """How the model reads its last layer, where it says so."""
    if model.pooling == "mean":
        return MeanOfRows()
    if model.pooling == "last":
        return LastRow()
    special = coverage.special if coverage else ()
    return ClsRow(special[0]) if model.pooling == "cls" and special else None

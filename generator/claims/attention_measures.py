"""Every measure of a model's attention, with the gradients and the read-out they need.

In: the maps of the explained windows, a loaded model. Out: AttentionMeasurements. Gradients are of
F in sd(F), over a stated few of the windows.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generator.attention import AttentionWeights
from generator.capture.gradients import GradientMap, GradientMaps, extract_gradients
from generator.claims.explained_module import INNER, wrap_model
from generator.datasets.windows import SensorWindows
from generator.effects.exchange import explain_windows
from generator.effects.scalar import define_scalar
from generator.errors import CaptureError
from generator.measures.measurements import measure_attention
from generator.measures.read_out import ClsRow, LastRow, MeanOfRows, ReadOut
from generator.models.source import LoadedModel
from generator.records import AttentionMeasurements, TokenCoverage

GRADIENT_WINDOWS, GRADIENT_SEED = 64, 8


def measure_model(
    model: LoadedModel,
    train: SensorWindows,
    explained: SensorWindows,
    weights: AttentionWeights,
    coverage: TokenCoverage | None,
) -> AttentionMeasurements:
    """The measures of `weights`; what cannot be taken is listed with why."""
    few = explained.sample(GRADIENT_WINDOWS, GRADIENT_SEED)
    return measure_attention(
        weights, _take_gradients(model, train, few.values), read_out=_find_read_out(model, coverage)
    )


def _take_gradients(
    model: LoadedModel, train: SensorWindows, values: np.ndarray
) -> GradientMaps | None:
    scalar = define_scalar(model, train)
    wrapped = wrap_model(scalar, explain_windows(scalar, values))
    if wrapped is None:
        return None
    try:
        gradients = extract_gradients(*wrapped, lambda each: each)
    except CaptureError:
        return None  # told at each measure that needs it
    return replace(gradients, maps=tuple(_rename_call(one) for one in gradients.maps))


def _rename_call(one: GradientMap) -> GradientMap:
    """The map under the name its call has in the model itself."""
    return replace(one, call=replace(one.call, module=one.call.module.removeprefix(INNER)))


def _find_read_out(model: LoadedModel, coverage: TokenCoverage | None) -> ReadOut | None:
    """How the model reads its last layer, where it says so."""
    if model.pooling == "mean":
        return MeanOfRows()
    if model.pooling == "last":
        return LastRow()
    special = coverage.special if coverage else ()
    return ClsRow(special[0]) if model.pooling == "cls" and special else None

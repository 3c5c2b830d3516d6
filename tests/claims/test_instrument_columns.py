"""What a model is asked when one instrument misbehaves."""

from __future__ import annotations

import numpy as np
import pytest

from generator.claims.instruments import (
    drop_sensor,
    freeze_sensor,
    measure_change,
    range_widths,
    shift_sensor,
)
from generator.effects.exchange import ExplainedWindows
from generator.effects.scalar import define_scalar, evaluate_scalar, find_rivals
from generator.models.source import LoadedModel
from tests.models_by_hand import make_linear, make_model
from tests.windows_by_hand import make_windows

VALUES = np.array([[[1.0, 5.0], [2.0, 6.0], [4.0, 7.0]], [[np.nan, 1.0], [3.0, 1.0], [9.0, 1.0]]])


def test_a_stuck_sensor_holds_its_first_known_reading() -> None:
    """From the first row to the last, before it is known too; others are untouched."""
    found = freeze_sensor(VALUES, 0)
    assert found[:, :, 0].tolist() == [[1.0, 1.0, 1.0], [3.0, 3.0, 3.0]]
    assert (found[:, :, 1] == VALUES[:, :, 1]).all()


def test_a_drifted_sensor_reads_higher_by_the_same_everywhere() -> None:
    """Missing readings stay missing."""
    assert shift_sensor(VALUES, 0, 0.5)[0, :, 0].tolist() == [1.5, 2.5, 4.5]
    assert np.isnan(shift_sensor(VALUES, 0, 0.5)[1, 0, 0])


def test_a_dropped_sensor_has_no_reading() -> None:
    """None at all; others are untouched."""
    found = drop_sensor(VALUES, 1)
    assert np.isnan(found[:, :, 1]).all()
    assert np.array_equal(found[:, :, 0], VALUES[:, :, 0], equal_nan=True)


def test_windows_are_not_changed_in_place() -> None:
    """Each trouble works on its own copy."""
    before = VALUES.copy()
    for _ in (freeze_sensor(VALUES, 0), shift_sensor(VALUES, 0, 1.0), drop_sensor(VALUES, 0)):
        assert np.array_equal(VALUES, before, equal_nan=True)


def test_the_usual_range_is_from_the_1st_to_the_99th_percentile() -> None:
    """0 to 1000 in equal steps: 10 to 990; missing readings are left out."""
    training = np.stack([np.arange(1001.0), 2 * np.arange(1001.0)], axis=1)[None].copy()
    assert range_widths(training).tolist() == pytest.approx([980.0, 1960.0])
    training[0, ::2, 1] = np.nan
    assert range_widths(training)[1] == pytest.approx(1958.0, abs=4)


def asked(model: LoadedModel, values: np.ndarray) -> tuple[float | None, ...]:
    """How far the answer moves when the first sensor sticks, drifts by 0.5, drops out."""
    answer = define_scalar(model, make_windows(values, np.zeros(len(values))))
    pair = find_rivals(answer, values)
    before = ExplainedWindows(values, pair, evaluate_scalar(answer, values, pair))
    changed = (freeze_sensor(values, 0), shift_sensor(values, 0, 0.5), drop_sensor(values, 0))
    return tuple(measure_change(answer, before, x) for x in changed)


def test_how_far_the_answer_moves_by_hand() -> None:
    """Weights 1, 1, 2: stuck moves 7 and 0, drift 0.5 x 4; without a reading there is no number."""
    values = np.array([[[1.0, 5.0], [2.0, 6.0], [4.0, 7.0]], [[3.0, 1.0], [3.0, 1.0], [3.0, 1.0]]])
    model = make_model(make_linear(np.array([[1.0, 0], [1, 0], [2, 0]])), ("a", "b"), 3)
    assert asked(model, values) == (3.5, 2.0, None)


def test_a_model_that_takes_missing_readings_has_a_number_for_them() -> None:
    """Missing as 0: the whole weighted sum, 11 and 12, is what goes."""
    values = np.array([[[1.0, 5.0], [2.0, 6.0], [4.0, 7.0]], [[3.0, 1.0], [3.0, 1.0], [3.0, 1.0]]])
    weights = make_linear(np.array([[1.0, 0], [1, 0], [2, 0]]))
    model = make_model(lambda x: weights(x.nan_to_num()), ("a", "b"), 3)
    assert asked(model, values) == (3.5, 2.0, 11.5)

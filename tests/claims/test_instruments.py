"""The instrument table: one row per sensor, by hand on a linear model."""

from __future__ import annotations

import numpy as np
import pytest

from generator.claims.assess import assess
from generator.records import InstrumentRow
from tests.claims.questions import EACH, SENSORS, WEIGHTS, question, readings

RECORD = assess(question(0))
VALUES = readings(0, 30)
ROW = {row.sensor: row for row in RECORD.instruments}


def test_every_sensor_has_a_row_in_the_models_order() -> None:
    """Also those that made no difference."""
    assert [row.sensor for row in RECORD.instruments] == list(SENSORS)


@pytest.mark.parametrize("name", SENSORS)
def test_a_row_by_hand(name: str) -> None:
    """Stuck at the first reading; higher by 1 % of its usual range; no number without a reading."""
    at = SENSORS.index(name)
    stuck = ((VALUES[:, :, at] - VALUES[:, :1, at]) * WEIGHTS[:, at]).sum(axis=1)
    low, high = np.percentile(readings(1000, 40)[:, :, at], [1, 99])
    row = ROW[name]
    assert row.stuck == pytest.approx(np.abs(stuck).mean())
    assert row.drifted == pytest.approx(0.01 * (high - low) * WEIGHTS[:, at].sum())
    assert row.missing is None


def test_a_sensor_that_stands_alone_is_not_exchanged_twice() -> None:
    """Its row has its claim's own effect; a member of a group is exchanged for the table."""
    effects = {c.subject: c.effect.estimate for c in RECORD.of("group") if c.effect}
    for name in ("a", "b", "d", "e", "f"):
        assert ROW[name].exchanged == effects[(name,)]
    apart = np.sqrt(2) * (VALUES[:, :, 2] * WEIGHTS[:, 2]).sum(axis=1).std()
    assert ROW["c"].exchanged == pytest.approx(np.sqrt(2 / np.pi) * apart, rel=0.1)
    assert len(VALUES) == 30 * EACH


def test_a_sensor_not_read_moves_nothing() -> None:
    """Nought in every column that has a number."""
    row = ROW["f"]
    assert row == InstrumentRow(sensor="f", exchanged=0.0, stuck=0.0, drifted=0.0, missing=None)

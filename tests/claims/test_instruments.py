"""The instrument table: one row per sensor, by hand on a linear model."""

from __future__ import annotations

import numpy as np
import pytest

from generator.claims.assess import assess
from generator.records import InstrumentRow
from tests.claims.questions import EACH, SENSORS, WEIGHTS, draw_readings, make_question

RECORD = assess(make_question(0))
VALUES = draw_readings(0, 30)
ROW = {row.sensor: row for row in RECORD.instruments}


def test_every_sensor_has_a_row_in_the_models_order() -> None:
    """Also those that made no difference."""
    assert [row.sensor for row in RECORD.instruments] == list(SENSORS)


@pytest.mark.parametrize("name", SENSORS)
def test_a_row_by_hand(name: str) -> None:
    """Stuck at the first reading; higher by 1 % of its usual range; no number without a reading."""
    at = SENSORS.index(name)
    stuck = ((VALUES[:, :, at] - VALUES[:, :1, at]) * WEIGHTS[:, at]).sum(axis=1)
    low, high = np.percentile(draw_readings(1000, 40)[:, :, at], [1, 99])
    row = ROW[name]
    assert row.stuck == pytest.approx(np.abs(stuck).mean())
    assert row.drifted == pytest.approx(0.01 * (high - low) * WEIGHTS[:, at].sum())
    assert row.missing is None


def test_an_exchange_is_that_of_all_explained_windows() -> None:
    """Mean |difference| of two normal draws is 2 / sqrt(pi) of their spread, for every sensor."""
    for at, name in enumerate(SENSORS):
        spread = (VALUES[:, :, at] * WEIGHTS[:, at]).sum(axis=1).std()
        assert ROW[name].exchanged == pytest.approx(2 / np.sqrt(np.pi) * spread, rel=0.1)
    assert len(VALUES) == 30 * EACH


def test_an_exchange_is_that_of_the_claims() -> None:
    """Of a sensor on its own: the mean of both halves, which are of one size here."""
    for name in ("a", "d"):
        (claim,) = [c for c in RECORD.claims if c.granularity == "group" and c.subject == (name,)]
        assert claim.effect_sd is not None
        assert claim.named_sd is not None
        assert claim.effect is not None
        unit = claim.effect.estimate / claim.effect_sd.estimate
        both = (claim.named_sd * unit + claim.effect.estimate) / 2
        assert ROW[name].exchanged == pytest.approx(both, rel=1e-6)


def test_a_sensor_not_read_moves_nothing() -> None:
    """Nought in every column that has a number."""
    row = ROW["f"]
    assert row == InstrumentRow(sensor="f", exchanged=0.0, stuck=0.0, drifted=0.0, missing=None)

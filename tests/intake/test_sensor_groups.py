"""Sensors that move together, or are calculated from each other, are one group."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr

from generator.datasets.profile.facts import profile_dataset
from generator.datasets.sensor_groups import (
    MOST_CELLS,
    MOST_ROWS,
    group_sensors,
    rank_correlation,
    sample_rows,
)
from generator.kinds import SensorKind
from generator.records import Sensor
from generator.spec.datasets import DatasetSpec


def plain(*names: str) -> list[Sensor]:
    return [Sensor(name=name) for name in names]


def readings(rows: int = 400) -> np.ndarray:
    """Air follows fuel, pressure falls as they rise, ambient is alone."""
    rng = np.random.default_rng(0)
    fuel = rng.normal(size=rows)
    air = np.exp(fuel) + 0.01 * rng.normal(size=rows)
    pressure = -(fuel**3) + 0.01 * rng.normal(size=rows)
    return np.stack([rng.normal(size=rows), fuel, air, pressure], axis=1)


def test_correlation_is_scipys() -> None:
    """Spearman's rho of every pair; ties and signs too."""
    given = np.round(readings(), 1)
    expected = np.asarray(spearmanr(given).statistic)
    np.testing.assert_allclose(rank_correlation(given), expected, atol=1e-12)


def test_sensors_that_move_together_are_one_group() -> None:
    """Whatever the curve or the sign; the lone sensor is in no group."""
    (group,) = group_sensors(plain("ambient", "fuel", "air", "pressure"), readings())
    assert group.sensors == ("fuel", "air", "pressure")
    assert group.calculated == ()
    assert group.weakest is not None
    assert group.strongest is not None
    assert 0.95 < group.weakest <= group.strongest <= 1


def test_a_calculated_sensor_belongs_to_its_sources() -> None:
    """Even where it hardly moves with them: efficiency from oxygen and fuel."""
    rng = np.random.default_rng(1)
    sensors = plain("oxygen", "ambient", "efficiency")
    sources = {"kind": SensorKind.CALCULATED, "derived_from": ("oxygen",)}
    sensors[2] = sensors[2].model_copy(update=sources)
    (group,) = group_sensors(sensors, rng.normal(size=(300, 3)))
    assert group.sensors == ("oxygen", "efficiency")
    assert group.calculated == ("efficiency",)
    assert group.weakest == group.strongest
    assert group.weakest is not None
    assert group.weakest < 0.2


def test_a_chain_of_weak_links_is_no_group() -> None:
    """0.8 holds for the mean of a group, not for a chain: the ends of this one are far apart."""
    rng = np.random.default_rng(2)
    walk = np.cumsum(rng.normal(size=(4_000, 6)), axis=1)  # neighbours alike, ends not
    for group in group_sensors(plain(*"abcdef"), walk):
        assert group.weakest is not None
        assert group.weakest > 0.6
        assert len(group.sensors) < 6


def test_missing_readings_are_left_out_by_pairs() -> None:
    """Rows that one sensor lacks say nothing of it; the other pairs keep them."""
    given = readings(1_000)
    full = rank_correlation(given)
    given[::3, 0] = np.nan
    given[1::7, 1] = np.nan
    found = rank_correlation(given)
    np.testing.assert_allclose(found[2:, 2:], full[2:, 2:], atol=1e-12)
    np.testing.assert_allclose(found, full, atol=0.06)


@pytest.mark.parametrize("what", ["too few", "still", "none"])
def test_what_says_nothing_joins_nothing(what: str) -> None:
    """Fewer than 100 shared readings, a sensor that stands still, one without a reading."""
    given = readings(400)[:, 1:3]
    given[99 if what == "too few" else 0 :, 1] = {"too few": np.nan, "still": 5.0}.get(what, np.nan)
    assert np.isnan(rank_correlation(given)[0, 1])
    assert group_sensors(plain("fuel", "air"), given) == ()


def test_memory_is_bounded_whatever_the_table() -> None:
    """At most 20,000 rows and four million readings, the first and the last row among them."""
    training = np.ones(100_000, dtype=bool)
    training[:10] = False
    few, many = sample_rows(training, 8), sample_rows(training, 4_096)
    assert (few[0], few[-1], len(few)) == (10, 99_999, MOST_ROWS)
    assert len(many) * 4_096 <= MOST_CELLS
    assert len(np.unique(few)) == len(few)


def profiled(tmp_path: Path, table: dict[str, Any], **spec: Any) -> Any:
    pl.DataFrame(table).write_parquet(tmp_path / "data.parquet")
    stated = {
        "path": "x",
        "time": None,
        "sensors": {name: {} for name in table},
        "target": {"column": next(iter(table)), "horizon": "1 rows"},
        "window": {"length": 2, "stride": 1},
        "holdout": {"fraction": 0.5, "by": "time"},
        "simulated": False,
        **spec,
    }
    return profile_dataset(DatasetSpec.model_validate(stated), [tmp_path / "data.parquet"])


def test_only_the_training_part_is_asked(tmp_path: Path) -> None:
    """Two sensors that part in training and run together when held out are no group."""
    rng = np.random.default_rng(3)
    one, other = rng.normal(size=(2, 600))
    other[300:] = one[300:]
    apart = profiled(tmp_path, {"one": one, "other": other})
    assert apart.sensor_groups == ()
    assert apart.grouped_on == 300
    joined = profiled(tmp_path, {"one": one[::-1].copy(), "other": other[::-1].copy()})
    assert [group.sensors for group in joined.sensor_groups] == [("one", "other")]

"""What a profile says of a dataset: period, gaps, codes, sensors, traces, drift."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ks_2samp

from generator.datasets.profile.drift import MOST, measure_drift, stability_index
from generator.datasets.profile.facts import profile_dataset
from generator.datasets.profile.trace import choose_bucket_rows, trace_column
from generator.errors import InputError
from generator.records.dataset_profile import Gap, ProfileFacts, QualityCount, SensorProfile
from generator.spec.datasets import DatasetSpec

SPEC: dict[str, Any] = {
    "path": "x",
    "time": {"column": "at", "zone": "Europe/Berlin"},
    "sensors": {"temp": {"unit": "degC"}},
    "target": {"column": "temp", "horizon": "1h"},
    "window": {"length": 2, "stride": 1},
    "holdout": {"fraction": 0.5, "by": "time"},
    "simulated": False,
}


def facts(folder: Path, table: dict[str, Any], **changes: Any) -> ProfileFacts:
    """The profile of a table, with some keys of the spec changed."""
    path = folder / "data.parquet"
    pl.DataFrame(table).write_parquet(path)
    return profile_dataset(DatasetSpec.model_validate({**SPEC, **changes}), [path])


def sensor(folder: Path, readings: list[float | None], **table: Any) -> SensorProfile:
    """The profile of one sensor without a clock."""
    found = facts(folder, {"temp": readings, **table}, time=None, target=ROWS, **_group(table))
    return found.sensors[0]


ROWS = {"column": "temp", "horizon": "1 rows"}


def _group(table: dict[str, Any]) -> dict[str, Any]:
    return {"group": "run", "holdout": {"fraction": 0.5, "by": "group"}} if "run" in table else {}


def hours(first: str, steps: list[int]) -> list[datetime]:
    """UTC instants so many hours apart."""
    start = datetime.fromisoformat(first + "+00:00")
    return [start + timedelta(hours=sum(steps[:i])) for i in range(len(steps) + 1)]


def test_the_period_is_local_and_utc_with_its_clock_changes(tmp_path: Path) -> None:
    """Over the last weekend of March 2025 Berlin's clock goes from UTC+1 to UTC+2 at 01:00 UTC."""
    at = hours("2025-03-29T12:00:00", [1] * 24)
    period = facts(tmp_path, {"at": at, "temp": np.arange(25.0)}).period
    assert period is not None
    assert (period.first_local, period.last_local) == ("2025-03-29 13:00:00", "2025-03-30 14:00:00")
    assert (period.first_utc, period.last_utc) == ("2025-03-29 12:00:00", "2025-03-30 12:00:00")
    changes = [("2025-03-30 01:00:00", 1.0)]
    assert changes == [(change.utc, change.hours) for change in period.clock_changes]
    assert (period.step, period.at_step) == ("1 h", 1.0)


def test_gaps_are_counted_and_the_longest_has_its_time(tmp_path: Path) -> None:
    """Two steps of eight are longer than 1.5 h; the longer lasts 5 h."""
    at = hours("2025-06-01T00:00:00", [1, 1, 2, 1, 5, 1, 1, 1])
    found = facts(tmp_path, {"at": at, "temp": np.arange(9.0)})
    assert found.gaps == 2
    expected = Gap(
        seconds=18_000.0, words="5 h", after="2025-06-01 07:00:00", before="2025-06-01 12:00:00"
    )
    assert expected == found.longest_gap
    assert found.period is not None
    assert found.period.at_step == 6 / 8


def test_a_pause_between_groups_is_no_gap(tmp_path: Path) -> None:
    """A step from one run to the next is no step."""
    at = hours("2025-06-01T00:00:00", [1, 1, 100, 1, 1])
    table = {"at": at, "temp": np.arange(6.0), "run": ["a", "a", "a", "b", "b", "b"]}
    found = facts(tmp_path, table, **_group(table))
    assert (found.gaps, found.groups, found.group_rows, found.held_out) == (0, 2, (3,), ((3, 6),))


def test_stretches_end_at_a_gap(tmp_path: Path) -> None:
    """Six equal readings and a pause of two days in the middle: three in a row, for 3 h."""
    at = hours("2025-06-01T00:00:00", [1, 1, 48, 1, 1])
    found = facts(tmp_path, {"at": at, "temp": [5.0] * 6}).sensors[0].longest_frozen
    assert found is not None
    assert (found.rows, found.row, found.words) == (3, 0, "3 h")


def test_each_block_of_groups_has_its_held_out_stretch(tmp_path: Path) -> None:
    """Eight runs of one row in two blocks: the last half of each block."""
    holdout = {"fraction": 0.5, "by": "group", "blocks": 2}
    table = {"temp": np.arange(8.0), "run": list("abcdefgh")}
    found = facts(tmp_path, table, time=None, target=ROWS, group="run", holdout=holdout)
    assert found.held_out == ((2, 4), (6, 8))
    assert found.held_rows == 4


def test_drift_compares_held_out_blocks_with_the_rest(tmp_path: Path) -> None:
    """Held-out rows of both blocks read 1, all others 0: they share no value."""
    runs = [f"{run:02}" for run in range(8) for _ in range(100)]
    held = [run % 4 >= 2 for run in range(8) for _ in range(100)]
    holdout = {"fraction": 0.5, "by": "group", "blocks": 2}
    table = {"temp": np.array(held, dtype=float), "run": runs}
    found = facts(tmp_path, table, time=None, target=ROWS, group="run", holdout=holdout)
    assert found.sensors[0].drift is not None
    assert (found.sensors[0].drift.ks, found.sensors[0].drift.outside) == (1.0, 1.0)


def test_data_without_a_clock_has_no_gaps_to_tell(tmp_path: Path) -> None:
    """No period, no gaps, rows by number."""
    found = facts(tmp_path, {"temp": [1.0, 2.0, 3.0]}, time=None, target=ROWS)
    assert (found.period, found.gaps, found.last_row) == (None, None, "row 2")
    assert found.held_out == ((2, 3),)


def test_a_clock_that_is_not_local_time_is_refused(tmp_path: Path) -> None:
    """An hour that Berlin's clock skips is told, with what to do."""
    at = [datetime(2018, 3, 25, 1), datetime(2018, 3, 25, 2), datetime(2018, 3, 25, 3)]
    with pytest.raises(InputError, match=r"row 2, .* that clock skips it; declare the zone"):
        facts(tmp_path, {"at": at, "temp": [1.0, 2.0, 3.0]})


def test_a_sensors_figures_are_those_of_its_readings(tmp_path: Path) -> None:
    """Of 0 to 100, in any order, 1 % is 1, the median 50, 99 % is 99; NaN and null are missing."""
    shuffled = np.random.default_rng(0).permutation(101.0 * np.arange(101) / 101)
    found = sensor(tmp_path, [None, *shuffled.tolist(), float("nan"), float("inf")])
    figures = (found.low, found.p01, found.median, found.p99, found.high)
    assert figures == pytest.approx((0, 1, 50, 99, 100))
    assert (found.readings, found.missing) == (101, 3)


def test_a_dead_sensor_has_no_figures(tmp_path: Path) -> None:
    """Nothing read: no range, no drift, one long stretch without a reading."""
    found = sensor(tmp_path, [None, None, None, None])
    assert (found.low, found.median, found.drift, found.longest_frozen) == (None,) * 4
    assert found.longest_missing is not None
    assert found.longest_missing.rows == 4


def test_stretches_end_where_a_group_ends(tmp_path: Path) -> None:
    """Four equal readings and three missing ones in a row, but never more than two of one run."""
    runs = ["a"] * 4 + ["b"] * 5
    readings = [1.0, 2.0, 7.0, 7.0, 7.0, 7.0, 3.0, None, None]
    found = sensor(tmp_path, readings, run=runs)
    frozen, missing = found.longest_frozen, found.longest_missing
    assert frozen is not None
    assert missing is not None
    assert (frozen.rows, frozen.row, frozen.value) == (2, 2, 7.0)
    assert (missing.rows, missing.row, missing.at) == (2, 7, "row 7")


def test_quality_codes_are_counted_and_nothing_is_dropped(tmp_path: Path) -> None:
    """Codes stored as numbers with a point are the manifest's whole numbers; null is a code too."""
    table = {"temp": [1.0, 2.0, None, 4.0, 5.0], "q": [0.0, 1.0, 1.0, None, 0.0]}
    quality = {"column": "q", "good": [0]}
    found = facts(tmp_path, table, time=None, target=ROWS, quality=quality)
    expected = [("0", 2, True), ("1", 2, False), ("(no code)", 1, False)]
    counts = [QualityCount(code=code, rows=rows, good=good) for code, rows, good in expected]
    assert counts == list(found.quality)
    assert (found.sensors[0].readings, found.sensors[0].not_good) == (4, 2)


@given(rows=st.integers(1, 5000), most=st.integers(1, 400))
def test_every_row_lies_in_one_bucket(rows: int, most: int) -> None:
    """Buckets begin at 0, never repeat, and differ by at most one row in size."""
    starts = choose_bucket_rows(rows, most)
    sizes = np.diff([*starts, rows])
    assert (starts[0], len(starts)) == (0, min(rows, most))
    assert sizes.min() >= 1
    assert np.ptp(sizes) <= 1


def test_a_trace_keeps_the_peak_and_says_what_is_missing() -> None:
    """Two buckets of three: means over readings alone, shares of missing rows."""
    found = trace_column(np.array([1.0, np.nan, 3.0, np.nan, np.nan, np.nan]), np.array([0, 3]))
    assert (found.low, found.mean, found.high) == ((1.0, None), (2.0, None), (3.0, None))
    assert found.missing == (0.333333, 1.0)


def test_the_stability_index_is_the_formula() -> None:
    """A held-out part with all its readings in the top half of the training deciles, by hand."""
    training, held = np.arange(1000.0), np.arange(500.0, 1000.0)
    p, q = np.full(10, 0.1), np.array([1e-4] * 5 + [0.2] * 5)
    expected = ((q - p) * np.log(q / p)).sum()
    assert stability_index(training, held) == pytest.approx(expected, rel=0.02)


def test_equal_parts_have_not_drifted() -> None:
    """The same readings twice: both figures 0."""
    same = np.sort(np.random.default_rng(1).normal(size=500))
    found = measure_drift(same, same)
    assert found is not None
    assert (found.psi, found.ks, found.outside) == (0.0, 0.0, 0.0)
    assert found.state == "much the same"


def test_a_constant_that_moves_is_a_strong_shift() -> None:
    """Down as well as up: a standing value that stands elsewhere is never 'much the same'."""
    for value in (4.0, 6.0):
        found = measure_drift(np.full(200, 5.0), np.full(200, value))
        assert found is not None
        assert (found.state, found.ks, found.outside) == ("strongly shifted", 1.0, 1.0)


@pytest.mark.parametrize(("mean", "state"), [(0.0, "much the same"), (0.38, "shifted"),
                                             (1.0, "strongly shifted")])  # fmt: skip
def test_a_shift_of_the_mean_is_graded(mean: float, state: str) -> None:
    """For two normal distributions the index is about the square of the shift in deviations."""
    rng = np.random.default_rng(2)
    found = measure_drift(np.sort(rng.normal(size=20_000)), np.sort(rng.normal(mean, 1, 20_000)))
    assert found is not None
    assert found.state == state


def test_the_distance_is_scipys_however_long_the_parts() -> None:
    """Compared at evenly spaced order statistics it differs by less than 0.0001."""
    rng = np.random.default_rng(3)
    training, held = np.sort(rng.normal(size=5 * MOST)), np.sort(rng.normal(0.1, 1, 3 * MOST))
    found = measure_drift(training, held)
    assert found is not None
    assert found.ks == pytest.approx(ks_2samp(training, held).statistic, abs=1e-4)


def test_too_few_readings_are_not_compared() -> None:
    """99 readings in a part: no figure is given."""
    assert measure_drift(np.arange(99.0), np.arange(1000.0)) is None


def test_several_files_are_one_table(tmp_path: Path) -> None:
    """Without clock and group no stretch reaches over the border of two files."""
    for name in ("a", "b"):
        pl.DataFrame({"temp": [1.0, 5.0]}).write_csv(tmp_path / f"{name}.csv")
    spec = DatasetSpec.model_validate({**SPEC, "time": None, "target": ROWS})
    found = profile_dataset(spec, [tmp_path / "a.csv", tmp_path / "b.csv"])
    assert (found.rows, found.group_rows, found.groups) == (4, (2,), 0)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    """The error names the column and what the file has."""
    with pytest.raises(InputError, match=r"no column 'temp'; it has: other"):
        facts(tmp_path, {"other": [1.0, 2.0]}, time=None, target=ROWS)

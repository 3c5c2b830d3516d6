"""The heating loop's files: targets, windows, lost readings, clocks, and what the script makes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from examples.process_heat.group_windows import split_groups
from examples.process_heat.thermal_data import (
    DATA,
    HORIZON,
    SENSORS,
    TARGET,
    list_happenings,
    simulate,
)
from examples.process_heat.thermal_plan import (
    RUNS,
    ZONE,
    plan_run,
)
from examples.process_heat.thermal_weather import build_calendar
from examples.process_heat.thermal_windows import cut_loop_windows, run_names
from tests.examples.thermal_runs import (
    BYPASSED,
    PLANS,
    column,
    read_data,
    select_run,
)


def test_target_is_the_change_of_the_reading() -> None:
    """Where known, return_temp_rise is return_temp less return_temp of twelve rows before."""
    for name in run_names(read_data())[::5]:
        run = select_run(read_data(), name)
        back, rise = column(run, "return_temp"), column(run, TARGET)
        change = back[HORIZON:] - back[:-HORIZON]
        known = np.isfinite(rise[HORIZON:])
        assert known.mean() > 0.95
        assert rise[HORIZON:][known] == pytest.approx(change[known], abs=1e-4)


def test_target_of_a_window_is_the_change_still_to_come() -> None:
    """The program's windows ask for return_temp 12 rows on less the window's last reading."""
    names = [plan.name for plan in PLANS[:4]]
    frame = read_data().filter(pl.col("run").is_in(names))
    windows, back = cut_loop_windows(frame, 7), column(frame, "return_temp")
    ahead = back[windows.last_row + 12] - back[windows.last_row]
    assert windows.values.shape[1:] == (96, 8)
    assert windows.target == pytest.approx(ahead, abs=1e-4)
    assert windows.values[:, -1, 1] == pytest.approx(back[windows.last_row], nan_ok=True)


def test_some_readings_are_lost() -> None:
    """0.2 to 0.5 % of each sensor's readings are lost, and lost rows are not 'good'."""
    for sensor in SENSORS:
        assert 0.002 < read_data()[sensor].null_count() / read_data().height < 0.005, sensor
    good = read_data().filter(pl.col("quality") == "good")
    assert sum(good.select(SENSORS).null_count().row(0)) == 0


def test_clock_is_utc_and_crosses_both_changes() -> None:
    """Stamps rise by 5 minutes in UTC; training and held-out runs cross both kinds of night."""
    assert read_data().schema["timestamp"] == pl.Datetime("ms", "UTC")
    steps = read_data().select(pl.col("timestamp").diff().over("run").drop_nulls().unique())
    assert steps.to_series().to_list() == [timedelta(minutes=5)]
    for side in split_groups(run_names(read_data())):
        changes = {change for name in side for change in _clock_changes(name)}
        assert changes == {timedelta(hours=1), timedelta(hours=-1)}


def _clock_changes(name: str) -> set[timedelta]:
    """By how much local time moves against UTC between the first and last row of a run."""
    stamps, zone = select_run(read_data(), name)["timestamp"], ZoneInfo(ZONE)
    first, last = (stamp.astimezone(zone).utcoffset() for stamp in (stamps[0], stamps[-1]))
    return set() if first == last else {last - first}


def test_people_live_by_the_local_clock() -> None:
    """At noon UTC it is 14 h in summer and 13 h in winter, and each run's hours say so."""
    for number, offset in ((1, 2), (10, 1)):
        calendar = build_calendar(plan_run(number))
        assert ((calendar.hour - calendar.utc_hour) % 24 == pytest.approx(offset)) is True


def test_stamp_is_the_end_of_the_mean() -> None:
    """The first stamp is five minutes after the run begins."""
    for plan in (PLANS[0], PLANS[-1]):
        assert select_run(read_data(), plan.name)["timestamp"][0] == plan.begins + timedelta(
            minutes=5
        )
    assert PLANS[0].begins > datetime(2023, 8, 28, tzinfo=UTC)
    assert select_run(read_data(), PLANS[-1].name)["timestamp"][-1] < datetime(
        2026, 6, 1, tzinfo=UTC
    )


def test_split_keeps_runs_apart() -> None:
    """The last 30 % of 72 runs are held out and no run is on both sides."""
    training, held_out = split_groups(run_names(read_data()))
    assert (len(training), len(held_out)) == (51, 21)
    assert not set(training) & set(held_out)


def test_file_is_what_the_script_makes() -> None:
    """One run, simulated again from its number, is the run in the file."""
    plan = PLANS[BYPASSED - 1]
    again, stored = simulate(plan), select_run(read_data(), plan.name)
    assert again.select("timestamp", "run").equals(stored.select("timestamp", "run"))
    for name in (*SENSORS, TARGET, "quality"):
        assert again[name].eq_missing(stored[name]).to_numpy().mean() > 0.999, name


def test_event_list_is_what_the_script_makes() -> None:
    """The list of faults has every run, and one run's rows come out again."""
    stored = pl.read_parquet(DATA / "thermal_runs.parquet")
    assert stored["run"].n_unique() == RUNS
    assert list_happenings(PLANS[BYPASSED - 1]).equals(select_run(stored, PLANS[BYPASSED - 1].name))


def test_files_stay_small() -> None:
    """The committed data fits its budget: 2.8 MB for the runs, 1.6 MB for the twins."""
    assert (DATA / "thermal.parquet").stat().st_size < 2_800_000
    assert (DATA / "thermal_twins.parquet").stat().st_size < 1_600_000

"""The simulated boiler house: lags, faults, twins, and files that say what the scripts make."""

from __future__ import annotations

from datetime import datetime
from functools import cache

import numpy as np
import polars as pl
import pytest

from examples.process_heat import natural_gas
from examples.process_heat import transmitters as t
from examples.process_heat.combustion_data import DATA, SENSORS, list_happenings, simulate
from examples.process_heat.combustion_plan import (
    ALL_SAMPLES,
    RUNS,
    SAMPLES,
    STEP_SECONDS,
    plan_run,
    remove_faults,
)
from examples.process_heat.combustion_plant import run_plant
from examples.process_heat.combustion_windows import TABLE, run_names
from examples.process_heat.flame import flue_gas
from examples.process_heat.group_windows import split_groups
from examples.process_heat.starter_slice import STARTER, cut_starter_slice

NOISE = {"fuel_flow": 0.6, "air_flow": 15.0, "oxygen_ppm": 300.0, "co_ppm": 10.0}
BREAKTHROUGH_RUN = 29


@cache
def data() -> pl.DataFrame:
    """The committed file."""
    return pl.read_parquet(DATA / "combustion.parquet")


@cache
def twin_data() -> pl.DataFrame:
    """The committed twins."""
    return pl.read_parquet(DATA / "combustion_twins.parquet")


def run_of(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """One run."""
    return frame.filter(pl.col("run") == name)


def seconds_to_90_percent(instrument: t.Transmitter, before: float, after: float) -> int:
    """Seconds from a step in the true signal to 90 % of it on the instrument."""
    true = np.full(ALL_SAMPLES, before)
    true[100:] = after
    shown = (t.response(instrument, true) - before) / (after - before)
    return int(np.argmax(shown >= 0.9) - 99) * STEP_SECONDS


def test_lag_order_after_a_step_in_air() -> None:
    """Air shows at once, O2 after 20-40 s, CO after 80-120 s, the furnace after about 2 min."""
    flue = flue_gas(np.array([1.16, 1.06]), np.full(2, 295.0), np.full(2, 0.8))
    assert seconds_to_90_percent(t.AIR_FLOW, 2000, 1800) <= 10
    assert seconds_to_90_percent(t.FUEL_FLOW, 100, 110) <= 10
    assert 20 <= seconds_to_90_percent(t.OXYGEN, *flue.oxygen) <= 40
    assert 80 <= seconds_to_90_percent(t.CO, *flue.co_ppm) <= 120
    assert 110 <= seconds_to_90_percent(t.BURNER_TEMP, *flue.exit_c) <= 130


def test_half_the_runs_have_a_sticking_damper() -> None:
    """Exactly half of all runs have the damper fault, spread over load and time."""
    plans = [plan_run(number) for number in range(1, RUNS + 1)]
    faulty = [plan for plan in plans if plan.damper_sticks]
    assert len(faulty) == RUNS / 2
    starts = np.array([stick.start for plan in faulty for stick in plan.damper_sticks])
    loads = np.concatenate(
        [
            run_of(data(), p.name)["fuel_flow"].to_numpy()[[s.start for s in p.damper_sticks]]
            for p in faulty
        ]
    )
    assert np.histogram(starts, bins=4, range=(0, SAMPLES))[0].min() >= 0.15 * len(starts)
    assert np.nanpercentile(loads, 90) - np.nanpercentile(loads, 10) > 40


def test_damper_stands_still_until_it_slips() -> None:
    """While the damper sticks the true air keeps to its place within draught and fan noise."""
    plant = run_plant(plan_run(BREAKTHROUGH_RUN))
    free = run_plant(remove_faults(plan_run(BREAKTHROUGH_RUN)))
    draught = free.air / free.air.mean()
    assert all(0 < stick.end - stick.start <= 110 for stick in plant.sticks)
    for stick in plant.sticks:
        held = plant.air[500 + stick.start : 500 + stick.end]
        assert np.std(held) / np.mean(held) < 0.02
    assert np.std(draught) > 0.1


def test_twin_is_the_same_run_until_the_fault() -> None:
    """A run and its twin agree in every reading before the first stick and differ after it."""
    plan = plan_run(BREAKTHROUGH_RUN)
    onset = min(event.start for event in (*plan.damper_sticks, *plan.in_leaks))
    run, twin = run_of(data(), plan.name), run_of(twin_data(), plan.name)
    assert run.head(onset).equals(twin.head(onset))
    assert not run.select(SENSORS).equals(twin.select(SENSORS))


@pytest.mark.parametrize("sensor", ["air_flow", "oxygen_ppm", "co_ppm"])
def test_the_fault_is_visible(sensor: str) -> None:
    """In runs that break through, the reading leaves its twin by more than three deviations."""
    for name in broken_runs():
        run, twin = run_of(data(), name)[sensor], run_of(twin_data(), name)[sensor]
        assert (np.abs((run - twin).to_numpy()) > 3 * NOISE[sensor]).any()


def test_fuel_shows_nothing_of_the_fault() -> None:
    """Fuel follows the demand in run and twin alike: the fault is in the relation to air."""
    for name in broken_runs():
        assert run_of(data(), name)["fuel_flow"].equals(run_of(twin_data(), name)["fuel_flow"])


def broken_runs() -> list[str]:
    """Runs with a sticking damper and a breakthrough."""
    sticky = {p.name for p in map(plan_run, range(1, RUNS + 1)) if p.damper_sticks}
    broken: list[str] = data().filter("co_breakthrough")["run"].unique().sort().to_list()
    return [name for name in broken if name in sticky]


def test_breakthrough_comes_from_the_damper() -> None:
    """Twins break through in less than a tenth of the samples their runs do."""
    happened, without = (f["co_breakthrough"].to_numpy().sum() for f in (data(), twin_data()))
    assert without < 0.1 * happened


def test_in_leak_moves_oxygen_and_what_follows_from_it_alone() -> None:
    """An in-leak at the analyser leaves fuel, air, CO and furnace as in the twin."""
    plans = map(plan_run, range(1, RUNS + 1))
    plan = next(p for p in plans if p.in_leaks and not p.damper_sticks)
    run, twin = run_of(data(), plan.name), run_of(twin_data(), plan.name)
    untouched = ["fuel_flow", "air_flow", "co_ppm", "burner_temp"]
    assert run.select(untouched).equals(twin.select(untouched))
    after = slice(plan.in_leaks[0].start + 20, None)
    gained = (run["oxygen_ppm"] - twin["oxygen_ppm"]).to_numpy()[after]
    assert np.nanmin(gained) > 10_000


def test_calculated_sensors_follow_from_measured_oxygen() -> None:
    """Excess air in the file is the formula of the O2 in the same row, to its last digit."""
    rows = data().drop_nulls(["oxygen_ppm", "excess_air"])
    expected = natural_gas.excess_air(rows["oxygen_ppm"].cast(pl.Float64).to_numpy() / 1e4)
    assert rows["excess_air"].to_numpy() == pytest.approx(expected, abs=0.051)


def test_normal_ranges() -> None:
    """Middle readings of healthy runs lie in the ranges of such a boiler."""
    plans = map(plan_run, range(1, RUNS + 1))
    names = [p.name for p in plans if not (p.damper_sticks or p.in_leaks or p.calorific_steps)]
    healthy = data().filter(pl.col("run").is_in(names))
    limits = {
        "fuel_flow": (50, 145), "oxygen_ppm": (20_000, 70_000), "co_ppm": (0, 30),
        "burner_temp": (850, 1180), "efficiency": (88, 94), "excess_air": (8, 40),
        "nox_emission": (10, 160),
    }  # fmt: skip
    for sensor, (low, high) in limits.items():
        assert low <= np.nanquantile(healthy[sensor].to_numpy(), 0.02), sensor
        assert np.nanquantile(healthy[sensor].to_numpy(), 0.98) <= high, sensor


def test_clock_is_unambiguous_local_time() -> None:
    """Stamps are naive, rise by 10 s in a run, and mean one instant each in Europe/Berlin."""
    frame = data()
    assert frame.schema["timestamp"] == pl.Datetime("ms")
    steps = frame.select(pl.col("timestamp").diff().over("run").drop_nulls().unique())
    assert [step.total_seconds() for step in steps.to_series()] == [10.0]
    zone = "Europe/Berlin"
    ends = frame.group_by("run").agg(
        pl.col("timestamp").first().alias("first"), pl.col("timestamp").last().alias("last")
    )
    assert all(first.date() == last.date() for _, first, last in ends.rows())
    assert frame["timestamp"].dt.hour().min() >= 5  # the clocks change at 2 or 3 in the morning
    frame["timestamp"].dt.replace_time_zone(zone, ambiguous="raise", non_existent="raise")
    assert frame["timestamp"].max() < datetime(2026, 7, 15)


def test_split_keeps_runs_apart() -> None:
    """The last 30 % of runs are held out and no run is on both sides."""
    training, held_out = split_groups(run_names(data()))
    assert (len(training), len(held_out)) == (129, 55)
    assert not set(training) & set(held_out)
    assert max(training) < min(held_out)


def test_windows_predict_only_what_has_not_happened() -> None:
    """A run's windows hold no breakthrough sample, and 1 to 6 % of all come before one."""
    training, _ = split_groups(run_names(data()))
    windows = TABLE.cut_windows(data(), training, 16)
    assert 0.01 < windows.event.mean() < 0.06
    shown_late = windows.readings[..., SENSORS.index("co_ppm")]
    assert np.nanmax(shown_late) < 300


def test_file_is_what_the_script_makes() -> None:
    """One run, simulated again from its number, is the run in the file."""
    plan = plan_run(BREAKTHROUGH_RUN)
    again, stored = simulate(plan), run_of(data(), plan.name)
    assert again.drop(SENSORS).equals(stored.drop(SENSORS))
    for sensor in SENSORS:
        same = again[sensor].eq_missing(stored[sensor])
        assert same.to_numpy().mean() > 0.999, sensor


def test_event_list_is_what_the_script_makes() -> None:
    """The list of faults has every run, and one run's rows come out again."""
    stored = pl.read_parquet(DATA / "combustion_runs.parquet")
    plan = plan_run(BREAKTHROUGH_RUN)
    assert stored["run"].n_unique() == RUNS
    assert list_happenings(plan).equals(run_of(stored, plan.name))


def test_starter_slice_is_cut_from_the_file() -> None:
    """The starter's data is the slice of the committed file, small, hold-out last."""
    starter = pl.read_parquet(STARTER)
    assert starter.equals(cut_starter_slice(data()))
    assert STARTER.stat().st_size <= 150_000
    _, held_out = split_groups(run_names(data()))
    _, starter_held_out = split_groups(run_names(starter))
    assert starter_held_out == [name for name in run_names(starter) if name in held_out]


def test_files_stay_small() -> None:
    """The committed data fits its budget: 3.1 MB for the runs, 1.8 MB for the twins."""
    assert (DATA / "combustion.parquet").stat().st_size < 3_100_000
    assert (DATA / "combustion_twins.parquet").stat().st_size < 1_800_000

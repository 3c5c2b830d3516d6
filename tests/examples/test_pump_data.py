"""The simulated pump lives: plans, twins, masks, and files that say what the script makes."""

from __future__ import annotations

from collections import Counter
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from examples.process_heat.group_windows import split_groups
from examples.process_heat.pump_data import SENSORS, describe_life, simulate
from examples.process_heat.pump_machine import efficiency_ratio
from examples.process_heat.pump_plan import LIVES, SAMPLES, plan_life
from examples.process_heat.pump_windows import (
    LIVES_FILE,
    PUMP,
    TABLE,
    TWINS,
    machine_names,
)

GUIDE_SENSORS = (
    "vibration_x",
    "vibration_y",
    "vibration_z",
    "temperature",
    "pressure",
    "acoustic_emission",
    "electrical_current",
    "efficiency_ratio",
)


@cache
def data() -> pl.DataFrame:
    """The committed file."""
    return pl.read_parquet(PUMP)


@cache
def twin_data() -> pl.DataFrame:
    """The committed twins."""
    return pl.read_parquet(TWINS)


@cache
def lives() -> pl.DataFrame:
    """The committed list of lives."""
    return pl.read_parquet(LIVES_FILE)


def of_machine(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """One machine."""
    return frame.filter(pl.col("machine") == name)


def test_columns_are_the_guides_sensors_in_order() -> None:
    """The file holds clock, machine, the guide's eight sensors, quality and failure; no age."""
    assert SENSORS == GUIDE_SENSORS
    assert data().columns == ["timestamp", "machine", *GUIDE_SENSORS, "quality", "failure"]


def test_lives_are_equally_long_and_classes_balanced() -> None:
    """80 lives of 1,728 samples: 40 healthy, ten of each fault; three of each held out."""
    assert set(data().group_by("machine").len()["len"]) == {SAMPLES}
    plans = [plan_life(number) for number in range(1, LIVES + 1)]
    counts = Counter(plan.fault_class for plan in plans)
    faults = ("bearing", "unbalance", "misalignment", "cavitation")
    assert counts == {"healthy": 40} | dict.fromkeys(faults, 10)
    apart = Counter(plan.fault_class for plan in plans[56:])
    assert apart == {"healthy": 12} | dict.fromkeys(faults, 3)
    assert lives()["fault"].to_list() == [plan.fault_class for plan in plans]


def test_onset_is_told_by_no_clock() -> None:
    """Onsets spread over at least five days of the record and over all hours of the day."""
    onsets = [plan.fault for number in range(1, LIVES + 1) if (plan := plan_life(number)).fault]
    starts = np.array([event.start for event in onsets if event])
    assert np.ptp(starts) > 5 * 144
    hours = lives()["onset"].drop_nulls().dt.hour().to_numpy()
    assert np.histogram(hours, bins=4, range=(0, 24))[0].min() >= 4


def test_only_faults_fail() -> None:
    """No healthy life fails; most lives with a fault that is not arrested do."""
    healthy = lives().filter(pl.col("fault") == "healthy")
    full = lives().filter(pl.col("halt") == 1.0)
    assert healthy["failure"].null_count() == len(healthy)
    assert full["failure"].is_not_null().mean() > 0.7  # type: ignore[operator]
    assert not twin_data()["failure"].any()


def test_failure_follows_the_onset() -> None:
    """Every failure comes after its fault's onset, and stays to the end of the record."""
    fallen = lives().drop_nulls("failure")
    assert (fallen["failure"] >= fallen["onset"]).all()
    flags = data().group_by("machine").agg(pl.col("failure").cast(pl.Int8).diff().min())
    assert flags["failure"].min() == 0


def test_twin_is_the_same_life_until_the_fault() -> None:
    """A life and its twin agree in every reading before the onset and differ after it."""
    plan = next(p for p in map(plan_life, range(1, LIVES + 1)) if p.fault and not p.loose)
    assert plan.fault is not None
    run, twin = of_machine(data(), plan.name), of_machine(twin_data(), plan.name)
    onset = plan.fault.start
    assert run.head(onset).equals(twin.head(onset))
    assert not run[onset:].select(SENSORS).equals(twin[onset:].select(SENSORS))


def test_loose_accelerometer_moves_x_alone() -> None:
    """In a healthy life a loose accelerometer changes vibration_x and no other reading."""
    plan = next(p for p in map(plan_life, range(1, LIVES + 1)) if p.loose and not p.fault)
    run, twin = of_machine(data(), plan.name), of_machine(twin_data(), plan.name)
    others = [name for name in SENSORS if name != "vibration_x"]
    assert run.select(others).equals(twin.select(others))
    assert run["vibration_x"].mean() > twin["vibration_x"].mean()  # type: ignore[operator]


def test_starts_and_standstill_are_masked() -> None:
    """While a pump stands, and for 30 min after, all readings are null and quality is 'bad'."""
    plan = plan_life(1)
    run = of_machine(data(), plan.name)
    for stop in plan.stops:
        masked = run[stop.start : min(stop.end + 3, SAMPLES)]
        assert set(masked["quality"]) == {"bad"}
        assert all(masked[name].null_count() == len(masked) for name in SENSORS)


def test_efficiency_follows_from_the_readings() -> None:
    """The ratio in the file is the formula of pressure and current in the same row."""
    rows = data().drop_nulls(["pressure", "electrical_current", "efficiency_ratio"])
    pressure, current = (
        rows[name].cast(pl.Float64).to_numpy() for name in ("pressure", "electrical_current")
    )
    found = rows["efficiency_ratio"].to_numpy()
    assert found == pytest.approx(efficiency_ratio(pressure, current), abs=6e-4)


def test_normal_ranges() -> None:
    """Middle readings of healthy lives lie in the ranges of such a pump."""
    names = [p.name for p in map(plan_life, range(1, LIVES + 1)) if not (p.fault or p.loose)]
    healthy = data().filter(pl.col("machine").is_in(names))
    limits = {
        "vibration_x": (0.2, 2.8), "vibration_y": (0.2, 2.8), "vibration_z": (0.1, 2.8),
        "temperature": (40, 75), "pressure": (3, 7), "acoustic_emission": (33, 60),
        "electrical_current": (20, 130), "efficiency_ratio": (0.68, 0.82),
    }  # fmt: skip
    for sensor, (low, high) in limits.items():
        assert low <= np.nanquantile(healthy[sensor].to_numpy(), 0.02), sensor
        assert np.nanquantile(healthy[sensor].to_numpy(), 0.98) <= high, sensor


def test_clock_is_unambiguous_local_time() -> None:
    """Stamps are naive, rise by 10 min in a life, and all lie in one offset of Europe/Berlin."""
    steps = data().select(pl.col("timestamp").diff().over("machine").drop_nulls().unique())
    assert [step.total_seconds() for step in steps.to_series()] == [600.0]
    zone = ZoneInfo("Europe/Berlin")
    first, last = data()["timestamp"].min(), data()["timestamp"].max()
    offsets = {t.replace(tzinfo=zone).utcoffset() for t in (first, last)}  # type: ignore[union-attr,call-arg]
    assert len(offsets) == 1


def test_windows_predict_only_what_has_not_happened() -> None:
    """Windows end before the failure, and 2 to 15 % of them come within a day before one."""
    training, apart = split_groups(machine_names(data()))
    assert (len(training), len(apart)) == (56, 24)
    windows = TABLE.cut_windows(data(), training, 24)
    assert windows.readings.shape[1:] == (64, 8)
    assert 0.02 < windows.event.mean() < 0.15


def test_file_is_what_the_script_makes() -> None:
    """One life, simulated again from its number, is the life in the file."""
    plan = plan_life(5)
    again, stored = simulate(plan), of_machine(data(), plan.name)
    assert again.drop(SENSORS).equals(stored.drop(SENSORS))
    for sensor in SENSORS:
        same = again[sensor].eq_missing(stored[sensor])
        assert same.to_numpy().mean() > 0.999, sensor
    assert describe_life(plan, again) == of_machine(lives(), plan.name).row(0, named=True)


def test_files_stay_small() -> None:
    """The committed data fits its budget: 1.8 MB for the lives, 1 MB for the twins."""
    assert PUMP.stat().st_size < 1_800_000
    assert TWINS.stat().st_size < 1_000_000

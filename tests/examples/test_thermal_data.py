"""The simulated heating loop: balances, delays, faults, twins, clocks, and files as scripted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from examples.process_heat import thermal_laws as law
from examples.process_heat.combustion_windows import run_names, split_runs
from examples.process_heat.thermal_data import (
    DATA,
    HORIZON,
    SENSORS,
    TARGET,
    happenings,
    simulate,
)
from examples.process_heat.thermal_plan import (
    MINUTES_PER_SAMPLE,
    RUNS,
    SAMPLES,
    SAMPLES_PER_DAY,
    WARM_UP,
    ZONE,
    plan_run,
    without_faults,
)
from examples.process_heat.thermal_plant import (
    BUILDING_KWH_K,
    PIPE_M3,
    Plant,
    heating_curve,
    run_plant,
)
from examples.process_heat.thermal_weather import calendar_of
from examples.process_heat.thermal_windows import windows_of

START = WARM_UP * MINUTES_PER_SAMPLE
PLANS = [plan_run(number) for number in range(1, RUNS + 1)]
HEALTHY = [plan.name for plan in PLANS if not plan.faults]
NOISE = {"flow_rate": 0.5, "pump_speed": 0.1, "supply_pressure": 0.01, "return_temp": 0.1}
BYPASSED, FOULED, QUIET = (
    next(plan.number for plan in PLANS if plan.bypasses and not plan.foulings),
    next(plan.number for plan in PLANS if plan.foulings and not plan.bypasses),
    next(plan.number for plan in PLANS if not plan.faults),
)


@cache
def data() -> pl.DataFrame:
    """The committed file."""
    return pl.read_parquet(DATA / "thermal.parquet")


@cache
def twin_data() -> pl.DataFrame:
    """The committed twins."""
    return pl.read_parquet(DATA / "thermal_twins.parquet")


@cache
def plant(number: int, healthy: bool = False) -> Plant:
    """The true course of a run, or of its twin."""
    plan = plan_run(number)
    return run_plant(without_faults(plan) if healthy else plan)


def run_of(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """One run."""
    return frame.filter(pl.col("run") == name)


def column(frame: pl.DataFrame, name: str) -> np.ndarray:
    """A sensor's readings as float64, NaN where lost."""
    values: np.ndarray = frame[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
    return values


def metered_heat(frame: pl.DataFrame) -> np.ndarray:
    """Heat in kW by the law, 1.163 kWh/m3K x density x V x (Ts - Tr), from readings."""
    supply, back = column(frame, "supply_temp"), column(frame, "return_temp")
    flow = column(frame, "flow_rate")
    density = 1000 * (1 - (back - 3.98) ** 2 * (back + 289) / (508_929 * (back + 68.1)))
    return np.asarray(1.163 * density / 1000 * flow * (supply - back))


@pytest.mark.parametrize("number", [QUIET, BYPASSED, FOULED])
def test_heat_is_conserved(number: int) -> None:
    """Over a run the heat plant's heat is drawn, stored or lost to the soil; 0.3 % at most."""
    true = plant(number)
    span = slice(START, None)
    given = law.heat(true.flow, true.supply, true.back)[span].sum() / 60
    stored = BUILDING_KWH_K * (true.stored_c[-1] - true.stored_c[START])
    soil = (0.12 * (true.supply - 8) + 0.12 * (true.back - 8))[span].sum() / 60
    assert given == pytest.approx(true.drawn[span].sum() / 60 + stored + soil, rel=0.003)


def test_metered_heat_closes_against_the_demand() -> None:
    """In every healthy run heat by the law, from readings, is the asked heat within 3 %."""
    for name in HEALTHY:
        run = run_of(data(), name)
        heat, asked = metered_heat(run), column(run, "load_demand")
        known = np.isfinite(heat + asked)
        assert heat[known].mean() == pytest.approx(asked[known].mean(), rel=0.03), name


def test_metered_heat_closes_against_the_truth() -> None:
    """Daily means of heat from readings are those of the true heat within 3 %."""
    true = plant(QUIET)
    heat = law.heat(true.flow, true.supply, true.back)[START:]
    heat = heat.reshape(-1, MINUTES_PER_SAMPLE).mean(axis=1)
    read = metered_heat(run_of(data(), PLANS[QUIET - 1].name))
    known = np.isfinite(read)
    days = np.arange(SAMPLES) // SAMPLES_PER_DAY
    for day in np.unique(days):
        chosen = known & (days == day)
        assert read[chosen].mean() == pytest.approx(heat[chosen].mean(), rel=0.03)


def test_transport_takes_ten_to_forty_minutes() -> None:
    """In all runs volume over metered flow is 10 to 42 minutes in 99 % of samples."""
    flow = column(data(), "flow_rate")
    minutes = 60 * PIPE_M3 / flow[np.isfinite(flow)]
    assert 9 <= np.quantile(minutes, 0.005)
    assert np.quantile(minutes, 0.995) <= 42


def test_healthy_pressure_follows_the_system_curve() -> None:
    """Healthy: pressure over the pump, less 3.2 bar of height, is K V^2, K constant within 3 %."""
    healthy = data().filter(pl.col("run").is_in(HEALTHY) & (pl.col("quality") == "good"))
    drop = column(healthy, "supply_pressure") - column(healthy, "return_pressure") - 3.2
    squares = column(healthy, "flow_rate") ** 2
    assert np.polyfit(squares, drop, 1)[0] == pytest.approx(law.LOOP_RESISTANCE, rel=0.03)
    assert np.corrcoef(squares, drop)[0, 1] > 0.99


def test_healthy_flow_follows_the_pump() -> None:
    """Healthy: flow over pump speed is one constant, 0.95 m3/h for each per cent, within 2 %."""
    healthy = data().filter(pl.col("run").is_in(HEALTHY) & (pl.col("quality") == "good"))
    ratio = column(healthy, "flow_rate") / column(healthy, "pump_speed")
    assert np.median(ratio) == pytest.approx(0.95, rel=0.02)
    assert np.std(ratio) < 0.02


def test_supply_follows_the_heating_curve() -> None:
    """The curve is 110 degC at -12, 70 at +15; the supply keeps to it within 2 K on average."""
    assert heating_curve(np.array([-12.0, 1.5, 15.0, 25.0])) == pytest.approx([110, 90, 70, 70])
    good = data().filter(pl.col("quality") == "good")
    off = column(good, "supply_temp") - heating_curve(column(good, "ambient_temp"))
    assert np.abs(off).mean() < 2.0
    assert np.corrcoef(column(good, "supply_temp"), column(good, "ambient_temp"))[0, 1] < -0.9


def test_return_pressure_is_a_distractor() -> None:
    """The vessel's pressure goes its own way: no correlation with any sensor's change or target."""
    good = data().filter(pl.col("quality") == "good").drop_nulls(TARGET)
    pressure = column(good, "return_pressure")
    assert 2.0 <= pressure.min()
    assert pressure.max() <= 2.5
    for other in ("return_temp", "flow_rate", "load_demand", "ambient_temp", TARGET):
        assert abs(np.corrcoef(pressure, column(good, other))[0, 1]) < 0.1, other


def test_return_pressure_shows_nothing_of_the_faults() -> None:
    """Neither it, nor weather, nor demand, nor supply temperature differs between run and twin."""
    untouched = ["return_pressure", "ambient_temp", "load_demand", "supply_temp"]
    faulty = data().filter(pl.col("run").is_in(run_names(twin_data())))
    assert faulty.select(untouched).equals(twin_data().select(untouched))


def test_night_set_back_and_morning_ramp() -> None:
    """Demand is lower at 3 than at noon, and highest near 7 in the morning, by the local clock."""
    winter = data().filter(pl.col("ambient_temp") < 8)
    local = pl.col("timestamp").dt.convert_time_zone(ZONE)
    by_hour = winter.group_by(local.dt.hour().alias("hour")).agg(pl.col("load_demand").mean())
    demand = dict(by_hour.iter_rows())
    assert demand[3] < 0.9 * demand[12]
    assert max(demand, key=lambda hour: demand[hour]) in (6, 7, 8)


def test_return_temperature_rises_after_the_morning_ramp() -> None:
    """Thermal mass and pipe: the return rises 1 to 8 K between 4 and 8 and falls after 22."""
    winter = data().filter((pl.col("ambient_temp") < 8) & pl.col("run").is_in(HEALTHY))
    local = pl.col("timestamp").dt.convert_time_zone(ZONE)
    by_hour = winter.group_by(local.dt.hour().alias("hour")).agg(pl.col("return_temp").mean())
    back = dict(by_hour.iter_rows())
    assert 1 < back[8] - back[4] < 8
    assert back[2] < back[21]


def test_half_the_runs_have_a_bypass() -> None:
    """21 of 42 runs have the bypass fault, three times each for 5.5 to 6.5 h; 7 runs foul."""
    with_bypass = [plan for plan in PLANS if plan.bypasses]
    assert len(with_bypass) == RUNS / 2
    assert len([plan for plan in PLANS if plan.foulings]) == RUNS / 6
    for event in (event for plan in with_bypass for event in plan.bypasses):
        assert 5.5 <= (event.end - event.start) * 5 / 60 <= 6.5


def test_bypass_comes_at_any_hour_and_load() -> None:
    """Onsets are spread over the day and over a factor of two in demand."""
    onsets = [(plan, event) for plan in PLANS for event in plan.bypasses]
    hours = np.array([(p.begins + timedelta(minutes=5 * e.start)).hour for p, e in onsets])
    assert np.histogram(hours, bins=4, range=(0, 24))[0].min() >= 0.1 * len(hours)
    loads = [
        column(run_of(data(), plan.name), "load_demand")[event.start] for plan, event in onsets
    ]
    assert np.nanpercentile(loads, 90) > 2 * np.nanpercentile(loads, 10)


def test_bypass_shows_in_flow_first_and_in_the_return_one_delay_later() -> None:
    """Flow and pump speed rise at the same demand at once, the return after the return pipe."""
    true, twin = plant(BYPASSED), plant(BYPASSED, healthy=True)
    for event in PLANS[BYPASSED - 1].bypasses:
        onset = START + event.start * MINUTES_PER_SAMPLE
        hour = slice(onset, onset + 120)
        flow = _first(true.flow[hour] / twin.flow[hour] > 1 + event.size / 4)
        speed = _first(true.speed[hour] / twin.speed[hour] > 1 + event.size / 8)
        back = _first(true.back[hour] - twin.back[hour] > 2)
        delay = 60 * PIPE_M3 / true.flow[onset : onset + 40].mean()
        assert flow <= 10
        assert speed <= 15
        assert back == pytest.approx(delay + 3, abs=6)


def _first(happens: np.ndarray) -> int:
    assert happens.any()
    return int(np.argmax(happens))


@pytest.mark.parametrize("sensor", list(NOISE))
def test_the_bypass_is_visible(sensor: str) -> None:
    """While the valve is stuck the reading leaves its twin by more than three deviations."""
    for plan in PLANS:
        run, twin = (column(run_of(f, plan.name), sensor) for f in (data(), twin_data()))
        for event in plan.bypasses:
            stuck = slice(event.start + HORIZON, event.end)
            gap = np.abs(run[stuck] - twin[stuck])
            assert np.isnan(gap).mean() > 0.3 or (gap > 3 * NOISE[sensor]).any(), plan.name


def test_fouling_lets_the_approach_grow() -> None:
    """After ten days the return stands further above the buildings' water, at the same demand."""
    true, twin = plant(FOULED), plant(FOULED, healthy=True)
    event = PLANS[FOULED - 1].foulings[0]
    end = START + event.end * MINUTES_PER_SAMPLE
    day = slice(end - 1440, end)
    approach, clean = (np.mean(p.back[day] - p.stored_c[day]) for p in (true, twin))
    assert approach > clean + 0.3
    assert true.flow[day].mean() > twin.flow[day].mean()
    assert true.exchanged[day].mean() == pytest.approx(twin.exchanged[day].mean(), rel=0.02)


def test_twin_is_the_same_run_until_the_fault() -> None:
    """A run and its twin agree in every reading before the first fault and differ after it."""
    for number in (BYPASSED, FOULED):
        plan = PLANS[number - 1]
        onset = min(event.start for event in plan.faults)
        run, twin = run_of(data(), plan.name), run_of(twin_data(), plan.name)
        assert run.head(onset).equals(twin.head(onset))
        assert not run.select(SENSORS).equals(twin.select(SENSORS))


def test_target_is_the_change_of_the_reading() -> None:
    """Where known, return_temp_rise is return_temp less return_temp of twelve rows before."""
    for name in run_names(data())[::5]:
        run = run_of(data(), name)
        back, rise = column(run, "return_temp"), column(run, TARGET)
        change = back[HORIZON:] - back[:-HORIZON]
        known = np.isfinite(rise[HORIZON:])
        assert known.mean() > 0.95
        assert rise[HORIZON:][known] == pytest.approx(change[known], abs=1e-4)


def test_target_of_a_window_is_the_change_still_to_come() -> None:
    """The program's windows ask for return_temp 12 rows on less the window's last reading."""
    names = [plan.name for plan in PLANS[:4]]
    frame = data().filter(pl.col("run").is_in(names))
    windows, back = windows_of(frame, 7), column(frame, "return_temp")
    ahead = back[windows.last_row + 12] - back[windows.last_row]
    assert windows.values.shape[1:] == (96, 8)
    assert windows.target == pytest.approx(ahead, abs=1e-4)
    assert windows.values[:, -1, 1] == pytest.approx(back[windows.last_row], nan_ok=True)


def test_normal_ranges() -> None:
    """Nearly all readings of healthy runs lie in the ranges of such a loop."""
    healthy = data().filter(pl.col("run").is_in(HEALTHY))
    limits = {
        "supply_temp": (68, 110), "return_temp": (36, 55), "flow_rate": (19, 90),
        "supply_pressure": (5.4, 9), "return_pressure": (2.0, 2.5), "load_demand": (600, 4000),
        "ambient_temp": (-12, 28), "pump_speed": (20, 100),
    }  # fmt: skip
    assert list(limits) == list(SENSORS)
    for sensor, (low, high) in limits.items():
        assert low <= np.nanquantile(column(healthy, sensor), 0.005), sensor
        assert np.nanquantile(column(healthy, sensor), 0.995) <= high, sensor


def test_some_readings_are_lost() -> None:
    """0.2 to 0.5 % of each sensor's readings are lost, and lost rows are not 'good'."""
    for sensor in SENSORS:
        assert 0.002 < data()[sensor].null_count() / data().height < 0.005, sensor
    good = data().filter(pl.col("quality") == "good")
    assert sum(good.select(SENSORS).null_count().row(0)) == 0


def test_clock_is_utc_and_crosses_both_changes() -> None:
    """Stamps rise by 5 minutes in UTC; training and held-out runs cross both kinds of night."""
    assert data().schema["timestamp"] == pl.Datetime("ms", "UTC")
    steps = data().select(pl.col("timestamp").diff().over("run").drop_nulls().unique())
    assert steps.to_series().to_list() == [timedelta(minutes=5)]
    for side in split_runs(run_names(data())):
        changes = {change for name in side for change in _clock_changes(name)}
        assert changes == {timedelta(hours=1), timedelta(hours=-1)}


def _clock_changes(name: str) -> set[timedelta]:
    """By how much local time moves against UTC between the first and last row of a run."""
    stamps, zone = run_of(data(), name)["timestamp"], ZoneInfo(ZONE)
    first, last = (stamp.astimezone(zone).utcoffset() for stamp in (stamps[0], stamps[-1]))
    return set() if first == last else {last - first}


def test_people_live_by_the_local_clock() -> None:
    """At noon UTC it is 14 h in summer and 13 h in winter, and each run's hours say so."""
    for number, offset in ((1, 2), (10, 1)):
        calendar = calendar_of(plan_run(number))
        assert ((calendar.hour - calendar.utc_hour) % 24 == pytest.approx(offset)) is True


def test_stamp_is_the_end_of_the_mean() -> None:
    """The first stamp is five minutes after the run begins."""
    for plan in (PLANS[0], PLANS[-1]):
        assert run_of(data(), plan.name)["timestamp"][0] == plan.begins + timedelta(minutes=5)
    assert PLANS[0].begins > datetime(2024, 8, 26, tzinfo=UTC)


def test_split_keeps_runs_apart() -> None:
    """The last 30 % of 42 runs are held out and no run is on both sides."""
    training, held_out = split_runs(run_names(data()))
    assert (len(training), len(held_out)) == (30, 12)
    assert not set(training) & set(held_out)


def test_file_is_what_the_script_makes() -> None:
    """One run, simulated again from its number, is the run in the file."""
    plan = PLANS[BYPASSED - 1]
    again, stored = simulate(plan), run_of(data(), plan.name)
    assert again.select("timestamp", "run").equals(stored.select("timestamp", "run"))
    for name in (*SENSORS, TARGET, "quality"):
        assert again[name].eq_missing(stored[name]).to_numpy().mean() > 0.999, name


def test_event_list_is_what_the_script_makes() -> None:
    """The list of faults has every run, and one run's rows come out again."""
    stored = pl.read_parquet(DATA / "thermal_runs.parquet")
    assert stored["run"].n_unique() == RUNS
    assert happenings(PLANS[BYPASSED - 1]).equals(run_of(stored, PLANS[BYPASSED - 1].name))


def test_files_stay_small() -> None:
    """The committed data fits its budget: 1.8 MB for the runs, 1 MB for the twins."""
    assert (DATA / "thermal.parquet").stat().st_size < 1_800_000
    assert (DATA / "thermal_twins.parquet").stat().st_size < 1_000_000

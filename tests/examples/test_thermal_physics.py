"""The simulated heating loop obeys its laws: balances, delays, curves, and the shape of a day."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from examples.process_heat import thermal_laws as law
from examples.process_heat.thermal_data import (
    SENSORS,
    TARGET,
)
from examples.process_heat.thermal_plan import (
    MINUTES_PER_SAMPLE,
    SAMPLES,
    SAMPLES_PER_DAY,
    ZONE,
)
from examples.process_heat.thermal_plant import (
    BUILDING_KWH_K,
    PIPE_M3,
    heating_curve,
)
from tests.examples.thermal_runs import (
    BYPASSED,
    FOULED,
    HEALTHY,
    PLANS,
    QUIET,
    START,
    column,
    read_data,
    select_run,
    simulate_plant,
)


def metered_heat(frame: pl.DataFrame) -> np.ndarray:
    """Heat in kW by the law, 1.163 kWh/m3K x density x V x (Ts - Tr), from readings."""
    supply, back = column(frame, "supply_temp"), column(frame, "return_temp")
    flow = column(frame, "flow_rate")
    density = 1000 * (1 - (back - 3.98) ** 2 * (back + 289) / (508_929 * (back + 68.1)))
    return np.asarray(1.163 * density / 1000 * flow * (supply - back))


@pytest.mark.parametrize("number", [QUIET, BYPASSED, FOULED])
def test_heat_is_conserved(number: int) -> None:
    """Over a run the heat plant's heat is drawn, stored or lost to the soil; 0.3 % at most."""
    true = simulate_plant(number)
    span = slice(START, None)
    given = law.heat(true.flow, true.supply, true.back)[span].sum() / 60
    stored = BUILDING_KWH_K * (true.stored_c[-1] - true.stored_c[START])
    soil = (0.12 * (true.supply - 8) + 0.12 * (true.back - 8))[span].sum() / 60
    assert given == pytest.approx(true.drawn[span].sum() / 60 + stored + soil, rel=0.003)


def test_metered_heat_closes_against_the_demand() -> None:
    """In every healthy run heat by the law, from readings, is the asked heat within 3 %."""
    for name in HEALTHY:
        run = select_run(read_data(), name)
        heat, asked = metered_heat(run), column(run, "load_demand")
        known = np.isfinite(heat + asked)
        assert heat[known].mean() == pytest.approx(asked[known].mean(), rel=0.03), name


def test_metered_heat_closes_against_the_truth() -> None:
    """Daily means of heat from readings are those of the true heat within 3 %."""
    true = simulate_plant(QUIET)
    heat = law.heat(true.flow, true.supply, true.back)[START:]
    heat = heat.reshape(-1, MINUTES_PER_SAMPLE).mean(axis=1)
    read = metered_heat(select_run(read_data(), PLANS[QUIET - 1].name))
    known = np.isfinite(read)
    days = np.arange(SAMPLES) // SAMPLES_PER_DAY
    for day in np.unique(days):
        chosen = known & (days == day)
        assert read[chosen].mean() == pytest.approx(heat[chosen].mean(), rel=0.03)


def test_transport_takes_ten_to_forty_minutes() -> None:
    """In all runs volume over metered flow is 10 to 42 minutes in 99 % of samples."""
    flow = column(read_data(), "flow_rate")
    minutes = 60 * PIPE_M3 / flow[np.isfinite(flow)]
    assert 9 <= np.quantile(minutes, 0.005)
    assert np.quantile(minutes, 0.995) <= 42


def test_healthy_pressure_follows_the_system_curve() -> None:
    """Healthy: pressure over the pump, less 3.2 bar of height, is K V^2, K constant within 3 %."""
    healthy = read_data().filter(pl.col("run").is_in(HEALTHY) & (pl.col("quality") == "good"))
    drop = column(healthy, "supply_pressure") - column(healthy, "return_pressure") - 3.2
    squares = column(healthy, "flow_rate") ** 2
    assert np.polyfit(squares, drop, 1)[0] == pytest.approx(law.LOOP_RESISTANCE, rel=0.03)
    assert np.corrcoef(squares, drop)[0, 1] > 0.99


def test_healthy_flow_follows_the_pump() -> None:
    """Healthy: flow over pump speed is one constant, 0.95 m3/h for each per cent, within 2 %."""
    healthy = read_data().filter(pl.col("run").is_in(HEALTHY) & (pl.col("quality") == "good"))
    ratio = column(healthy, "flow_rate") / column(healthy, "pump_speed")
    assert np.median(ratio) == pytest.approx(0.95, rel=0.02)
    assert np.std(ratio) < 0.02


def test_supply_follows_the_heating_curve() -> None:
    """The curve is 110 degC at -12, 70 at +15; the supply keeps to it within 2 K on average."""
    assert heating_curve(np.array([-12.0, 1.5, 15.0, 25.0])) == pytest.approx([110, 90, 70, 70])
    good = read_data().filter(pl.col("quality") == "good")
    off = column(good, "supply_temp") - heating_curve(column(good, "ambient_temp"))
    assert np.abs(off).mean() < 2.0
    assert np.corrcoef(column(good, "supply_temp"), column(good, "ambient_temp"))[0, 1] < -0.9


def test_return_pressure_is_a_distractor() -> None:
    """The vessel's pressure goes its own way: no correlation with any sensor's change or target."""
    good = read_data().filter(pl.col("quality") == "good").drop_nulls(TARGET)
    pressure = column(good, "return_pressure")
    assert 2.0 <= pressure.min()
    assert pressure.max() <= 2.5
    for other in ("return_temp", "flow_rate", "load_demand", "ambient_temp", TARGET):
        assert abs(np.corrcoef(pressure, column(good, other))[0, 1]) < 0.1, other


def test_night_set_back_and_morning_ramp() -> None:
    """Demand is lower at 3 than at noon, and highest near 7 in the morning, by the local clock."""
    winter = read_data().filter(pl.col("ambient_temp") < 8)
    local = pl.col("timestamp").dt.convert_time_zone(ZONE)
    by_hour = winter.group_by(local.dt.hour().alias("hour")).agg(pl.col("load_demand").mean())
    demand = dict(by_hour.iter_rows())
    assert demand[3] < 0.9 * demand[12]
    assert max(demand, key=lambda hour: demand[hour]) in (6, 7, 8)


def test_return_temperature_rises_after_the_morning_ramp() -> None:
    """Thermal mass and pipe: the return rises 1 to 8 K between 4 and 8 and falls after 22."""
    winter = read_data().filter((pl.col("ambient_temp") < 8) & pl.col("run").is_in(HEALTHY))
    local = pl.col("timestamp").dt.convert_time_zone(ZONE)
    by_hour = winter.group_by(local.dt.hour().alias("hour")).agg(pl.col("return_temp").mean())
    back = dict(by_hour.iter_rows())
    assert 1 < back[8] - back[4] < 8
    assert back[2] < back[21]


def test_normal_ranges() -> None:
    """Nearly all readings of healthy runs lie in the ranges of such a loop."""
    healthy = read_data().filter(pl.col("run").is_in(HEALTHY))
    limits = {
        "supply_temp": (68, 110), "return_temp": (36, 55), "flow_rate": (19, 90),
        "supply_pressure": (5.4, 9), "return_pressure": (2.0, 2.5), "load_demand": (600, 4000),
        "ambient_temp": (-12, 28), "pump_speed": (20, 100),
    }  # fmt: skip
    assert list(limits) == list(SENSORS)
    for sensor, (low, high) in limits.items():
        assert low <= np.nanquantile(column(healthy, sensor), 0.005), sensor
        assert np.nanquantile(column(healthy, sensor), 0.995) <= high, sensor

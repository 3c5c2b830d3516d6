"""The loop's faults: when they come, what shows them in which order, and what never does."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from examples.process_heat.thermal_data import (
    HORIZON,
    SENSORS,
)
from examples.process_heat.thermal_plan import (
    MINUTES_PER_SAMPLE,
    RUNS,
)
from examples.process_heat.thermal_plant import (
    PIPE_M3,
)
from examples.process_heat.thermal_windows import run_names
from tests.examples.thermal_runs import (
    BYPASSED,
    FOULED,
    PLANS,
    START,
    column,
    read_data,
    read_twin_data,
    select_run,
    simulate_plant,
)

NOISE = {"flow_rate": 0.5, "pump_speed": 0.1, "supply_pressure": 0.01, "return_temp": 0.1}


def test_half_the_runs_have_a_bypass() -> None:
    """36 of 72 runs have the bypass fault, three times each for 5.5 to 6.5 h; 12 runs foul."""
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
        column(select_run(read_data(), plan.name), "load_demand")[event.start]
        for plan, event in onsets
    ]
    assert np.nanpercentile(loads, 90) > 2 * np.nanpercentile(loads, 10)


def test_bypass_shows_in_flow_first_and_in_the_return_one_delay_later() -> None:
    """Flow and pump speed rise at the same demand at once, the return after the return pipe."""
    true, twin = simulate_plant(BYPASSED), simulate_plant(BYPASSED, healthy=True)
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
        run, twin = (
            column(select_run(f, plan.name), sensor) for f in (read_data(), read_twin_data())
        )
        for event in plan.bypasses:
            stuck = slice(event.start + HORIZON, event.end)
            gap = np.abs(run[stuck] - twin[stuck])
            assert np.isnan(gap).mean() > 0.3 or (gap > 3 * NOISE[sensor]).any(), plan.name


def test_fouling_lets_the_approach_grow() -> None:
    """After ten days the return stands further above the buildings' water, at the same demand."""
    true, twin = simulate_plant(FOULED), simulate_plant(FOULED, healthy=True)
    event = PLANS[FOULED - 1].foulings[0]
    end = START + event.end * MINUTES_PER_SAMPLE
    day = slice(end - 1440, end)
    approach, clean = (np.mean(p.back[day] - p.stored_c[day]) for p in (true, twin))
    assert approach > clean + 0.3
    assert true.flow[day].mean() > twin.flow[day].mean()
    assert true.exchanged[day].mean() == pytest.approx(twin.exchanged[day].mean(), rel=0.02)


def test_return_pressure_shows_nothing_of_the_faults() -> None:
    """Neither it, nor weather, nor demand, nor supply temperature differs between run and twin."""
    untouched = ["return_pressure", "ambient_temp", "load_demand", "supply_temp"]
    faulty = read_data().filter(pl.col("run").is_in(run_names(read_twin_data())))
    assert faulty.select(untouched).equals(read_twin_data().select(untouched))


def test_twin_is_the_same_run_until_the_fault() -> None:
    """A run and its twin agree in every reading before the first fault and differ after it."""
    for number in (BYPASSED, FOULED):
        plan = PLANS[number - 1]
        onset = min(event.start for event in plan.faults)
        run, twin = select_run(read_data(), plan.name), select_run(read_twin_data(), plan.name)
        assert run.head(onset).equals(twin.head(onset))
        assert not run.select(SENSORS).equals(twin.select(SENSORS))

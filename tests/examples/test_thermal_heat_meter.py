"""The heating loop's heat meter: it closes the heat balance, and leaves all other columns alone."""

from __future__ import annotations

import hashlib

import numpy as np
import polars as pl
import pytest

from examples.process_heat import thermal_laws as law
from examples.process_heat.thermal_data import DATA, HEAT_METER, SENSORS, TARGET, simulate
from generator.datasets.profile.facts import profile_dataset
from generator.spec.datasets import DatasetSpec
from tests.examples.thermal_runs import (
    BYPASSED,
    HEALTHY,
    PLANS,
    QUIET,
    START,
    column,
    read_data,
    read_twin_data,
    select_run,
    simulate_plant,
)

BYPASS_RUNS = [plan.name for plan in PLANS if plan.bypasses]
ROWS_PER_HOUR = 12
TRAINING_COLUMNS = "3f266f0442fe8d8510bbb9437f42b2edf1bd8c2dc99d30e4db59deb29773cf28"
"""SHA-256 of sensors and target, from runs simulated with the heat meter left out."""
# IAPWS-95 steam tables of liquid water: degC, kg/m3, kJ/kg.
WATER = np.array(
    [
        [30, 995.65, 125.73], [35, 994.03, 146.63], [40, 992.21, 167.53], [45, 990.21, 188.43],
        [50, 988.04, 209.34], [60, 983.20, 251.18], [70, 977.76, 293.07], [80, 971.79, 335.01],
        [90, 965.31, 377.04], [100, 958.35, 419.17], [110, 950.95, 461.42],
    ]
).T  # fmt: skip


def carried(frame: pl.DataFrame) -> np.ndarray:
    """(row,) kW that the published flow and temperatures carry, by steam tables."""
    supply, back = column(frame, "supply_temp"), column(frame, "return_temp")
    celsius, density, enthalpy = WATER
    mass = np.interp(back, celsius, density) * column(frame, "flow_rate") / 3600
    rise = np.interp(supply, celsius, enthalpy) - np.interp(back, celsius, enthalpy)
    return np.asarray(mass * rise)


@pytest.mark.parametrize("names", [HEALTHY, BYPASS_RUNS], ids=["healthy", "bypass"])
def test_the_published_columns_close_against_the_meter(names: list[str]) -> None:
    """Median ratio within 1 % and 90 % of hourly sums within 3 %, whatever the bypass does.

    Hours: within single rows flow, temperatures and meter answer a change at different speeds.
    """
    chosen = read_data().filter(pl.col("run").is_in(names))
    hours = (-1, ROWS_PER_HOUR)
    metered = column(chosen, "heat_meter").reshape(hours).sum(axis=1)
    ratio = metered / carried(chosen).reshape(hours).sum(axis=1)
    ratio = ratio[np.isfinite(ratio)]
    assert len(ratio) > 0.8 * chosen.height / ROWS_PER_HOUR  # the others lack a reading
    assert np.median(ratio) == pytest.approx(1, abs=0.01)
    assert (np.abs(ratio - 1) <= 0.03).mean() >= 0.9


def test_the_balance_holds_while_the_bypass_is_open() -> None:
    """Over the stuck hours of all bypass runs together meter and carried heat agree within 1 %."""
    ratios = []
    for plan in PLANS:
        run = select_run(read_data(), plan.name)
        ratio = column(run, "heat_meter") / carried(run)
        ratios += [ratio[event.start : event.end] for event in plan.bypasses]
    assert np.nanmedian(np.concatenate(ratios)) == pytest.approx(1, abs=0.01)


def test_the_data_check_holds() -> None:
    """The manifest's heat-balance check, row by row within 3 %, holds."""
    roles = {"heat": "heat_meter", "flow": "flow_rate", "supply": "supply_temp"}
    check = {"law": "heat-balance", **roles, "return": "return_temp", "within": 0.03}
    spec = {
        "path": "x",
        "time": {"column": "timestamp", "zone": "Europe/Copenhagen"},
        "group": "run",
        "sensors": {"flow_rate": {"unit": "m3/h"}},
        "target": {"column": TARGET, "horizon": "60min"},
        "window": {"length": 96, "stride": 12},
        "holdout": {"fraction": 0.3, "by": "group"},
        "simulated": True,
        "checks": [check],
    }
    found = profile_dataset(DatasetSpec.model_validate(spec), [DATA / "thermal.parquet"]).checks[0]
    assert found.state == "holds"
    assert found.judged > 0.98 * read_data().height


@pytest.mark.parametrize(
    ("celsius", "kilojoules"), [(40, 167.53), (60, 251.18), (80, 335.01), (110, 461.42)]
)
def test_enthalpy_of_water(celsius: float, kilojoules: float) -> None:
    """Rises of enthalpy from 30 degC are those of the IAPWS-95 steam tables within 0.2 %."""
    rise = law.enthalpy(float(celsius)) - law.enthalpy(30.0)
    assert rise == pytest.approx(kilojoules - 125.73, rel=2e-3)


@pytest.mark.parametrize("number", [QUIET, BYPASSED])
def test_the_true_heat_is_that_of_the_simulated_loop(number: int) -> None:
    """What the meter looks at is what rooms, taps, store and soil take, within 0.5 %."""
    true = simulate_plant(number)
    span = slice(START, None)
    given = law.heat_at_plant(true.flow, true.supply, true.back)[span].sum() / 60
    stored = 90.0 * (true.stored_c[-1] - true.stored_c[START])
    soil = 0.12 * (true.supply + true.back - 16)[span].sum() / 60
    assert given == pytest.approx(true.drawn[span].sum() / 60 + stored + soil, rel=0.005)


def test_the_meter_is_no_sensor_of_the_models() -> None:
    """It is published beside the eight sensors, and some of its means are lost too."""
    assert HEAT_METER.sensor not in SENSORS
    assert 0.002 < read_data()["heat_meter"].null_count() / read_data().height < 0.005
    assert read_data()["heat_meter"].dtype == read_twin_data()["heat_meter"].dtype == pl.Float32


def test_the_meter_in_the_file_is_what_the_script_makes() -> None:
    """One run's meter, simulated again, is the one in the file."""
    again = simulate(PLANS[QUIET - 1])["heat_meter"]
    stored = select_run(read_data(), PLANS[QUIET - 1].name)["heat_meter"]
    assert again.eq_missing(stored).to_numpy().mean() > 0.999


def test_what_the_models_learnt_from_is_untouched_by_the_meter() -> None:
    """Sensors and target are bit for bit those of runs simulated with the meter left out."""
    found = hashlib.sha256(b"".join(column(read_data(), n).tobytes() for n in (*SENSORS, TARGET)))
    assert found.hexdigest() == TRAINING_COLUMNS

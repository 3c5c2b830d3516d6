"""Laws of physics held against data: known constants, known truths, and what is not judged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from generator.datasets.profile.facts import profile_dataset
from generator.laws import LAWS
from generator.laws.heat_balance import water_density
from generator.records.dataset_profile import LawCheck
from generator.spec.checks import CheckSpec
from generator.spec.datasets import DatasetSpec
from tests.conftest import ROOT

EXAMPLES = ROOT / "examples" / "process_heat" / "data"
DAY = 24


def judged(path: Path, check: dict[str, Any], **changes: Any) -> LawCheck:
    """One check held against a file."""
    spec = {
        "path": "x",
        "time": None,
        "sensors": {"flow": {}},
        "target": {"column": "flow", "horizon": 0},
        "window": {"length": 2, "stride": 1},
        "holdout": {"fraction": 0.3, "by": "time"},
        "simulated": True,
        "checks": [check],
        **changes,
    }
    return profile_dataset(DatasetSpec.model_validate(spec), [path]).checks[0]


HEAT = {"law": "heat-balance", "heat": "heat", "flow": "flow", "supply": "ts", "return": "tr",
        "within": 0.03}  # fmt: skip


def loop(folder: Path, factor: float = 1.0, rows: int = 40 * DAY) -> Path:
    """Hours of a loop at 80/40 degC: heat by density at 40 degC (992.2 kg/m3), times a factor."""
    flow = np.random.default_rng(0).uniform(1, 9, rows)
    heat = factor * flow * 992.2 * 4.187 * 40 / 3600
    table = {"flow": flow, "heat": heat, "ts": np.full(rows, 80.0), "tr": np.full(rows, 40.0)}
    path = folder / "loop.parquet"
    pl.DataFrame(table).write_parquet(path)
    return path


def test_a_law_says_all_that_is_needed_of_it() -> None:
    """Words, formula, source; its roles are no other keys of a check; it sums its own roles."""
    for law in LAWS.values():
        assert not {*law.roles} & {*CheckSpec.model_fields}
        assert {*law.summed, *law.metered} <= {*law.roles}
    assert all(law.formula and law.source and law.title for law in LAWS.values())


@pytest.mark.parametrize(
    ("celsius", "density"), [(20.0, 998.21), (60.0, 983.20), (80.0, 971.79)]
)  # fmt: skip
def test_water_is_as_dense_as_iapws_says(celsius: float, density: float) -> None:
    """IAPWS-95 at 0.1013 MPa, to 0.01 %."""
    assert water_density(np.array(celsius)) == pytest.approx(density, rel=1e-4)


def test_a_heat_balance_closes(tmp_path: Path) -> None:
    """Heat by the textbook's own figures holds to 0.1 %, hour by hour and summed over a day."""
    for over, count in ((None, 40 * DAY), ("24 rows", 40)):
        found = judged(loop(tmp_path), {**HEAT, "over": over})
        assert (found.state, found.judged, found.share_within) == ("holds", count, 1.0)
        assert found.median_ratio == pytest.approx(1, abs=1e-3)


def test_a_meter_that_reads_low_does_not_hold(tmp_path: Path) -> None:
    """5 % too little heat against a bound of 3 %."""
    found = judged(loop(tmp_path, 0.95), HEAT)
    assert (found.state, found.share_within) == ("does not hold", 0.0)
    assert found.median_ratio == pytest.approx(0.95, abs=1e-3)


def test_where_the_flow_is_metered_counts(tmp_path: Path) -> None:
    """Water of 80 degC instead of 40 degC is 971.8 / 992.2 as dense."""
    found = judged(loop(tmp_path), {**HEAT, "metered": "supply"})
    assert found.median_ratio == pytest.approx(992.2 / 971.8, abs=1e-3)


def test_temperatures_that_are_means_are_taken_at_the_end_of_the_sum(tmp_path: Path) -> None:
    """Temperatures stand in the last hour of each day alone: days are judged, hours are not."""
    path = loop(tmp_path)
    table = pl.read_parquet(path).with_row_index()
    last = pl.col("index") % DAY == DAY - 1
    table.with_columns(pl.when(last).then(pl.col("ts", "tr"))).write_parquet(path)
    assert judged(path, {**HEAT, "over": "24 rows"}).judged == 40


def test_a_sum_with_a_hole_is_left_out(tmp_path: Path) -> None:
    """One missing hour of flow: its day is not judged, the other 39 are."""
    path = loop(tmp_path)
    table = pl.read_parquet(path).with_row_index()
    hole = pl.when(pl.col("index") != 30).then(pl.col("flow"))
    table.with_columns(flow=hole).write_parquet(path)
    assert judged(path, {**HEAT, "over": "24 rows"}).judged == 39


def test_a_law_on_a_column_that_is_not_there_is_not_judged(tmp_path: Path) -> None:
    """The check says why; the profile stands."""
    found = judged(loop(tmp_path), {**HEAT, "heat": "nowhere"})
    assert (found.state, found.judged, found.median_ratio) == ("not judged", 0, None)
    assert "no column 'nowhere'" in found.reason


def test_too_few_rows_are_not_judged(tmp_path: Path) -> None:
    """29 days against at least 30."""
    found = judged(loop(tmp_path, rows=29 * DAY), {**HEAT, "over": "24 rows"})
    assert (found.state, found.judged) == ("not judged", 29)
    assert found.reason == "29 could be compared; at least 30 are needed"


PUMP = {"law": "pump-affinity", "speed": "n", "flow": "flow", "within": 0.02}


@pytest.mark.parametrize(("later", "state"), [(1.0, "holds"), (0.9, "does not hold")])
def test_a_pump_is_judged_on_the_held_out_part(tmp_path: Path, later: float, state: str) -> None:
    """70 rows give the factor; the last 30 are judged, at the same or at 0.9 of the flow."""
    speed = np.linspace(20, 100, 100)
    flow = 0.9 * speed * np.where(np.arange(100) < 70, 1.0, later)
    path = tmp_path / "pump.parquet"
    pl.DataFrame({"n": speed, "flow": flow}).write_parquet(path)
    found = judged(path, PUMP)
    assert (found.state, found.judged) == (state, 30)
    assert found.median_ratio == pytest.approx(later)


def test_the_simulated_boiler_calculates_excess_air_from_its_oxygen() -> None:
    """30 000 ppm are 3 %: 90 x 3 / 17.9 = 15.08 %; the example's column holds it, rounded."""
    check = {"law": "excess-air", "oxygen_ppm": "oxygen_ppm", "excess_air": "excess_air",
             "within": 0.02}  # fmt: skip
    amounts = LAWS["excess-air"].amounts
    columns = {"oxygen_ppm": np.array([30_000.0, 209_000.0]), "excess_air": np.array([1.0, 1.0])}
    assert amounts(columns, np.zeros(2, dtype=bool))[1] == pytest.approx(
        [15.0838, np.nan], nan_ok=True, rel=1e-5
    )
    target = {"column": "co_ppm", "horizon": 0}
    path = EXAMPLES / "combustion.parquet"
    found = judged(path, check, sensors={"co_ppm": {}}, target=target)
    assert found.state == "holds"
    assert found.median_ratio == pytest.approx(1, abs=1e-3)


def test_the_simulated_loops_pump_follows_its_speed() -> None:
    """In the loop's held-out runs flow follows speed within 5 %."""
    check = {"law": "pump-affinity", "speed": "pump_speed", "flow": "flow_rate", "within": 0.05}
    target = {"column": "flow_rate", "horizon": 0}
    found = judged(EXAMPLES / "thermal.parquet", check, sensors={"flow_rate": {}}, target=target)
    assert found.state == "holds"

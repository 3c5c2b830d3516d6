"""Promises kept on measured data: five years of a gas turbine, explained by the whole program.

The reference is `attention_by_hand` (numpy, float64) and scikit-learn; the data is read in place.
"""

from __future__ import annotations

import re

import numpy as np
import pytest

from generator.kinds import TokenKind
from tests.real.attention_by_hand import Readings, last_rows, read_readings
from tests.real.promises import (
    check_credit,
    check_digest,
    check_maps,
    check_no_measurement,
    check_value_rules,
    check_value_scores,
    check_verdict,
    read_kept_scores,
)
from tests.real.site_build import DATA, SiteBuild, load_numpy_model, sample_explained

pytestmark = pytest.mark.slow

HERE = "gas_turbine_emissions"
CSV = "gas_turbine_emissions.csv.gz"
SENSORS, ROWS = "nox-by-sensor", "nox-by-row"
REPORTS = {SENSORS: "gas-turbine-nox", ROWS: "gas-turbine-nox-rows"}
TRAINED, HELD_OUT = (2011, 2012, 2013), (2014, 2015)
LENGTH = 12
UNITS = {
    "AT": "degC",
    "AP": "mbar",
    "AH": "%",
    "AFDP": "mbar",
    "GTEP": "mbar",
    "TIT": "degC",
    "TAT": "degC",
    "TEY": "MWh",
    "CDP": "bar",
}


@pytest.fixture(scope="module")
def turbine(made: SiteBuild) -> Readings:
    """The csv, read without the program."""
    assert made.records
    return read_readings(DATA / HERE / CSV)


@pytest.fixture(scope="module")
def held_rows(turbine: Readings) -> np.ndarray:
    """The last row of every held-out window."""
    return rows_of(turbine, HELD_OUT)


def rows_of(turbine: Readings, years: tuple[int, ...]) -> np.ndarray:
    """The last row of every window of some years."""
    rows = last_rows(turbine.column("year"), LENGTH)
    return rows[np.isin(turbine.column("year")[rows], years)]


@pytest.fixture(scope="module")
def explained_rows(held_rows: np.ndarray) -> np.ndarray:
    """The last rows of the explained windows."""
    return sample_explained(held_rows)


@pytest.mark.parametrize("report", REPORTS)
def test_published_attention_is_the_softmax_of_the_raw_weights(
    made: SiteBuild, turbine: Readings, explained_rows: np.ndarray, report: str
) -> None:
    """Every map on disk is softmax(QK^T/sqrt d) of the model's files and the csv, to 1e-5."""
    sensors = load_numpy_model(REPORTS[report]).sensors
    windows = turbine.windows(explained_rows, sensors, LENGTH)
    check_maps(made, report, REPORTS[report], windows)


def test_sensors_carry_the_units_of_the_data_sheet(made: SiteBuild, turbine: Readings) -> None:
    """Names and units are the README's; CDP is bar, and its basis says so."""
    ranges = made.dataset(SENSORS).sensors
    assert {entry.sensor.name: entry.sensor.unit for entry in ranges} == UNITS
    pressure = next(entry for entry in ranges if entry.sensor.name == "CDP")
    assert pressure.sensor.basis.startswith("documented as mbar")
    assert pressure.sensor.basis.endswith("can only be bar")
    assert (pressure.low, pressure.high) == (9.8518, 15.159)
    assert "can only be bar" in (DATA / HERE / "README.md").read_text(encoding="utf-8")
    assert all(entry.low == turbine.column(entry.sensor.name).min() for entry in ranges)


def test_rows_are_called_rows(made: SiteBuild) -> None:
    """Data without a clock has a row axis: no minute, hour or second stands in its record."""
    for report in REPORTS:
        dataset = made.dataset(report)
        assert (dataset.time, dataset.step, dataset.window_span) == ("row", "1 row", "12 rows")
        clock = re.compile(r"\b(minutes?|min|hours?|hourly|h|seconds?|s|days?)\b")
        assert clock.findall(dataset.model_dump_json()) == []


def test_token_names_are_sensors_or_rows_never_mixed(made: SiteBuild) -> None:
    """One model's positions are the nine sensors, the other's are twelve rows."""
    by_sensor, by_row = (made.records[report].attention for report in (SENSORS, ROWS))
    assert by_sensor is not None
    assert by_row is not None
    assert (by_sensor.tokens, by_sensor.names) == (TokenKind.SENSORS, tuple(UNITS))
    rows = [*(f"{n} row before" for n in range(11, 0, -1)), "last row"]
    assert by_row.tokens is TokenKind.TIMESTEPS
    assert [name.replace("rows", "row") for name in by_row.names] == rows


def test_windows_keep_to_one_year_and_the_split_is_the_published_one(
    made: SiteBuild, turbine: Readings, held_rows: np.ndarray, explained_rows: np.ndarray
) -> None:
    """2014 and 2015 are held out whole, 2011 to 2013 trained; no window crosses a year."""
    years = turbine.column("year")
    assert (years[held_rows] == years[held_rows - LENGTH + 1]).all()
    trained = [str(year) for year in TRAINED]
    for report, model in REPORTS.items():
        dataset, quality = made.dataset(report), made.quality(report)
        assert (dataset.rows, dataset.groups, dataset.group_word) == (36_733, 5, "year")
        assert dataset.windows == quality.windows == len(held_rows) == 7158 + 7384 - 2 * 11
        assert (quality.groups, quality.overlap) == (2, 0)
        assert load_numpy_model(model).config["trained"]["groups"] == trained
        ends = (dataset.explained_first, dataset.explained_last)
        oldest = explained_rows[0] - LENGTH + 1
        assert ends == (f"row {oldest}", f"row {explained_rows[-1]}")
        assert years[explained_rows[0]] == HELD_OUT[0]


@pytest.mark.parametrize("report", REPORTS)
def test_the_models_error_is_what_hand_arithmetic_gives(
    made: SiteBuild, turbine: Readings, held_rows: np.ndarray, report: str
) -> None:
    """RMSE, MAE and R2 are those of a float64 forward pass over every held-out window."""
    model, truth = load_numpy_model(REPORTS[report]), turbine.column("NOX")[held_rows]
    predicted = model.predict(turbine.windows(held_rows, model.sensors, LENGTH))
    check_value_scores(made, report, predicted, truth, places=1e-4)
    kept = read_kept_scores("gas-turbine", "2014 and 2015")[REPORTS[report]]
    assert kept["mae"] == pytest.approx(np.abs(predicted - truth).mean(), abs=1e-3)


def test_the_rules_are_plain_regressions_on_the_training_years(
    made: SiteBuild, turbine: Readings, held_rows: np.ndarray
) -> None:
    """Training mean and linear regressions, fitted here, have the record's errors."""
    rows = {"known": rows_of(turbine, TRAINED), "held": held_rows}
    windows = {side: turbine.windows(of, tuple(UNITS), LENGTH) for side, of in rows.items()}
    target = {side: turbine.column("NOX")[of] for side, of in rows.items()}
    check_value_rules(made, SENSORS, windows, target)


@pytest.mark.parametrize("report", REPORTS)
def test_a_model_that_loses_to_a_simple_rule_is_said_to_lose(made: SiteBuild, report: str) -> None:
    """Verdict and sentence follow the figures, also where they are bad news."""
    check_verdict(made, report)


def test_credit_licence_and_warning_stand_on_the_pages(made: SiteBuild) -> None:
    """Who measured, under which licence, and that a prediction is no measurement."""
    said = ["H. Kaya, P. Tufekci, E. Uzun", "DOI 10.24432/C5WC95", "CC-BY-4.0"]
    check_credit(made, SENSORS, "gas-turbine", said)
    for model in REPORTS.values():
        check_no_measurement(made, model)


def test_the_data_is_the_file_of_the_data_sheet(made: SiteBuild) -> None:
    """Record, model and data sheet name the digest of the bytes that were read."""
    digest = check_digest(HERE, CSV)
    for report, model in REPORTS.items():
        assert made.dataset(report).sha256 == digest
        assert load_numpy_model(model).config["trained"]["sha256"] == digest

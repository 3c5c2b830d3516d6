"""Promises kept on measured data: a district-heating customer's meter, three years, hour by hour.

The reference is `attention_by_hand` (numpy, float64), polars and scikit-learn, and the law of the
heat balance; the data is read in place.
"""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from scipy.stats import linregress

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

HERE, CSV = "district_heat_dk", "district_heat_dk.csv.gz"
SENSORS, HOURS = "heat-by-sensor", "heat-by-hour"
REPORTS = {SENSORS: "district-heat-day-ahead", HOURS: "district-heat-day-ahead-hours"}
UNITS = {
    "heat_kw": "kW",
    "flow_m3_h": "m3/h",
    "supply_temp_24h_c": "degC",
    "return_temp_24h_c": "degC",
}
LENGTH, AHEAD, ROWS = 48, 24, 26_256
CUT = math.ceil(0.7 * ROWS)
WATER = 1.163  # kWh per m3 and K, at 1,000 kg/m3 and 4.187 kJ/(kg K)


@pytest.fixture(scope="module")
def meter(made: SiteBuild) -> Readings:
    """The csv, read without the program."""
    assert made.records
    return read_readings(DATA / HERE / CSV)


@pytest.fixture(scope="module")
def rows(meter: Readings) -> dict[str, np.ndarray]:
    """The last rows of the windows: those wholly before the cut, and wholly after it."""
    every = last_rows(np.zeros(len(meter.values)), LENGTH, AHEAD)
    return {"known": every[every + AHEAD < CUT], "held": every[every - LENGTH + 1 >= CUT]}


def test_metered_heat_closes_with_flow_and_temperatures() -> None:
    """Over 24 h, 1.163 V (Ts - Tr) follows the metered heat: r = 0.9997, ratio 1.024."""
    path = DATA / HERE / CSV
    if not path.is_file():
        pytest.skip("measured data (../shared/data) is not here")
    registers = pl.read_csv(path).select(
        heat=pl.col("heat_register_kwh").diff(24),
        warmth=pl.col("supply_register_m3c").diff(24) - pl.col("return_register_m3c").diff(24),
    )
    daily = registers[24::24].drop_nulls()
    heat, balance = daily["heat"].to_numpy(), WATER * daily["warmth"].to_numpy()
    assert linregress(balance, heat).rvalue == pytest.approx(0.9997, abs=2e-4)
    assert balance.sum() / heat.sum() == pytest.approx(1.024, abs=2e-3)


def test_published_24_h_means_are_those_of_the_registers(meter: Readings) -> None:
    """Supply and return of an hour are the flow-weighted means of the 24 hours that end there."""
    volume = meter.column("volume_register_m3")
    flowed = volume[24:] - volume[:-24]
    for name in ("supply", "return"):
        register = meter.column(f"{name}_register_m3c")
        mean = (register[24:] - register[:-24]) / flowed
        said = meter.column(f"{name}_temp_24h_c")[24:]
        near = np.abs(mean - said)[np.isfinite(said) & (flowed > 0.5)]
        assert near.max() < 0.02  # registers are kept to 4 decimals: 70 degC x 1e-4 m3 / 0.5 m3


@pytest.mark.parametrize("report", REPORTS)
def test_published_attention_is_the_softmax_of_the_raw_weights(
    made: SiteBuild, meter: Readings, rows: dict[str, np.ndarray], report: str
) -> None:
    """Every map on disk is softmax(QK^T/sqrt d) of the model's files and the csv, to 1e-5."""
    windows = meter.windows(sample_explained(rows["held"]), tuple(UNITS), LENGTH)
    check_maps(made, report, REPORTS[report], windows)


@pytest.mark.parametrize("report", REPORTS)
def test_the_models_error_is_what_hand_arithmetic_gives(
    made: SiteBuild, meter: Readings, rows: dict[str, np.ndarray], report: str
) -> None:
    """RMSE, MAE and R2 are those of a float64 forward pass over every held-out window."""
    truth = meter.column("heat_kw")[rows["held"] + AHEAD]
    windows = meter.windows(rows["held"], tuple(UNITS), LENGTH)
    predicted = load_numpy_model(REPORTS[report]).predict(windows)
    check_value_scores(made, report, predicted, truth, places=1e-5)
    kept = read_kept_scores("district-heat", "the last 30 % of the time")[REPORTS[report]]
    assert kept["mae"] == pytest.approx(np.abs(predicted - truth).mean(), abs=1e-4)


def test_the_rules_are_plain_regressions_on_the_training_part(
    made: SiteBuild, meter: Readings, rows: dict[str, np.ndarray]
) -> None:
    """Training mean and linear regressions, fitted here, have the record's errors."""
    windows = {side: meter.windows(of, tuple(UNITS), LENGTH) for side, of in rows.items()}
    target = {side: meter.column("heat_kw")[of + AHEAD] for side, of in rows.items()}
    check_value_rules(made, SENSORS, windows, target)


def test_windows_lie_on_one_side_of_the_cut(made: SiteBuild, rows: dict[str, np.ndarray]) -> None:
    """Every hour is there; of 26,256 rows the last 30 % are held out, with nothing over the cut."""
    dataset = made.dataset(SENSORS)
    hours = pl.read_csv(DATA / HERE / CSV, columns=["time_utc"], try_parse_dates=True)["time_utc"]
    assert set(hours.diff().drop_nulls().dt.total_minutes()) == {60}
    assert (dataset.rows, dataset.gaps, dataset.windows) == (ROWS, 0, len(rows["held"]))
    assert len(rows["held"]) == ROWS - CUT - LENGTH - AHEAD + 1
    assert "1 h" in dataset.step


def test_trailing_means_and_derived_values_are_marked(made: SiteBuild) -> None:
    """Supply and return say that they are 24 h means; every column is calculated from registers."""
    sensors = {entry.sensor.name: entry.sensor for entry in made.dataset(SENSORS).sensors}
    assert {name: sensor.unit for name, sensor in sensors.items()} == UNITS
    assert {sensor.kind for sensor in sensors.values()} == {"calculated"}
    for name in ("supply_temp_24h_c", "return_temp_24h_c"):
        assert sensors[name].basis.startswith("trailing 24 h mean")


def test_tokens_are_sensors_or_hours_never_mixed(made: SiteBuild) -> None:
    """One model's positions are the four sensors, the other's the 48 hours up to now."""
    by_sensor, by_hour = (made.records[report].attention for report in (SENSORS, HOURS))
    assert by_sensor is not None
    assert by_hour is not None
    assert (by_sensor.tokens, by_sensor.names) == (TokenKind.SENSORS, tuple(UNITS))
    assert by_hour.tokens is TokenKind.TIMESTEPS
    assert len(by_hour.names) == LENGTH
    assert by_hour.names[-2:] == ("-1 h", "now")


@pytest.mark.parametrize("report", REPORTS)
def test_verdict_and_sentence_follow_the_figures(made: SiteBuild, report: str) -> None:
    """Whether a simple rule wins stands in the record and on the page, either way."""
    check_verdict(made, report)


def test_credit_licence_and_warning_stand_on_the_pages(made: SiteBuild) -> None:
    """Who measured, under which licence, what was changed, and that a prediction is none."""
    said = [
        "M. Schaffer, T. Tvedebrink, A. Marszal-Pomianowska",
        "DOI 10.1038/s41597-022-01502-3",
        "DOI 10.5281/zenodo.6563114",
        "derived from its registers",
        "CC-BY-4.0",
    ]
    check_credit(made, SENSORS, "district-heat", said)
    for model in REPORTS.values():
        check_no_measurement(made, model)


def test_the_data_is_the_file_of_the_data_sheet(made: SiteBuild) -> None:
    """Record, model and data sheet name the digest of the bytes that were read."""
    digest = check_digest(HERE, CSV)
    for report, model in REPORTS.items():
        assert made.dataset(report).sha256 == digest
        assert load_numpy_model(model).config["trained"]["sha256"] == digest

"""Promises kept on measured data: five years of a gas turbine, explained by the whole program.

The reference is `attention_by_hand` (numpy, float64) and scikit-learn; the data is read in place.
"""

from __future__ import annotations

import hashlib
import html
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file
from sklearn.linear_model import LinearRegression

from generator.kinds import TokenKind
from generator.manifest import Manifest, load_manifest
from generator.pipeline import build
from generator.plan import make_plan
from generator.progress import PlainProgress
from generator.records import DatasetRecord, Quality, RunRecord
from generator.store import Store
from tests.real.attention_by_hand import ByHand, Turbine, read_turbine

pytestmark = pytest.mark.slow

ROOM = Path(__file__).parent
DATA = ROOM.parents[2] / "shared/data/gas_turbine_emissions"
CSV = DATA / "gas_turbine_emissions.csv.gz"
SENSORS, ROWS = "nox-by-sensor", "nox-by-row"
REPORTS = {SENSORS: "gas-turbine-nox", ROWS: "gas-turbine-nox-rows"}
TRAINED, HELD_OUT = (2011, 2012, 2013), (2014, 2015)
LENGTH, COUNT, SEED = 12, 200, 0
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


@dataclass(frozen=True)
class Made:
    """What one build left behind."""

    manifest: Manifest
    site: Path
    records: Mapping[str, RunRecord]
    files: Mapping[str, Path]

    def dataset(self, report: str) -> DatasetRecord:
        """The dataset's record in a report."""
        found = self.records[report].dataset
        assert found is not None
        return found

    def quality(self, report: str) -> Quality:
        """The held-out figures of a report."""
        found = self.records[report].quality
        assert found is not None
        return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Both reports and their site, built once by the program."""
    if not CSV.is_file():
        pytest.skip("the gas turbine data (../shared/data/gas_turbine_emissions) is not here")
    home = tmp_path_factory.mktemp("gas-turbine")
    manifest, store = load_manifest(ROOM / "reports.yaml"), Store(home / "store")
    told = io.StringIO()
    build(manifest, (), 1, home / "store", home / "site", PlainProgress(told))
    keys = {planned.run.id: planned.run.key for planned in make_plan(manifest, store.has).runs}
    records = {report: store.read(key) for report, key in keys.items()}
    kept = {report: record for report, record in records.items() if record is not None}
    assert set(kept) == set(REPORTS), told.getvalue()
    files = {report: store.files(key) for report, key in keys.items()}
    return Made(manifest, home / "site", kept, files)


@pytest.fixture(scope="module")
def turbine(made: Made) -> Turbine:
    """The csv, read without the program."""
    return read_turbine(CSV)


@pytest.fixture(scope="module")
def held_rows(turbine: Turbine) -> np.ndarray:
    """The last row of every held-out window."""
    return turbine.last_rows(HELD_OUT, LENGTH)


@pytest.fixture(scope="module")
def explained_rows(held_rows: np.ndarray) -> np.ndarray:
    """The last rows of the explained windows: the manifest's seeded sample, in order."""
    picked = np.random.default_rng(SEED).choice(len(held_rows), size=COUNT, replace=False)
    return held_rows[np.sort(picked)]


@pytest.mark.parametrize("report", REPORTS)
def test_published_attention_is_the_softmax_of_the_raw_weights(
    made: Made, turbine: Turbine, explained_rows: np.ndarray, report: str
) -> None:
    """Every map on disk is softmax(QK^T/sqrt d) of the model's files and the csv, to 1e-5."""
    model = ByHand(ROOM / "models" / REPORTS[report])
    by_window = model.attention(turbine.windows(explained_rows, model.sensors, LENGTH))
    published = load_file(made.files[report] / "attention.safetensors")
    assert published["attention"].shape == by_window.shape[1:]
    np.testing.assert_allclose(published["attention"], by_window.mean(axis=0), atol=1e-5, rtol=0)
    received = by_window.mean(axis=(2, 3))  # over heads and queries: (sample, layer, key)
    np.testing.assert_allclose(published["received_by_sample"], received, atol=1e-5, rtol=0)


def test_the_two_models_differ_from_uniform_attention(made: Made) -> None:
    """The comparison above is no comparison of constants: maps stray far from 1/n."""
    for report in REPORTS:
        maps = load_file(made.files[report] / "attention.safetensors")["attention"]
        assert np.abs(maps - 1 / maps.shape[-1]).max() > 0.1


def test_sensors_carry_the_units_of_the_data_sheet(made: Made, turbine: Turbine) -> None:
    """Names and units are the README's; CDP is bar, and its basis says so."""
    ranges = made.dataset(SENSORS).sensors
    assert {entry.sensor.name: entry.sensor.unit for entry in ranges} == UNITS
    pressure = next(entry for entry in ranges if entry.sensor.name == "CDP")
    assert pressure.sensor.basis.startswith("documented as mbar")
    assert pressure.sensor.basis.endswith("can only be bar")
    assert (pressure.low, pressure.high) == (9.8518, 15.159)
    assert "can only be bar" in (DATA / "README.md").read_text(encoding="utf-8")
    assert all(entry.low == turbine.column(entry.sensor.name).min() for entry in ranges)


def test_rows_are_called_rows(made: Made) -> None:
    """Data without a clock has a row axis: no minute, hour or second stands in its record."""
    for report in REPORTS:
        dataset = made.dataset(report)
        assert (dataset.time, dataset.step, dataset.window_span) == ("row", "1 row", "12 rows")
        clock = re.compile(r"\b(minutes?|min|hours?|hourly|h|seconds?|s|days?)\b")
        assert clock.findall(dataset.model_dump_json()) == []


def test_token_names_are_sensors_or_rows_never_mixed(made: Made) -> None:
    """One model's positions are the nine sensors, the other's are twelve rows."""
    by_sensor, by_row = (made.records[report].attention for report in (SENSORS, ROWS))
    assert by_sensor is not None
    assert by_row is not None
    assert (by_sensor.tokens, by_sensor.names) == (TokenKind.SENSORS, tuple(UNITS))
    rows = [*(f"{n} row before" for n in range(11, 0, -1)), "last row"]
    assert by_row.tokens is TokenKind.TIMESTEPS
    assert [name.replace("rows", "row") for name in by_row.names] == rows


def test_windows_keep_to_one_year_and_the_split_is_the_published_one(
    made: Made, turbine: Turbine, held_rows: np.ndarray, explained_rows: np.ndarray
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
        assert ByHand(ROOM / "models" / model).config["trained"]["groups"] == trained
        ends = (dataset.explained_first, dataset.explained_last)
        oldest = explained_rows[0] - LENGTH + 1
        assert ends == (f"row {oldest}", f"row {explained_rows[-1]}")
        assert years[explained_rows[0]] == HELD_OUT[0]


@pytest.mark.parametrize("report", REPORTS)
def test_the_models_error_is_what_hand_arithmetic_gives(
    made: Made, turbine: Turbine, held_rows: np.ndarray, report: str
) -> None:
    """RMSE and R2 of the record are those of a float64 forward pass over every held-out window."""
    model, truth = ByHand(ROOM / "models" / REPORTS[report]), turbine.column("NOX")[held_rows]
    off = model.predict(turbine.windows(held_rows, model.sensors, LENGTH)) - truth
    rmse = np.sqrt((off**2).mean())
    r2 = 1 - (off**2).sum() / ((truth - truth.mean()) ** 2).sum()
    error, _, explained = made.quality(report).scores
    assert (error.measure, error.unit, explained.measure) == ("RMSE", "mg/m3", "R²")
    assert error.model == pytest.approx(rmse, abs=1e-4)
    assert explained.model == pytest.approx(r2, abs=1e-4)
    kept = json.loads((ROOM / "scores.json").read_text())["2014 and 2015"][REPORTS[report]]
    assert kept["rmse"] == pytest.approx(rmse, abs=1e-3)
    assert kept["mae"] == pytest.approx(np.abs(off).mean(), abs=1e-3)


def test_the_rules_are_plain_regressions_on_the_training_years(
    made: Made, turbine: Turbine, held_rows: np.ndarray
) -> None:
    """Training mean and linear regressions, fitted here, have the record's errors."""
    known, nox = turbine.last_rows(TRAINED, LENGTH), turbine.column("NOX")
    readings = {
        rows: turbine.windows(chosen, tuple(UNITS), LENGTH)
        for rows, chosen in (("known", known), ("held", held_rows))
    }

    def linear(features: dict[str, np.ndarray]) -> np.ndarray:
        fitted = LinearRegression().fit(features["known"], nox[known])
        return np.asarray(fitted.predict(features["held"]))

    last = {side: values[:, -1] for side, values in readings.items()}
    trend = {
        side: np.hstack([values[:, -1], values[:, -1] - values[:, LENGTH // 2 - 1]])
        for side, values in readings.items()
    }
    expected = {
        "training mean": np.full(len(held_rows), nox[known].mean()),
        "linear in the last readings": linear(last),
        "linear in last readings and trends": linear(trend),
    }
    truth = nox[held_rows]
    found = made.quality(SENSORS).scores[0].rules
    assert found == pytest.approx(
        {rule: np.sqrt(((said - truth) ** 2).mean()) for rule, said in expected.items()}
    )


def test_a_model_that_loses_to_a_simple_rule_is_said_to_lose(made: Made) -> None:
    """Verdict and sentence follow the figures, also where they are bad news."""
    for report in REPORTS:
        quality = made.quality(report)
        error = quality.scores[0]
        assert error.beats_rule == (error.model < min(error.rules.values()))
        said = "does better than" if error.beats_rule else "does no better than"
        assert said in quality.words
        assert quality.words in page(made.site / "reports" / report)


def test_credit_licence_and_warning_stand_on_the_pages(made: Made) -> None:
    """Who measured, under which licence, and that a prediction is no measurement."""
    dataset = made.dataset(SENSORS)
    assert (dataset.licence, dataset.simulated) == ("CC-BY-4.0", False)
    assert "H. Kaya, P. Tufekci, E. Uzun" in dataset.credit
    assert "DOI 10.24432/C5WC95" in dataset.credit
    about_data = page(made.site / "datasets" / "gas-turbine")
    assert dataset.credit in about_data
    assert dataset.licence in about_data
    for model in REPORTS.values():
        assert "model output, not a measured or reportable value" in page(
            made.site / "models" / model
        )


def test_the_data_is_the_file_of_the_data_sheet(made: Made) -> None:
    """Record, model and data sheet name the digest of the bytes that were read."""
    digest = hashlib.sha256(CSV.read_bytes()).hexdigest()
    sheet = (DATA / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^- gas_turbine_emissions\.csv\.gz .*: (\w{64})$", sheet, re.M) == [digest]
    for report, model in REPORTS.items():
        assert made.dataset(report).sha256 == digest
        assert ByHand(ROOM / "models" / model).config["trained"]["sha256"] == digest


def page(folder: Path) -> str:
    """A page as read by people: tags dropped, entities resolved, spaces joined."""
    source = (folder / "index.html").read_text(encoding="utf-8")
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", source)).split())

"""Promises kept on measured data: a solar-thermal plant's controller log, ten minutes a row.

The reference is `attention_by_hand` (numpy, float64), polars and scikit-learn; for the clock it is
the sun. The data is read in place.
"""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from generator.datasets.clock import make_zoned_clock
from generator.errors import InputError
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

HERE, CSV = "solar_thermal_plant", "solar_thermal_10min.csv.gz"
REPORT, MODEL = "solar-by-sensor", "solar-temp-1-hour-ahead"
SENSORS = (
    *(f"temp_{n}_c" for n in range(1, 5)),
    "pump_pwm_1_pct",
    *(f"relay_{n}_speed_pct" for n in range(1, 4)),
)
LENGTH, AHEAD, STRIDE = 144, 6, 6
DST_CHANGES = (date(2017, 3, 26), date(2017, 10, 29), date(2018, 3, 25))


@pytest.fixture(scope="module")
def plant(made: SiteBuild) -> Readings:
    """The csv's numbers, read without the program."""
    assert made.records
    return read_readings(DATA / HERE / CSV)


@pytest.fixture(scope="module")
def clock() -> pl.DataFrame:
    """The csv's clock and its first temperature; skipped where the data is absent."""
    if not (DATA / HERE / CSV).is_file():
        pytest.skip("measured data (../shared/data) is not here")
    columns = ["time_local", "temp_1_c"]
    return pl.read_csv(DATA / HERE / CSV, columns=columns, try_parse_dates=True)


@pytest.fixture(scope="module")
def rows(clock: pl.DataFrame) -> dict[str, np.ndarray]:
    """The last rows of the windows: those wholly before the cut, and wholly after it."""
    step = clock["time_local"].diff().dt.total_minutes().fill_null(10)
    every = last_rows((step > 15).cum_sum().to_numpy(), LENGTH, AHEAD, STRIDE)
    cut = math.ceil(0.7 * clock.height)
    return {"known": every[every + AHEAD < cut], "held": every[every - LENGTH + 1 >= cut]}


def test_german_civil_time_is_refused(clock: pl.DataFrame) -> None:
    """Readings in an hour that Europe/Berlin skips: one line names the column and the way out."""
    one_group = np.zeros(clock.height, dtype=np.int64)
    with pytest.raises(InputError, match="is not one time of Europe/Berlin: that") as told:
        make_zoned_clock(clock["time_local"], "Europe/Berlin", one_group)
    assert "declare the zone the readings were really taken in" in str(told.value)
    assert "\n" not in str(told.value)
    assert make_zoned_clock(clock["time_local"], "Etc/GMT-1", one_group).is_real


def warm_hour(clock: pl.DataFrame) -> pl.DataFrame:
    """Per whole sunny day: the clock hour around which temp_1 is warm (squared rise as weight)."""
    hour = pl.col("time_local").dt.hour() + pl.col("time_local").dt.minute() / 60
    rise = (pl.col("temp_1_c") - pl.col("temp_1_c").min()) ** 2
    days = clock.group_by(pl.col("time_local").dt.date().alias("day")).agg(
        pl.len(),
        (pl.col("temp_1_c").max() - pl.col("temp_1_c").min()).alias("swing"),
        ((hour * rise).sum() / rise.sum()).alias("warm"),
        hour.gather(pl.col("temp_1_c").arg_min()).first().alias("coldest"),
    )
    return days.filter((pl.col("len") > 140) & (pl.col("swing") > 50)).sort("day")


def test_the_clock_follows_no_daylight_saving(clock: pl.DataFrame) -> None:
    """Around each change of German civil time the warm hour stays within half an hour or so."""
    days = warm_hour(clock)
    for change in DST_CHANGES:
        before = pl.col("day").is_between(change - timedelta(days=14), change - timedelta(days=1))
        after = pl.col("day").is_between(change, change + timedelta(days=13))
        moved = days.filter(after)["warm"].median() - days.filter(before)["warm"].median()
        assert abs(moved) < 0.6


def test_the_clock_is_an_hour_ahead_of_utc(clock: pl.DataFrame) -> None:
    """In June temp_1 is coldest near the sunrise of 50 N, 10 E at UTC+1, not at UTC or UTC+2."""
    days = warm_hour(clock).filter(pl.col("day").dt.month() == 6)
    years = days.filter(pl.col("day").dt.year() < 2019)
    coldest = years["coldest"].median()
    assert abs(coldest - sunrise(172) - 1) < 0.5
    assert abs(coldest - sunrise(172)) > 1
    assert abs(coldest - sunrise(172) - 2) > 0.5


def sunrise(day: int) -> float:
    """Hours UTC of sunrise at 50 N, 10 E (Cooper's declination, no equation of time)."""
    declination = math.radians(23.45) * math.sin(2 * math.pi * (284 + day) / 365)
    half = math.degrees(math.acos(-math.tan(math.radians(50)) * math.tan(declination))) / 15
    return 12 - 10 / 15 - half


def test_the_clock_was_lost_in_july_2019(clock: pl.DataFrame) -> None:
    """From 8 July 2019 on it is warm by the clock's night: those times of day are wrong."""
    august = clock.filter(pl.col("time_local") >= datetime(2019, 8, 1)).filter(
        pl.col("time_local") < datetime(2019, 9, 1)
    )
    by_hour = august.group_by(pl.col("time_local").dt.hour().alias("hour")).agg(
        pl.col("temp_1_c").mean()
    )
    assert by_hour.sort("temp_1_c")["hour"][-1] in (23, 0, 1, 2, 3, 4, 5)


def test_windows_never_cross_a_gap(
    made: SiteBuild, clock: pl.DataFrame, rows: dict[str, np.ndarray]
) -> None:
    """A polars recount of the held-out windows agrees, and every one spans exactly 24 h."""
    dataset = made.dataset(REPORT)
    assert dataset.windows == len(rows["held"])
    assert (dataset.rows, dataset.gaps) == (97_201, 9)
    time = clock["time_local"]
    for of in rows.values():
        span = time[of + AHEAD] - time[of - LENGTH + 1]
        assert set(span.dt.total_minutes()) == {(LENGTH + AHEAD - 1) * 10}
    recount = (
        clock.with_row_index()
        .with_columns(time.diff().dt.total_minutes().fill_null(10).gt(15).cum_sum().alias("run"))
        .group_by("run")
        .agg(pl.col("index").min().alias("first"), pl.len())
    )
    cut = math.ceil(0.7 * clock.height)
    starts = [
        first + n
        for first, size in recount.select("first", "len").iter_rows()
        for n in range(0, size - LENGTH - AHEAD + 1, STRIDE)
    ]
    assert sum(start >= cut for start in starts) == len(rows["held"])


def test_published_attention_is_the_softmax_of_the_raw_weights(
    made: SiteBuild, plant: Readings, rows: dict[str, np.ndarray]
) -> None:
    """Every map on disk is softmax(QK^T/sqrt d) of the model's files and the csv, to 1e-5."""
    check_maps(made, REPORT, MODEL, plant.windows(sample_explained(rows["held"]), SENSORS, LENGTH))


def test_the_models_error_is_what_hand_arithmetic_gives(
    made: SiteBuild, plant: Readings, rows: dict[str, np.ndarray]
) -> None:
    """RMSE, MAE and R2 are those of a float64 forward pass over every held-out window."""
    truth = plant.column("temp_1_c")[rows["held"] + AHEAD]
    predicted = load_numpy_model(MODEL).predict(plant.windows(rows["held"], SENSORS, LENGTH))
    check_value_scores(made, REPORT, predicted, truth, places=1e-4)
    kept = read_kept_scores("solar-plant", "the last 30 % of the rows")[MODEL]
    assert kept["mae"] == pytest.approx(np.abs(predicted - truth).mean(), abs=1e-3)


def test_the_rules_are_plain_regressions_on_the_training_part(
    made: SiteBuild, plant: Readings, rows: dict[str, np.ndarray]
) -> None:
    """Training mean and linear regressions, fitted here, have the record's errors."""
    windows = {side: plant.windows(of, SENSORS, LENGTH) for side, of in rows.items()}
    target = {side: plant.column("temp_1_c")[of + AHEAD] for side, of in rows.items()}
    check_value_rules(made, REPORT, windows, target)


def test_the_page_says_what_is_known_of_the_clock(made: SiteBuild) -> None:
    """Zone and note stand in the record: found from the readings, and wrong since July 2019."""
    dataset = made.dataset(REPORT)
    assert dataset.time == "Etc/GMT-1"
    assert "found from the readings" in dataset.time_note
    assert "From 8 July 2019 on the clock is wrong" in dataset.time_note


def test_no_sensor_is_given_a_name_its_owner_did_not_give(made: SiteBuild) -> None:
    """The sensors keep their numbers; no tag or basis guesses what they measure."""
    sensors = [entry.sensor for entry in made.dataset(REPORT).sensors]
    assert tuple(sensor.name for sensor in sensors) == SENSORS
    assert all(not sensor.tag and not sensor.basis for sensor in sensors)
    assert [sensor.unit for sensor in sensors] == ["degC"] * 4 + ["%"] * 4


def test_verdict_credit_and_warning_stand_on_the_pages(made: SiteBuild) -> None:
    """The sentence follows the figures; the MIT copyright line is kept."""
    check_verdict(made, REPORT)
    said = ["Copyright (c) 2018 Stephan Strittmatter", "MIT"]
    check_credit(made, REPORT, "solar-plant", said)
    check_no_measurement(made, MODEL)


def test_the_data_is_the_file_of_the_data_sheet(made: SiteBuild) -> None:
    """Record, model and data sheet name the digest of the bytes that were read."""
    digest = check_digest(HERE, CSV)
    assert made.dataset(REPORT).sha256 == digest
    assert load_numpy_model(MODEL).config["trained"]["sha256"] == digest

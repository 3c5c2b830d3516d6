"""Clocks as plants write them: each is read rightly, or refused with the line that says why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from generator.datasets.clock import Clock, make_zoned_clock, measure_step
from generator.datasets.evenness import describe_unevenness
from generator.datasets.places import Places, place_files
from generator.datasets.row_labels import RowLabels, label_steps
from generator.datasets.stamps import read_stamps
from generator.errors import InputError
from generator.spec.manifest import find_data_files
from generator.words import format_duration

ONE = Places((Path("plant.csv"),), (9,))
TEN = datetime(2026, 1, 5, 10)


def read(*texts: str | None) -> pl.Series:
    """A column of text in plant.csv, read."""
    return read_stamps(pl.Series("t", texts, dtype=pl.String), ONE)


def make_clock(*texts: str, groups: list[int] | None = None, zone: str = "UTC") -> Clock:
    """The clock of such a column."""
    codes = np.zeros(len(texts), int) if groups is None else np.array(groups)
    return make_zoned_clock(pl.Series("t", texts), zone, codes, ONE)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-01-05 10:00:00", "2026-01-05T10:00:00", "2026/01/05 10:00", "2026-1-5 10:00:00.0"),
        *("2026.01.05 10:00:00",),
    ],
)
def test_a_year_first_reads_one_way(text: str) -> None:
    """Ten o'clock by the wall, however it is joined."""
    assert read(text).to_list() == [TEN]


@pytest.mark.parametrize(
    "text",
    ["2026-01-05T10:00:00Z", "2026-01-05 11:00:00+01:00", "2026-01-05 11:00:00 +0100"],
)
def test_an_offset_makes_an_instant(text: str) -> None:
    """Ten o'clock in UTC."""
    assert read(text).to_list() == [TEN.replace(tzinfo=UTC)]


def test_forms_may_be_mixed() -> None:
    """Whole seconds are often written without a fraction; a missing time stays missing."""
    found = read("2026-01-05 10:00", "2026-01-05 10:00:00.25", None)
    assert found.to_list() == [TEN, TEN + timedelta(milliseconds=250), None]


def test_days_and_months_are_told_apart_by_the_column_or_not_at_all() -> None:
    """A 13 leaves one reading of all; without one, or with one in both places, none."""
    assert read("03/01/2026", "13/01/2026").dt.month().to_list() == [1, 1]
    assert read("03/01/2026", "03/13/2026").dt.month().to_list() == [3, 3]
    said = r"plant\.csv line 2, column 't': \"03/01/2026 10:00\" can be read day first or month"
    with pytest.raises(InputError, match=said):
        read("03/01/2026 10:00", "03/10/2026 10:00")
    with pytest.raises(InputError, match="neither can be true of all"):
        read("13/01/2026", "01/13/2026")


@pytest.mark.parametrize(
    "text", ["26-01-05", "01.05.26 10:00", "2026-01-05 10:00 PM", "2026-02-30", "2026-01-05 24:00",
             "2026-01-05 10:00:60", "01-May-26 10:00", "2026-01-05 10:00 - 11:00", "n/a"],
)  # fmt: skip
def test_other_texts_are_refused_with_their_line(text: str) -> None:
    """One line of at most 400 characters says which text, where, and what is read instead."""
    with pytest.raises(InputError, match=r"plant\.csv line 3, .*write times with the y") as refused:
        read("2026-01-04", text)
    assert len(str(refused.value)) <= 400


def test_local_times_and_instants_are_not_mixed() -> None:
    """Both rows are named."""
    with pytest.raises(InputError, match=r"plant\.csv line 2 says .*plant\.csv line 3 says"):
        read("2026-01-05 10:00", "2026-01-05 10:01Z")


def test_every_row_twice_is_refused() -> None:
    """Twice the rows would make a window half as long as it says; other groups may share times."""
    twice = ("2026-01-05 10:00", "2026-01-05 10:00", "2026-01-05 10:01", "2026-01-05 10:01")
    said = r"plant\.csv line 3, column 't': 2026-01-05 10:00:00 again, .*\(2 rows like it in all\)"
    with pytest.raises(InputError, match=said):
        make_clock(*twice)
    apart = ("2026-01-05 10:00", "2026-01-05 10:01", "2026-01-05 10:01", "2026-01-05 10:02")
    assert make_clock(*apart, groups=[0, 0, 1, 1]).step == 60


def test_time_that_runs_backwards_is_told_with_both_files() -> None:
    """Inside a file: sort. From one file to the next: name them in order."""
    texts = pl.Series("t", ["2026-01-05 10:01", "2026-01-05 10:00"])
    groups = np.zeros(2, int)
    with pytest.raises(InputError, match=r"line 3, .* from .*10:01:00 to .*10:00:00; sort the r"):
        make_zoned_clock(texts, "UTC", groups, ONE)
    two = place_files([Path("a.csv"), Path("b.csv")], [1, 1])
    with pytest.raises(InputError, match=r"b\.csv line 2, .* a\.csv line 2 is the row before"):
        make_zoned_clock(texts, "UTC", groups, two)


def test_the_hour_that_comes_twice_is_told_by_the_order_of_the_file() -> None:
    """01:30, then 02:00 and 02:30 twice, then 03:00: half an hour apart, all of them."""
    day = "2026-10-25 "
    clock = make_clock(
        *(day + hour for hour in ("01:30", "02:00", "02:30", "02:00", "02:30", "03:00")),
        zone="Europe/Berlin",
    )
    assert np.diff(clock.seconds).tolist() == [1800.0] * 5
    assert clock.labels.at(np.arange(1, 6)) == (
        *("2026-10-25 02:00:00 +02:00", "2026-10-25 02:30:00 +02:00"),
        *("2026-10-25 02:00:00 +01:00", "2026-10-25 02:30:00 +01:00", "2026-10-25 03:00:00"),
    )
    hourly = make_clock(*(day + hour for hour in ("01:00", "02:00", "02:00", "03:00")),
                        zone="Europe/Berlin")  # fmt: skip
    assert np.diff(hourly.seconds).tolist() == [3600.0] * 3


@pytest.mark.parametrize("hours", [("02:00", "02:00", "02:30", "02:30"), ("02:00", "02:30")])
def test_an_hour_that_cannot_be_told_is_refused_without_advice_to_sort(
    hours: tuple[str, ...],
) -> None:
    """Sorted by the wall clock both hours are mixed; once through it, it may be either."""
    with pytest.raises(InputError, match=r"line 2, .* shows it twice.*such as UTC") as refused:
        make_clock(*(f"2026-10-25 {hour}" for hour in hours), zone="Europe/Berlin")
    assert "sort the rows" not in str(refused.value)
    assert len(str(refused.value)) <= 400


@pytest.mark.parametrize("odd", ["02:08", "02:10"])
def test_a_row_out_of_order_in_that_hour_is_no_clock_set_back(odd: str) -> None:
    """02:05, 02:10, then 02:08 or 02:10 again: two minutes or none back are not an hour."""
    hours = ("01:55", "02:00", "02:05", "02:10", odd, "02:15", "02:20")
    with pytest.raises(InputError, match="shows it twice"):
        make_clock(*(f"2026-10-25 {hour}" for hour in hours), zone="Europe/Berlin")


def test_a_step_back_that_a_clock_or_a_date_made_is_not_to_be_sorted() -> None:
    """02:55 then 02:00 in UTC; 23:45 then 00:00 of the same day, as the steel plant writes it."""
    with pytest.raises(InputError, match="looks like a clock set back by an hour: declare the z"):
        make_clock(*(f"2026-10-25 02:{minute:02}" for minute in (45, 50, 55, 0, 5)))
    with pytest.raises(InputError, match="looks like a date that changes one row too late"):
        make_clock(*(f"2026-01-05 {hour}" for hour in ("23:15", "23:30", "23:45", "00:00")))


def test_steps_of_a_fraction_of_a_second_are_told_as_they_are() -> None:
    """1.5 s is no 2 s, and no two steps or rows have one name."""
    texts = [f"2026-01-05 10:00:{second:04.1f}" for second in (0, 1.5, 3, 4.5)]
    clock = make_clock(*texts)
    assert clock.step == 1.5
    assert clock.labels[1] == "2026-01-05 10:00:01.500"
    assert label_steps(4, clock.step) == ["-4.5 s", "-3 s", "-1.5 s", "now"]
    assert format_duration(0.6) == "0.6 s"
    assert format_duration(61.5) == "1 min 1.5 s"
    assert format_duration(64 * 0.1) == "6.4 s"
    assert len(set(label_steps(500, 0.6))) == 500


def test_the_usual_step_is_the_median_or_the_mean_of_rounded_times() -> None:
    """7.5 s in whole seconds is 7 and 8 s; one gap of an hour, or jitter of 0.1 %, changes none."""
    assert measure_step(np.array([7, 8, 7, 8, 7])) == pytest.approx(7.4)
    assert measure_step(np.array([10, 10, 10, 3600])) == 10
    assert measure_step(np.array([1000, 1001, 999, 1000])) == 1000
    assert measure_step(np.array([1, 100])) == 50.5


def test_rows_logged_at_events_make_no_windows() -> None:
    """1, 2 and 5 s apart: a step of half the usual one or less breaks, as a longer one does."""
    ticks = np.cumsum([0, 5, 5, 2, 5, 1, 5, 5]) * 1_000_000
    clock = Clock(ticks, "UTC", 5.0, RowLabels())
    assert clock.find_short_steps().tolist() == [False, False, True, False, True, False, False]
    assert clock.mark_even(np.array([0, 0]), np.array([2, 7])).tolist() == [True, False]
    said = describe_unevenness(clock, np.zeros(8, int))
    assert said == (
        "; its steps are uneven, from 1 s to 5 s, and 71% of them are the usual 5 s: bring the "
        "data to an even step"
    )


def test_windows_hold_as_much_time_as_they_say() -> None:
    """Steps of 12 s among those of 10 s break nothing one by one; four of them are 8 s too many."""
    ticks = np.cumsum([0, 10, 10, 10, 10, 12, 12, 12, 12]) * 1_000_000
    clock = Clock(ticks, "UTC", 10.0, RowLabels())
    assert not clock.find_gaps(1.5).any()
    assert clock.mark_even(np.array([0, 2, 4]), np.array([4, 6, 8])).tolist() == [True, True, False]


def test_parts_are_read_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    """part_2 before part_10."""
    for number in (10, 2, 1):
        (tmp_path / f"part_{number}.csv").touch()
    names = [path.name for path in find_data_files(tmp_path, "part_*.csv")]
    assert names == ["part_1.csv", "part_2.csv", "part_10.csv"]


def test_a_row_is_found_in_its_file() -> None:
    """Lines of text count from 1, and the first is the header; rows of other files count from 1."""
    places = place_files([Path("a.csv.gz"), Path("b.csv"), Path("c.parquet")], [3, 0, 2])
    assert [places.find(row) for row in (0, 2, 3, 4)] == [
        *("a.csv.gz line 2", "a.csv.gz line 4", "c.parquet row 1", "c.parquet row 2"),
    ]
    assert places.borders == (3,)
    assert Places().find(1_000) == "row 1,001"

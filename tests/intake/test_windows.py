"""Windows are cut by hand-checked rules: groups, gaps, horizons, events, hold-out, clocks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from generator.datasets.clock import Clock, make_row_clock
from generator.datasets.dataset import read_dataset
from generator.datasets.holdout import choose_held_out_groups
from generator.datasets.long_table import read_columns
from generator.datasets.profile.scan import scan_files
from generator.datasets.row_labels import RowLabels, label_steps
from generator.datasets.table import read_column_names, read_table
from generator.datasets.windows import SensorWindows, build_table, cut_windows
from generator.errors import InputError
from generator.spec.datasets import DatasetSpec
from generator.words import format_duration

START = datetime(2026, 1, 5, 6, 0)


def spec(**changes: object) -> DatasetSpec:
    whole: dict[str, object] = {
        "path": "x.csv",
        "time": {"column": "t", "zone": "Europe/Berlin"},
        "group": "run",
        "sensors": {"a": {"unit": "bar"}, "b": {}},
        "target": {"column": "y", "horizon": "20s"},
        "window": {"length": 3, "stride": 2},
        "holdout": {"fraction": 0.5, "by": "group"},
        "simulated": False,
    }
    return DatasetSpec.model_validate(whole | changes)


def frame(rows: int = 20, groups: int = 2, event: bool = False) -> pl.DataFrame:
    """Rows 10 s apart; a counts rows, b is minus that, y is a again or a flag."""
    count = np.arange(rows)
    return pl.DataFrame(
        {
            "t": [START + timedelta(seconds=10 * i) for i in range(rows)],
            "run": [f"r{i * groups // rows}" for i in range(rows)],
            "a": count.astype(float),
            "b": -count.astype(float),
            "y": (count == 8) if event else count.astype(float),
        }
    )


def cut(asked: DatasetSpec, data: pl.DataFrame) -> SensorWindows:
    return cut_windows(asked, build_table(asked, data))


def test_windows_stay_inside_their_group_and_see_their_future() -> None:
    """Ten rows a group, length 3, stride 2, two rows ahead: last rows 2 4 6, then 12 14 16."""
    windows = cut(spec(), frame())
    assert windows.last_row.tolist() == [2, 4, 6, 12, 14, 16]
    assert windows.target.tolist() == [4, 6, 8, 14, 16, 18]
    np.testing.assert_array_equal(windows.values[0], [[0, 0], [1, -1], [2, -2]])
    assert windows.labels[0] == "2026-01-05 06:00:20"


def test_a_clock_jumps_where_a_step_is_longer_than_the_gap() -> None:
    """Steps of 10, 15, 16 and 10 s, median 12.5: 1.2 times it is 15; rows without a clock never."""
    clock = Clock(np.cumsum([0, 10, 15, 16, 10]) * 1_000_000, "UTC", 12.5, RowLabels())
    assert clock.find_gaps(1.2).tolist() == [False, False, True, False]
    assert make_row_clock(4).find_gaps(1.2).tolist() == [False] * 3


@pytest.mark.parametrize(
    "read",
    [
        read_column_names,
        lambda path: read_table([path], ["a"]),
        lambda path: read_columns([path], ["a"], []),
        lambda path: scan_files([path]),
    ],
    ids=["header", "table", "columns", "profile"],
)
def test_a_damaged_file_is_named_whoever_reads_it(
    tmp_path: Path, read: Callable[[Path], object]
) -> None:
    """One line with the file's bare name, from every reader alike."""
    path = tmp_path / "x.parquet"
    path.write_bytes(b"no table")
    with pytest.raises(InputError, match=r"\Ax\.parquet: is no Parquet file\Z"):
        read(path)


def test_a_gap_breaks_windows() -> None:
    """An hour missing after row 4: no window and no target reaches over it."""
    data = frame(10, 1).with_columns(
        t=pl.Series([START + timedelta(seconds=10 * i + 3600 * (i > 4)) for i in range(10)])
    )
    asked = spec(window={"length": 3, "stride": 1}, holdout={"fraction": 0.5, "by": "time"})
    table = build_table(asked, data)
    assert table.segments == ((0, 5), (5, 10))
    assert table.gaps == 1
    assert cut_windows(asked, table).last_row.tolist() == [2, 7]


def test_windows_cross_no_short_step_and_hold_the_time_they_say() -> None:
    """One step of 4 s leads to row 5; three steps may take 25 to 35 s, for half of one is allowed.

    From row 5 on windows of four rows last 33, 36, 39, 39, 36, 30, 24, 21 and 21 s.
    """
    steps = [10, 10, 10, 10, 4, 10, 10, 13, 13, 13, 13, 10, 7, 7, 7, 7]
    seconds = np.cumsum([0, *steps]).tolist()
    data = frame(17, 1).with_columns(
        t=pl.Series([START + timedelta(seconds=second) for second in seconds])
    )
    asked = spec(
        target={"column": "y", "horizon": "0 rows"},
        window={"length": 4, "stride": 1},
        group=None,
        holdout={"fraction": 0.1, "by": "time"},
    )
    table = build_table(asked, data)
    assert table.clock.step == 10
    assert table.segments == ((0, 5), (5, 17))
    assert cut_windows(asked, table).last_row.tolist() == [3, 4, 8, 13]


def test_an_event_counts_within_the_horizon_and_only_before_it_happened() -> None:
    """The flag is up at row 8: windows ending at 6 and 7 see it coming, those holding it go."""
    asked = spec(
        window={"length": 3, "stride": 1}, group=None, holdout={"fraction": 0.4, "by": "time"}
    )
    windows = cut(asked, frame(20, 1, event=True))
    happened = windows.last_row[windows.target > 0].tolist()
    assert happened == [6, 7]
    assert not {8, 9, 10} & set(windows.last_row.tolist())


def test_the_last_groups_are_held_out() -> None:
    """ceil((1 - fraction) n) groups train; the rest, last in the file, are held out."""
    assert choose_held_out_groups(["a", "b", "c", "d", "e"], 0.4) == {"d", "e"}
    assert choose_held_out_groups(["a", "b", "c", "d"], 0.3) == {"d"}
    with pytest.raises(InputError, match="needs at least two groups"):
        choose_held_out_groups(["a"], 0.3)
    windows = cut(spec(), frame())
    assert set(windows.select_held(out=True).groups) == {"r1"}


def test_each_block_holds_out_its_last_groups() -> None:
    """Ten groups in two blocks of five: of each, ceil(0.7 x 5) = 4 train, the fifth is held out."""
    names = list("abcdefghij")
    assert choose_held_out_groups(names, 0.3, 2) == {"e", "j"}
    assert choose_held_out_groups(names, 0.5, 3) == {*"cd", *"g", *"j"}  # blocks abcd, efg, hij
    with pytest.raises(InputError, match=r"10 groups are too few for so many blocks; say fewer"):
        choose_held_out_groups(names, 0.3, 4)
    windows = cut(spec(holdout={"fraction": 0.5, "by": "group", "blocks": 2}), frame(40, 4))
    assert set(windows.select_held(out=True).groups) == {"r1", "r3"}


def test_blocks_reach_every_state_of_the_hydraulic_rig(shared_data: Path) -> None:
    """2,205 cycles in order of their faults: the last 30 % are one state, ten blocks hold all."""
    table = pl.read_csv(shared_data / "hydraulic_rig" / "hydraulic_rig_labels.csv.gz")
    names = table["cycle"].cast(pl.String).to_list()
    for blocks, expected in ((1, {100}), (10, {3, 20, 100})):
        held = table.filter(
            pl.col("cycle").cast(pl.String).is_in(list(choose_held_out_groups(names, 0.3, blocks)))
        )
        assert set(held["cooler_condition_pct"]) == expected


def test_a_cut_in_time_leaves_a_clean_gap() -> None:
    """By time: no training window, with its target, reaches into the held-out part."""
    asked = spec(
        group=None, window={"length": 3, "stride": 1}, holdout={"fraction": 0.5, "by": "time"}
    )
    windows = cut(asked, frame(20, 1))
    train, held = windows.select_held(out=False), windows.select_held(out=True)
    assert (train.last_row + 2 < 10).all()
    assert (held.last_row - 2 >= 10).all()


def test_the_sample_is_seeded_and_in_order() -> None:
    """The same seed picks the same windows; another seed others."""
    windows = cut(spec(window={"length": 3, "stride": 1}), frame(200))
    one, again, other = windows.sample(9, 0), windows.sample(9, 0), windows.sample(9, 1)
    assert one.last_row.tolist() == again.last_row.tolist() == sorted(one.last_row)
    assert one.last_row.tolist() != other.last_row.tolist()


def test_missing_values_stay_missing() -> None:
    """Null and infinite readings are NaN in the windows; a missing target drops its window."""
    data = frame().with_columns(
        a=pl.when(pl.col("a") == 1).then(None).otherwise(pl.col("a")),
        y=pl.when(pl.col("y") == 6).then(None).otherwise(pl.col("y")),
    )
    windows = cut(spec(), data)
    assert np.isnan(windows.values[0, 1, 0])
    assert windows.last_row.tolist() == [2, 6, 12, 14, 16]


def test_rows_without_a_clock_are_called_rows() -> None:
    """time: null gives row labels, and a horizon in rows."""
    asked = spec(time=None, target={"column": "y", "horizon": "2 rows"})
    assert cut(asked, frame()).labels[:2] == ("row 2", "row 4")
    assert label_steps(3, None) == ["2 rows before", "1 row before", "last row"]


def test_steps_of_a_real_clock_have_times() -> None:
    """The newest step is 'now', the others say how long ago."""
    assert label_steps(3, 300) == ["-10 min", "-5 min", "now"]
    assert format_duration(640) == "10 min 40 s"


@pytest.mark.parametrize(
    ("moment", "word"),
    [(datetime(2018, 3, 25, 2, 30), "skips it"), (datetime(2018, 10, 28, 2, 30), "shows it twice")],
)
def test_a_clock_that_is_not_what_it_says_is_refused(moment: datetime, word: str) -> None:
    """A reading in the hour the zone skips or repeats: the column is not that zone's local time."""
    data = frame(4, 1).with_columns(t=pl.Series([moment + timedelta(seconds=i) for i in range(4)]))
    with pytest.raises(
        InputError, match=rf"row 1, .* is not one time of Europe/Berlin: that clock {word}"
    ):
        build_table(spec(), data)


def test_the_solar_plants_clock_is_refused_as_german_time(shared_data: Path) -> None:
    """The measured set whose `time_local` has readings in a skipped hour is caught."""
    path = shared_data / "solar_thermal_plant" / "solar_thermal_10min.csv.gz"
    columns = read_table([path], ["time_local"])
    data = columns.with_columns(a=0.0, b=0.0, y=0.0)
    asked = spec(group=None, time={"column": "time_local", "zone": "Europe/Berlin"})
    with pytest.raises(
        InputError, match=r"row [\d,]+, column .time_local.: .* is not one time of Europe/Berlin"
    ):
        build_table(asked, data)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("x.xlsx", "", "format not known; use .csv, .csv.gz, .parquet"),
        ("x.csv", "a,b\n1,2\n", "no column 'run', 't'; it has: a, b"),
        ("x.parquet", "not parquet", "x.parquet: is no Parquet file"),
    ],
)
def test_unreadable_files_are_told(tmp_path: Path, name: str, text: str, message: str) -> None:
    """One line: which file, what is wrong, what it has."""
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_table([path], ["run", "t"])


def test_time_must_run_forward() -> None:
    """Rows out of order are refused, not sorted behind the reader's back."""
    with pytest.raises(InputError, match="time runs backwards"):
        build_table(spec(group=None), frame(6, 1).reverse())


@pytest.mark.parametrize("horizon", ["5s", "25s"])
def test_a_horizon_between_rows_is_refused(horizon: str) -> None:
    """Ten-second rows hold no target five seconds on: nothing is rounded in silence."""
    with pytest.raises(InputError, match=r"not a whole number of the data's steps of 10 s"):
        cut(spec(target={"column": "y", "horizon": horizon}), frame())


def test_whole_numbers_0_and_1_are_an_event() -> None:
    """A historian's flag in integers says the same as true and false; 0 to 7 is a value."""
    flags = frame(event=True).with_columns(pl.col("y").cast(pl.Int64))
    assert build_table(spec(), flags).event
    codes = flags.with_columns(y=pl.int_range(pl.len()) % 8)
    assert not build_table(spec(), codes).event


def test_dates_are_local_midnights() -> None:
    """A column of plain dates is a clock with a step of a day."""
    days = [date(2026, 1, 5) + timedelta(days=i) for i in range(6)]
    asked = spec(group=None, target={"column": "y", "horizon": "1d"})
    clock = build_table(asked, frame(6, 1).with_columns(t=pl.Series(days))).clock
    assert clock.labels[0] == "2026-01-05 00:00:00"
    assert clock.step == 86_400


def test_groups_in_turns_are_refused() -> None:
    """Rows of two runs one after the other in turns: the remedy is to sort, and is named."""
    turns = frame().with_columns(run=pl.Series(["r0", "r1"] * 10))
    with pytest.raises(InputError, match=r"2 groups in 20 stretches\); sort by run"):
        build_table(spec(), turns)


def test_without_clock_and_group_no_window_crosses_from_file_to_file(tmp_path: Path) -> None:
    """Two files of five rows: windows end at rows 2 to 4 and 7 to 9, none lies over the border."""
    for name in ("one.csv", "two.csv"):
        frame(5, 1).drop("t", "run").write_csv(tmp_path / name)
    both = [tmp_path / "one.csv", tmp_path / "two.csv"]
    asked = spec(
        time=None,
        group=None,
        target={"column": "y", "horizon": "0 rows"},
        window={"length": 3, "stride": 1},
        holdout={"fraction": 0.5, "by": "time"},
    )
    windows = cut_windows(asked, read_dataset(asked, both))
    assert windows.last_row.tolist() == [2, 3, 4, 7, 8, 9]


@pytest.mark.parametrize("kind", [pl.Null, pl.String, pl.Float64])
def test_a_sensor_without_any_reading_is_all_missing(kind: type[pl.DataType]) -> None:
    """An empty column has no type of its own: it is a dead sensor, not a mistake."""
    data = frame().with_columns(a=pl.Series([None] * 20, dtype=kind))
    assert np.isnan(cut(spec(), data).values[:, :, 0]).all()


def test_every_step_of_a_window_has_a_name_of_its_own() -> None:
    """Two units are enough for hours; a day of 10-minute steps needs three."""
    assert label_steps(3, 600.0) == ["-20 min", "-10 min", "now"]
    long = label_steps(200, 600.0)
    assert long[0] == "-1 d 9 h 10 min"
    assert len(set(long)) == 200

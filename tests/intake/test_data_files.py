"""Tables as plants write them: each is read rightly, or refused with the place that says why."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from generator.datasets.csv_header import LONGEST
from generator.datasets.long_table import read_columns
from generator.datasets.profile.scan import scan_files
from generator.datasets.table import read_column_names, read_table
from generator.errors import InputError

READERS: dict[str, Callable[[Path], object]] = {
    "header": read_column_names,
    "table": lambda path: read_table([path], ["a"]),
    "columns": lambda path: read_columns([path], ["a"], []),
    "profile": lambda path: scan_files([path]).read_column("a"),
}


def write(folder: Path, text: str | bytes, name: str = "plant.csv") -> Path:
    """A file with these bytes."""
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def read_both(path: Path, sensor: str = "a") -> np.ndarray:
    """A sensor as a run and as a profile reads it, which is the same."""
    run = read_columns([path], [sensor], []).values[:, 0]
    [(_, profile)] = scan_files([path]).read_numbers([sensor])
    np.testing.assert_array_equal(run, profile)
    return run


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("t,a,b,a\n1,2,3,4\n", r'columns 2 and 4 have one name, "a"; give each its own'),
        ('t,a,b,"a"\n1,2,3,4\n', r'columns 2 and 4 have one name, "a"'),
        ("t;a;b\n1;2,5;3\n", r"its columns stand apart by semicolons, and only commas are read"),
        ("t\ta\n1\t2\n", r"its columns stand apart by tabs"),
        ("t,a\n1,2\n".encode("utf-16"), r"is UTF-16; save it as UTF-8"),
        ("t,a,Außen °C\n1,2,3\n".encode("latin-1"), r"line 1: not UTF-8 \(byte 0xdf at place 7\)"),
        ("\nt,a\n1,2\n", r"its first line is empty"),
        ("", r"is empty; no rows"),
        (b"PK\x03\x04 workbook", r"is a zip file or a workbook"),
        (b"a," * LONGEST, r"line 1: longer than 1,048,576 bytes"),
        (b"a" * 200_000, r"line 1: a name is longer than 131,072 bytes"),
    ],
)
def test_a_header_that_is_none_is_told_by_every_reader(
    tmp_path: Path, read: Callable[[Path], object], text: str | bytes, says: str
) -> None:
    """One line of at most 400 characters; `check` reads the header alone and says the same."""
    with pytest.raises(InputError, match=rf"\Aplant\.csv:? {says}") as refused:
        read(write(tmp_path, text))
    assert len(str(refused.value)) <= 400


def test_a_column_may_be_called_what_a_library_calls_a_repeat(tmp_path: Path) -> None:
    """Polars would name a second `a` so; here it is a name like any other."""
    path = write(tmp_path, "a,a_duplicated_0\n1,2\n")
    assert read_both(path, "a_duplicated_0").tolist() == [2]


def test_sensors_are_numbers_whatever_the_first_rows_hold(tmp_path: Path) -> None:
    """Whole numbers for 10,400 rows, then decimals; nothing for as many rows, then a number."""
    whole = write(tmp_path, "a,b\n" + "7,\n" * 10_400 + "7.25,1.5\n")
    assert read_both(whole)[-1] == 7.25
    assert read_both(whole, "b")[-1] == 1.5
    assert np.isnan(read_both(whole, "b")[:-1]).all()


def test_keys_have_the_type_that_all_rows_have(tmp_path: Path) -> None:
    """A run that is called 12b after 10,400 whole numbers makes them words; flags stay flags."""
    path = write(tmp_path, "run,on,a\n" + "12,true,1\n" * 10_400 + "12b,false,1\n")
    keys = read_columns([path], ["a"], ["run", "on"]).others
    assert keys["run"][0] == "12"
    assert keys["on"].dtype == pl.Boolean
    assert scan_files([path]).read_column("run")[-1] == "12b"


def test_a_sensor_that_is_the_target_too_keeps_its_whole_numbers(tmp_path: Path) -> None:
    """0 and 1 in whole numbers are an event; the sensor's readings are numbers all the same."""
    found = read_columns([write(tmp_path, "a,b\n0,1\n1,2\n")], ["a", "b"], ["a"])
    assert found.others["a"].dtype == pl.Int64
    assert found.values.tolist() == [[0, 1], [1, 2]]
    with pytest.raises(InputError, match="line 3, column 'a': \"high\" is no number"):
        read_columns([write(tmp_path, "a,b\n0,1\nhigh,2\n")], ["a"], ["a"])


def test_flags_are_readings_of_a_valve(tmp_path: Path) -> None:
    """True and false as one and zero, an empty cell as missing."""
    found = read_both(write(tmp_path, "a,b\ntrue,1\n,1\nfalse,1\n"))
    np.testing.assert_array_equal(found, [1, np.nan, 0])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("t,a\nh,degC\n1,2\n", "line 2, column 'a': \"degC\" is no number; leave the cell empty"),
        ('t,a\n1,2\n2,"18,5"\n', "line 3, column 'a': \"18,5\" has a decimal comma"),
        ("t,a\n1,2\n2,I/O Timeout\n", "line 3, column 'a': \"I/O Timeout\" is no number"),
        ("t,a\n1,2\n2,18,5\n", "line 3: 3 cells, and the first line names 2 columns"),
        ("t,a\n1,2\nß,3\n".encode("latin-1"), r"line 3: not UTF-8"),
        (gzip.compress(b"t,a\n" + b"1,2\n" * 900, mtime=0)[:40], r"is cut off or damaged"),
    ],
)
def test_a_cell_that_is_no_number_is_told_with_its_line(
    tmp_path: Path, text: str | bytes, says: str
) -> None:
    """By a run and by a profile alike."""
    path = write(tmp_path, text)
    for read in (
        lambda: read_columns([path], ["a"], []),
        lambda: list(scan_files([path]).read_numbers(["a"])),
    ):
        with pytest.raises(InputError, match=rf"\Aplant\.csv:? {says}"):
            read()


def test_words_in_a_parquet_column_are_told_with_their_row(tmp_path: Path) -> None:
    """Its second file's second row."""
    for name, cells in (("a.parquet", ["1", None]), ("b.parquet", [None, "Bad"])):
        pl.DataFrame({"a": cells}, schema={"a": pl.String}).write_parquet(tmp_path / name)
    with pytest.raises(InputError, match=r"b\.parquet row 2, column 'a': \"Bad\" is no number"):
        read_columns([tmp_path / "b.parquet"], ["a"], [])


def test_files_of_one_glob_may_differ_in_what_does_not_matter(tmp_path: Path) -> None:
    """Whole numbers here and decimals there; instants of two zones; a file with a header alone."""
    start = datetime(2026, 1, 5, 10, tzinfo=UTC)
    frames = [
        pl.DataFrame({"a": [1], "t": [start]}),
        pl.DataFrame({"a": [2.5], "t": [start.astimezone(timezone(timedelta(hours=1)))]}),
        pl.DataFrame({"a": [], "t": []}, schema={"a": pl.Int8, "t": pl.String}),
    ]
    paths = [tmp_path / f"{at}.parquet" for at in range(3)]
    for path, frame in zip(paths, frames, strict=True):
        frame.write_parquet(path)
    found = read_columns(paths, ["a"], ["t"])
    assert found.values[:, 0].tolist() == [1, 2.5]
    assert found.others["t"].to_list() == [start, start]
    assert scan_files(paths).read_column("t").to_list() == [start, start]


def test_local_times_here_and_instants_there_are_refused(tmp_path: Path) -> None:
    """Both files are named."""
    start = datetime(2026, 1, 5, 10)
    paths = [tmp_path / "one.parquet", tmp_path / "two.parquet"]
    for path, moment in zip(paths, (start, start.replace(tzinfo=UTC)), strict=True):
        pl.DataFrame({"a": [1], "t": [moment]}).write_parquet(path)
    said = r"column 't': one\.parquet holds Datetime.*, two\.parquet Datetime.*; write it in one"
    with pytest.raises(InputError, match=said):
        read_columns(paths, ["a"], ["t"])


def test_a_parquet_file_that_is_cut_off_is_told(tmp_path: Path) -> None:
    """By its missing end."""
    path = tmp_path / "x.parquet"
    pl.DataFrame({"a": [1.0]}).write_parquet(path)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(InputError, match=r"x\.parquet: a Parquet file that is cut off"):
        read_column_names(path)


def test_the_way_to_bring_a_foreign_file_in_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lines of docs/data-files.md, on a look-alike of the UCI air quality file."""
    page = (Path(__file__).parents[2] / "docs/data-files.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plant.csv").write_text(
        "Date;Time;CO(GT);T\n10/03/2004;18.00.00;2,6;13,6\n10/03/2004;19.00.00;-200;13,3\n"
        "10/03/2004;19.00.00;2;Bad\n"
    )
    exec(page.split("```python\n")[1].split("```")[0], {})
    found = read_columns([tmp_path / "plant.parquet"], ["CO(GT)", "T"], ["time"])
    np.testing.assert_array_equal(found.values, [[2.6, 13.6], [np.nan, 13.3]])
    assert found.others["time"].to_list() == [datetime(2004, 3, 10, 18), datetime(2004, 3, 10, 19)]

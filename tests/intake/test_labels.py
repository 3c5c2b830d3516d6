"""Labels from a file of their own reach the rows of their key, or the run says why not."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from generator.datasets.dataset import read_dataset
from generator.datasets.digest import dataset_sha256
from generator.datasets.labels import match_labels
from generator.datasets.windows import count_unlabelled_windows, cut_windows
from generator.errors import InputError
from generator.hashing import sha256_json
from generator.records import FileDigest
from tests.intake.test_windows import frame, spec

BY_RUN = {"path": "labels.csv", "column": "state", "join": "run", "horizon": "0 rows"}


def labels(text: str, folder: Path) -> list[Path]:
    """A label file."""
    path = folder / "labels.csv"
    path.write_text(text)
    return [path]


def test_a_label_reaches_every_row_of_its_key(tmp_path: Path) -> None:
    """Keys in any order, another order than the data's: each row has its own run's label."""
    keys = pl.Series("run", ["r1", "r1", "r0", "r2"])
    found = match_labels(keys, labels("run,state\nr0,5\nr2,7\nr1,6\n", tmp_path), "state")
    assert found.to_list() == [6, 6, 5, 7]


def test_windows_without_a_label_are_left_out_and_counted(tmp_path: Path) -> None:
    """Ten rows a run, length 3, stride 2: r0 gives windows at 2 4 6 8, r1 has no label."""
    frame(20, 2).drop("y").write_csv(tmp_path / "x.csv")
    asked = spec(target=BY_RUN, holdout={"fraction": 0.5, "by": "time"})
    files = labels("run,state\nr0,5.5\nr9,1.0\n", tmp_path)
    table = read_dataset(asked, [tmp_path / "x.csv"], files)
    assert cut_windows(asked, table).target.tolist() == [5.5] * 4
    assert count_unlabelled_windows(asked, table) == 4


def test_a_whole_number_is_the_same_key_in_any_width(tmp_path: Path) -> None:
    """Cycle 1 of the data, read as 1.0 beside a missing reading, is cycle 1 of the labels."""
    keys = pl.Series("cycle", [1.0, 2.0, None])
    found = match_labels(keys, labels("cycle,state\n1,10\n2,20\n", tmp_path), "state")
    assert found.to_list() == [10, 20, None]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("run,state\nr0,1\nr0,2\nr1,1\n", r"labels\.csv: run r0 stands more than once"),
        ("run,stat\nr0,1\n", r"labels\.csv: no column 'state'; it has: run, stat"),
        ("run,state\nr8,1\nr9,2\n", r"not one run of the data has a label in column 'state'"),
        ("run,state\nr0,\n", r"not one run of the data has a label in column 'state'"),
        ("run,state\n1,1\n", r"column 'run' holds Int64, the data's holds String"),
    ],
)
def test_labels_that_cannot_be_joined_are_told(tmp_path: Path, text: str, message: str) -> None:
    """A key twice, a column that is not there, no key in common, keys of two kinds."""
    with pytest.raises(InputError, match=message):
        match_labels(pl.Series("run", ["r0", "r1"]), labels(text, tmp_path), "state")


def test_an_event_of_the_same_moment_keeps_its_windows(tmp_path: Path) -> None:
    """A flag of the whole run at horizon 0 is a state to tell, not an event seen too late."""
    frame(20, 2).drop("y").write_csv(tmp_path / "x.csv")
    asked = spec(target=BY_RUN)
    files = labels("run,state\nr0,0\nr1,1\n", tmp_path)
    windows = cut_windows(asked, read_dataset(asked, [tmp_path / "x.csv"], files))
    assert windows.target.tolist() == [0] * 4 + [1] * 4


def test_labels_belong_to_the_datasets_digest() -> None:
    """With labels the digest is that of both parts by name; without, it is the file's own."""
    data, other = (FileDigest(name=n, size=1, sha256=s * 64) for n, s in (("d", "a"), ("l", "b")))
    assert dataset_sha256([data]) == "a" * 64
    assert dataset_sha256([data], [other]) == sha256_json({"data": "a" * 64, "labels": "b" * 64})


def test_every_cycle_of_the_hydraulic_rig_has_its_label(shared_data: Path) -> None:
    """The published counts: 2,205 cycles of 60 rows; cooler 3 %, 20 %, 100 %: 732, 732, 741."""
    folder = shared_data / "hydraulic_rig"
    cycles = pl.read_csv(folder / "hydraulic_rig_1hz.csv.gz", columns=["cycle"])["cycle"]
    found = match_labels(cycles, [folder / "hydraulic_rig_labels.csv.gz"], "cooler_condition_pct")
    counts = found.value_counts().sort("cooler_condition_pct")["count"].to_list()
    assert [count / 60 for count in counts] == [732, 732, 741]

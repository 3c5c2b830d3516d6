"""Faults of the machine are told as such, inputs are not, and what is written lasts."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from generator.disk import (
    check_writable,
    find_fault,
    lock_folder,
    name_faults,
    replace_file,
    sync_tree,
)
from generator.errors import LONGEST_LINE, ExitCode, InputError, MachineFault

FULL = "the store could not be written: /store/a: No space left on device; make room there"


@pytest.mark.parametrize("code", ["ENOSPC", "EDQUOT", "EROFS", "EMFILE", "ENFILE", "EFBIG"])
def test_sure_faults_are_faults_wherever_they_are_met(code: str) -> None:
    """No input can bring them about."""
    number = getattr(errno, code)
    with (
        pytest.raises(MachineFault, match=os.strerror(number)) as caught,
        name_faults("the store", Path("/store")),
    ):
        raise OSError(number, os.strerror(number), "/elsewhere")
    assert caught.value.exit_code == ExitCode.MACHINE_FAULT == 74


@pytest.mark.parametrize("code", ["EACCES", "EPERM", "EBUSY", "EXDEV", "ENOTDIR", "EEXIST", "EIO"])
def test_other_faults_are_the_machines_where_we_write(code: str) -> None:
    """The same refusal of a file elsewhere is that file's: an input that cannot be read."""
    number = getattr(errno, code)
    here = OSError(number, "no", "/store/runs/a")
    there = OSError(number, "no", "/data/plant.csv")
    assert isinstance(find_fault(here, "the store", Path("/store")), MachineFault)
    assert find_fault(there, "the store", Path("/store")) is None
    assert isinstance(find_fault(there, "something"), MachineFault)


def test_one_line_says_what_where_why_and_what_next() -> None:
    """However long the place's name is."""
    fault = find_fault(OSError(errno.ENOSPC, "no", "/store/a"), "the store", Path("/store"))
    assert str(fault) == f"{FULL} and run it again"
    long = find_fault(OSError(errno.ENOSPC, "no", "/store/" + "a" * 9000), "x", Path("/store"))
    assert len(str(long)) <= LONGEST_LINE


def test_of_two_places_the_one_to_be_written_is_named() -> None:
    """A copy fails at its end, not where it came from."""
    error = OSError(errno.ENOSPC, "no", "/from/a", None, "/store/a")
    assert str(find_fault(error, "the store", Path("/store"))).startswith(FULL)


def test_a_fault_told_by_a_library_in_rust_is_found() -> None:
    """Its number stands in the text alone."""
    error = RuntimeError("I/O error: No space left on device (os error 28)")
    assert isinstance(find_fault(error, "the store", Path("/store")), MachineFault)


def test_a_copied_tree_that_did_not_fit_is_a_fault() -> None:
    """Its error is an OSError that carries no number."""
    words = f"[Errno {errno.ENOSPC}] No space left on device: '/store/a'"
    error = shutil.Error([("/from/a", "/store/a", words)])
    assert error.errno is None
    assert str(find_fault(error, "the store", Path("/store"))).startswith(FULL)


def test_what_an_input_says_is_no_fault() -> None:
    """Its text may hold anything; the machine's own number behind it counts."""
    said = InputError("column 'x (os error 28)' is not a number")
    assert find_fault(said, "the store", Path("/store")) is None
    said.__cause__ = OSError(errno.EIO, "no", "/data/plant.csv")
    assert find_fault(said, "the store", Path("/store")) is None
    said.__cause__ = OSError(errno.EMFILE, "no", "/data/plant.csv")
    assert isinstance(find_fault(said, "the store", Path("/store")), MachineFault)


def test_no_temporary_folder_is_a_fault() -> None:
    """Python tells it as a file that was not found."""
    error = FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']")
    assert "TMPDIR" in str(find_fault(error, "the site", Path("/site")))


def test_a_bug_stays_a_bug() -> None:
    """What has no number of the system's is not the machine's."""
    assert find_fault(KeyError("x"), "the store", Path("/store")) is None
    assert find_fault(FileNotFoundError(errno.ENOENT, "no", "/x"), "something") is None
    with pytest.raises(KeyError), name_faults("the store", Path("/store")):
        raise KeyError("x")


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    """Nothing is left beside it, and a whole tree can be put on the disk."""
    path = tmp_path / "build.json"
    for text in ("old", "new"):
        replace_file(path, text)
        assert path.read_text() == text
    (tmp_path / "deep").mkdir()
    sync_tree(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["build.json", "deep"]


def test_a_place_that_takes_no_files_is_told_of_at_once(tmp_path: Path) -> None:
    """The nearest folder that is there decides."""
    check_writable(tmp_path / "a" / "b", "the site")
    (tmp_path / "file").touch()
    with pytest.raises(MachineFault, match="Not a directory"):
        check_writable(tmp_path / "file" / "b", "the site")


def test_a_held_folder_is_not_held_twice(tmp_path: Path) -> None:
    """Until its holder lets go."""
    with lock_folder(tmp_path) as first, lock_folder(tmp_path, wait=False) as second:
        assert (first, second) == (True, False)
    with lock_folder(tmp_path, wait=False) as third:
        assert third

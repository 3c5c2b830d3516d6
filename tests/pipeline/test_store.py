"""The store gives back what was kept, byte for byte, or says what is wrong with it."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.doors.commands import main
from generator.errors import MachineFault
from generator.records import Artifact, RunRecord
from generator.store import Store
from tests.pipeline.conftest import Project

KEY, OTHER = "a" * 64, "b" * 64
PICTURE = b"a picture"


def keep(store: Store, key: str = KEY) -> Path:
    """Keep a small record with one picture; its entry."""
    digest = hashlib.sha256(PICTURE).hexdigest()
    picture = Artifact(
        path="figures/map.png", title="A map", media_type="image/png", size=9, sha256=digest
    )
    record = RunRecord(id="one", key=key, settings={}, versions={}, artifacts=(picture,))
    with store.open_scratch() as entry:
        (entry / "files" / "figures").mkdir()
        (entry / "files" / "figures" / "map.png").write_bytes(PICTURE)
        store.keep(record, entry)
    return store.folder / key


def flip(path: Path) -> None:
    """Change one bit in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def replace_by_link(path: Path) -> None:
    """The same bytes, by way of a link."""
    there = path.rename(path.parents[len(path.parts) - 1 - path.parts.index("runs")] / "elsewhere")
    path.symlink_to(there)


def relist(entry: Path) -> None:
    """Write the list of digests anew, as somebody would who meant well."""
    names = sorted(p for p in entry.rglob("*") if p.is_file() and p.name != "SHA256SUMS")
    rows = [f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.relative_to(entry)}" for p in names]
    (entry / "SHA256SUMS").write_text("\n".join(rows) + "\n")


def lose_entry(entry: Path) -> None:
    """A file where the folder was."""
    shutil.rmtree(entry)
    entry.write_text("")


def put_other_record(entry: Path) -> None:
    """The record of another key, with digests that fit it."""
    path = entry / "record.json"
    path.write_text(path.read_text().replace(KEY, OTHER))
    relist(entry)


def put_other_picture(entry: Path) -> None:
    """Another picture, with digests that fit it."""
    flip(entry / "files/figures/map.png")
    relist(entry)


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "digit": (lambda e: flip(e / "record.json"), "record.json is not what its digest says"),
    "picture": (
        lambda e: flip(e / "files/figures/map.png"),
        "files/figures/map.png is not what its digest says",
    ),
    "gone": (
        lambda e: (e / "files/figures/map.png").unlink(),
        "files/figures/map.png is missing",
    ),
    "extra": (
        lambda e: (e / "files/more\n.txt").write_text(""),
        '"files/more\\n.txt" is not in its SHA256SUMS',
    ),
    "empty": (lambda e: (e / "record.json").write_text(""), "record.json is not what its digest"),
    "older": (lambda e: (e / "SHA256SUMS").unlink(), "it has no SHA256SUMS, as those of older"),
    "cut": (
        lambda e: (e / "SHA256SUMS").write_bytes((e / "SHA256SUMS").read_bytes()[:-1]),
        "its SHA256SUMS cannot be read",
    ),
    "no text": (lambda e: (e / "SHA256SUMS").write_bytes(b"\xff"), "its SHA256SUMS cannot be read"),
    "link to a file": (
        lambda e: replace_by_link(e / "files/figures/map.png"),
        "files/figures/map.png is a symbolic link",
    ),
    "link to the entry": (replace_by_link, "its entry is a symbolic link, not a folder"),
    "a file": (lose_entry, "its entry is a file, not a folder"),
    "another key": (put_other_record, "record.json belongs to another key"),
    "relisted": (put_other_picture, "files/figures/map.png is not what its record says"),
}


def test_what_was_kept_is_found(tmp_path: Path) -> None:
    """Record and file; a stock tool finds every byte as it was summed."""
    store = Store(tmp_path)
    entry = keep(store)
    found = store.read(KEY)
    assert found is not None
    assert [file.path for file in found.artifacts] == ["figures/map.png"]
    assert (store.files(KEY) / "figures/map.png").read_bytes() == PICTURE
    check = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    assert subprocess.run(check, cwd=entry, check=False).returncode == 0
    assert store.find_damage(KEY) == store.find_damage(OTHER) == ""
    assert store.read(OTHER) is None


@pytest.mark.parametrize("kind", DAMAGES)
@pytest.mark.parametrize("known", [True, False], ids=["read before", "new"])
def test_damage_is_told_and_made_good(tmp_path: Path, kind: str, known: bool) -> None:
    """Whatever it is: no record, one sentence; keeping the record again heals it."""
    store = Store(tmp_path)
    entry = keep(store)
    assert not known or store.has(KEY)
    damage, said = DAMAGES[kind]
    damage(entry)
    assert not store.has(KEY)
    assert store.find_damage(KEY).startswith(said)
    assert "\n" not in store.find_damage(KEY)
    keep(store)
    assert store.has(KEY)
    assert not list(tmp_path.glob(".entry-*"))


def test_a_whole_entry_is_never_taken_from_under_a_reader(tmp_path: Path) -> None:
    """Two builds that keep the same run both succeed, and the first one's folder stays."""
    store = Store(tmp_path)
    before = keep(store).stat().st_ino
    assert keep(store).stat().st_ino == before


def test_scratch_of_killed_builds_is_swept_and_of_running_ones_stays(tmp_path: Path) -> None:
    """The lock of a build that runs tells them apart."""
    store = Store(tmp_path)
    keep(store)
    (tmp_path / ".entry-killed" / "entry").mkdir(parents=True)
    with store.open_scratch() as entry:
        Store(tmp_path).sweep()
        assert entry.is_dir()
        assert [p.name for p in tmp_path.glob(".entry-*")] == [entry.parent.name]
    assert store.has(KEY)


def test_a_file_where_the_store_should_be_is_a_fault_of_the_machine(tmp_path: Path) -> None:
    """Reading and writing say so in one line."""
    (tmp_path / "store").write_text("mine")
    with pytest.raises(MachineFault, match=r"the store could not be read: .*Not a directory"):
        Store(tmp_path / "store").has(KEY)
    with pytest.raises(MachineFault, match=r"the store could not be written: .*Not a directory"):
        keep(Store(tmp_path / "store"))
    assert (tmp_path / "store").read_text() == "mine"


def change_digit(path: Path) -> None:
    """Another number than the one that was measured, in a record that reads as well as before."""
    text, number = path.read_text(), r"(\d\.\d\d)(\d)"
    changed = re.sub(number, lambda found: found[1] + str(9 - int(found[2])), text, count=1)
    RunRecord.model_validate_json(changed)
    assert changed != text
    path.write_text(changed)


def test_a_changed_digit_is_never_published(
    built: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The plan says why; left out, the report is not built; made again, all is as it was."""
    project = built.copy(tmp_path / "project")
    before = (project.site / "SHA256SUMS").read_bytes()
    markers = json.loads((project.site / "attention-reports.json").read_text())
    harmed, other = markers["runs"]
    change_digit(Store(project.store).folder / harmed["key"] / "record.json")
    said = "the store's record is damaged: record.json is not what its digest says"
    told = f"{said}; it will be thrown away and made again"
    assert main(["plan", "--json", "-f", str(project.folder / "reports.yaml")]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["state"] for row in rows] == ["stale", "current"]
    assert rows[0]["reason"] == told
    result, listener = project.build(only=(other["id"],))
    assert [outcome.id for outcome in result.outcomes] == [other["id"]]
    left = f"--only leaves it out and {said}; not on the site"
    assert (harmed["id"], "not built", left) in listener.ends
    result, listener = project.build()
    assert [outcome.state for outcome in result.outcomes] == ["built", "current"]
    assert (harmed["id"], "damaged", told) in listener.ends
    assert (project.site / "SHA256SUMS").read_bytes() == before


def test_a_damaged_profile_is_made_again(built: Project, tmp_path: Path) -> None:
    """It is told of by the dataset's name, and the site is as it was."""
    project = built.copy(tmp_path / "project")
    before = (project.site / "SHA256SUMS").read_bytes()
    flip(next((project.store / "profiles").glob("*/record.json")))
    _, listener = project.build()
    (end,) = [end for end in listener.ends if end[1] == "damaged"]
    assert end[0] == "boiler-house"
    assert "record.json is not what its digest says" in end[2]
    assert (project.site / "SHA256SUMS").read_bytes() == before

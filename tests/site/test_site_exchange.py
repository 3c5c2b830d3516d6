"""The target folder: only a site of ours is ever replaced, and never by halves."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from generator.errors import MachineFault, UsageError
from generator.site import exchange
from generator.site.digests import MARKER


def a_site(folder: Path, word: str) -> Path:
    """A folder that carries our marker and one file."""
    folder.mkdir(parents=True)
    (folder / MARKER).write_text('{"schema": "attention-reports/site/1"}')
    (folder / "page.html").write_text(word)
    return folder


def replace_with(target: Path, word: str) -> None:
    """Exchanges the target for a new site."""
    with exchange.open_workplace(target) as place:
        a_site(place.fresh, word)
        place.exchange()


def test_a_foreign_folder_is_refused(tmp_path: Path) -> None:
    """A folder with anybody else's files in it is never touched."""
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(UsageError, match="was not built by this program"):
        replace_with(tmp_path, "new")
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


@pytest.mark.parametrize("marker", ["", "[]", '{"schema": "other/site/1"}', "\xff"])
def test_a_marker_must_be_ours(tmp_path: Path, marker: str) -> None:
    """A file of the marker's name with other contents does not make a folder ours."""
    (tmp_path / MARKER).write_bytes(marker.encode("latin-1"))
    with pytest.raises(UsageError, match="was not built by this program"):
        exchange.refuse_foreign(tmp_path)


def test_a_link_and_a_file_are_refused(tmp_path: Path) -> None:
    """The target must be a folder itself, not a way to one."""
    a_site(tmp_path / "real", "old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "file").write_text("x")
    for name, word in (("link", "symbolic link"), ("file", "is a file")):
        with pytest.raises(UsageError, match=word):
            replace_with(tmp_path / name, "new")


def test_absent_and_empty_targets_are_filled(tmp_path: Path) -> None:
    """A folder that is not there, or is empty, becomes the site; parents are made."""
    (tmp_path / "empty").mkdir()
    for target in (tmp_path / "deep/down/site", tmp_path / "empty"):
        replace_with(target, "new")
        assert (target / "page.html").read_text() == "new"


@pytest.mark.parametrize("one_call", [True, False])
def test_the_old_site_is_exchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one_call: bool
) -> None:
    """With one system call, or with two renames, the new site stands and nothing is left over."""
    if not one_call:
        monkeypatch.setattr(exchange, "swap", lambda *_: False)
    a_site(tmp_path / "site", "old")
    replace_with(tmp_path / "site", "new")
    assert (tmp_path / "site/page.html").read_text() == "new"
    assert [p.name for p in tmp_path.iterdir()] == ["site"]


def test_an_exchange_cut_off_between_renames_is_repaired(tmp_path: Path) -> None:
    """When the old site was moved away and the new one never came, the old one comes back."""
    a_site(tmp_path / ".site-site-previous", "old")
    exchange.repair(tmp_path / "site")
    assert (tmp_path / "site/page.html").read_text() == "old"


def test_an_exchange_cut_off_at_the_end_is_finished(tmp_path: Path) -> None:
    """When the new site already stands, the old one is cleared away."""
    a_site(tmp_path / ".site-site-previous", "old")
    a_site(tmp_path / "site", "new")
    exchange.repair(tmp_path / "site")
    assert (tmp_path / "site/page.html").read_text() == "new"
    assert [p.name for p in tmp_path.iterdir()] == ["site"]


def test_an_interrupted_build_leaves_nothing(tmp_path: Path) -> None:
    """An error while building clears the workplace and keeps the old site."""
    a_site(tmp_path / "site", "old")
    with pytest.raises(KeyboardInterrupt), exchange.open_workplace(tmp_path / "site"):
        raise KeyboardInterrupt
    assert (tmp_path / "site/page.html").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["site"]


def test_a_folder_in_the_workplaces_place_is_left_alone(tmp_path: Path) -> None:
    """A folder of that name which no build made is refused, not cleared away."""
    (tmp_path / ".site-site-next").mkdir()
    (tmp_path / ".site-site-next/thesis.tex").write_text("years of work")
    with pytest.raises(UsageError, match="in the way and was not made by this program"):
        replace_with(tmp_path / "site", "new")
    assert (tmp_path / ".site-site-next/thesis.tex").read_text() == "years of work"


def test_what_a_killed_build_left_is_cleared(tmp_path: Path) -> None:
    """A workplace of ours that nobody closed makes room for the next build."""
    (tmp_path / ".site-site-next/staging").mkdir(parents=True)
    (tmp_path / ".site-site-next" / exchange.WORKPLACE).touch()
    replace_with(tmp_path / "site", "new")
    assert [p.name for p in tmp_path.iterdir()] == ["site"]


@pytest.mark.parametrize("code", [errno.EBUSY, errno.EXDEV, errno.ENOSPC, errno.EIO])
def test_a_refused_exchange_leaves_the_old_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """When the system refuses to move the new site in, it says so and nothing has changed."""

    def refuse(_one: Path, other: Path) -> bool:
        raise OSError(code, os.strerror(code), str(other))

    monkeypatch.setattr(exchange, "swap", refuse)
    a_site(tmp_path / "site", "old")
    with pytest.raises(MachineFault, match="the site could not be written"):
        replace_with(tmp_path / "site", "new")
    assert (tmp_path / "site/page.html").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["site"]


def test_an_exchange_by_renames_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the second rename fails, the first is undone."""
    monkeypatch.setattr(exchange, "swap", lambda *_: False)
    a_site(tmp_path / "site", "old")
    with (
        pytest.raises(MachineFault),
        exchange.open_workplace(tmp_path / "site") as place,
    ):
        place.exchange()  # there is no new site to move
    assert (tmp_path / "site/page.html").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["site"]


def test_a_mount_point_is_told_of_before_anything_runs() -> None:
    """Nothing can take its place; the root folder is one on every system."""
    with pytest.raises(MachineFault, match="mount point"):
        exchange.refuse_foreign(Path("/"))

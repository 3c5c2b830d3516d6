"""The one line that says why something failed."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import (
    LONGEST_LINE,
    UNFORESEEN,
    InputError,
    clip_line,
    describe_error,
)

HERE = Path("/plant/audit")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (InputError("/plant/audit/net/config.json: not\n  JSON"), "net/config.json: not JSON"),
        (InputError("/plant/audit/../net/a.json: gone"), "../net/a.json: gone"),
        (InputError("/plant/audit2/net/a.json: gone"), "/plant/audit2/net/a.json: gone"),
        (OSError("No space: '/plant/audit/x.csv'"), "OSError: No space: 'x.csv'"),
        (ValueError(), f"{UNFORESEEN}ValueError"),
        (KeyError(), f"{UNFORESEEN}KeyError"),
    ],
)
def test_paths_stand_as_the_manifest_gives_them(error: Exception, said: str) -> None:
    """Relative to the manifest's folder, on one line; an absolute path of elsewhere is as it is."""
    assert describe_error(error, HERE) == said


def test_a_folder_behind_a_link_is_not_told(tmp_path: Path) -> None:
    """A library that follows the link names the real folder."""
    (tmp_path / "real").mkdir()
    (tmp_path / "audit").symlink_to("real")
    error = InputError(f"{tmp_path / 'real' / 'a.csv'}: gone")
    assert describe_error(error, tmp_path / "audit") == "a.csv: gone"


def test_the_root_of_the_disk_takes_nothing_away() -> None:
    """A manifest at the root: paths stay absolute."""
    assert describe_error(InputError("/net/a: b/ c"), Path("/")) == "/net/a: b/ c"


def test_a_long_line_loses_its_middle() -> None:
    """400 characters at most: how it begins and how it ends; a short one stays as it is."""
    line = clip_line("a" * 1000 + "z" * 1000)
    assert len(line) == LONGEST_LINE == 400
    assert line.startswith("aaa")
    assert line.endswith("zzz")
    assert clip_line("fits") == "fits"

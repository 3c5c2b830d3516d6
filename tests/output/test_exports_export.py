"""export() writes whole files of five formats, and the same summary gives the same bytes."""

from __future__ import annotations

import os
import xml.etree.ElementTree as ET
from importlib import import_module
from pathlib import Path

import pytest
from PIL import Image

from generator.attention import AttentionSummary
from generator.errors import UsageError
from generator.exports import export, read_media_type
from generator.exports.output import open_whole_file
from generator.exports.png import save_png
from generator.exports.svg import save_svg
from generator.figures import draw
from generator.figures.view import make_map_view
from generator.kinds import ExportFormat
from generator.measures.summary import summarise
from generator.notice import NOTICE, SIMULATED
from tests.output.maps_by_hand import make_weights

OURS = [ExportFormat.PNG, ExportFormat.SVG, ExportFormat.JSON, ExportFormat.CSV]


def test_every_format_has_a_file_of_its_name() -> None:
    """It holds the writer, and what such a file is served as."""
    files = {kind.value: import_module(f"generator.exports.{kind.value}") for kind in ExportFormat}
    assert all(callable(getattr(file, f"write_{name}")) for name, file in files.items())
    assert all("/" in read_media_type(kind) for kind in ExportFormat)


def test_an_unknown_format_names_the_five(tmp_path: Path) -> None:
    """The error lists what there is, and nothing is written."""
    with pytest.raises(ValueError, match="'pdf': choose one of html, png, svg, json, csv"):
        export(AttentionSummary(), "pdf", tmp_path / "x.pdf")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", OURS)
def test_the_default_name_is_attention_summary(
    kind: ExportFormat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a path the file lands in the working folder; plain strings are formats."""
    monkeypatch.chdir(tmp_path)
    assert Path(f"attention_summary.{kind.value}") == export(AttentionSummary(), kind.value)
    assert [f"attention_summary.{kind.value}"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize("kind", OURS)
def test_the_same_summary_gives_the_same_bytes(kind: ExportFormat, tmp_path: Path) -> None:
    """Two exports, in folders made for them, are equal byte for byte."""
    first = export(
        summarise(make_weights()), kind, tmp_path / "a" / "deep" / "one", banner=SIMULATED
    )
    second = export(summarise(make_weights()), kind, tmp_path / "two", banner=SIMULATED)
    assert first.read_bytes() == second.read_bytes()


def test_an_output_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    """Half a file never stands under the name, nor beside it."""
    path = tmp_path / "kept.csv"
    path.write_text("old")
    with pytest.raises(RuntimeError), open_whole_file(path) as beside:  # noqa: PT012
        beside.write_text("half")
        raise RuntimeError
    assert ("old", [path]) == (path.read_text(), list(tmp_path.iterdir()))


def test_only_files_are_replaced(tmp_path: Path) -> None:
    """A pipe, a link and a folder stay what they are, and are named; so is a device."""
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "plain.json").write_text("kept")
    (tmp_path / "link.json").symlink_to("plain.json")
    (tmp_path / "folder.json").mkdir()
    summary = summarise(make_weights())
    for name, kind in (("pipe", "a pipe"), ("link", "a link"), ("folder", "a folder")):
        with pytest.raises(UsageError, match=rf"{name}\.json: is {kind}, and only a file is repl"):
            export(summary, "json", tmp_path / f"{name}.json")
    with (
        pytest.raises(UsageError, match="/dev/null: is a device"),
        open_whole_file(Path("/dev/null")),
    ):
        pass
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "plain.json").read_text() == "kept"
    assert Path("/dev/null").is_char_device()


def test_png_carries_the_notice_and_the_banner_but_no_program_version(tmp_path: Path) -> None:
    """The text chunk Description is the notice; there is no Software chunk."""
    path = export(summarise(make_weights()), "png", tmp_path / "a.png", banner=SIMULATED)
    with Image.open(path) as picture:
        assert f"{NOTICE} {SIMULATED}" == picture.info["Description"]
        assert "Software" not in picture.info


def test_svg_carries_the_notice_as_description_and_no_date(tmp_path: Path) -> None:
    """<desc> holds the notice; text is text; hostile names are text too."""
    names = ["<script>alert(1)</script>", "]]>&", "--><b>", "$x$"]
    view = make_map_view(make_weights(feature_names=names), 0, 0, banner=SIMULATED)
    path = save_svg(draw(view, "flow"), tmp_path / "a.svg", NOTICE)
    root = ET.parse(path).getroot()
    space = "{http://www.w3.org/2000/svg}"
    shown = ["".join(node.itertext()) for node in root.iter(f"{space}text")]
    assert root[0].text == NOTICE
    assert f"{space}desc" == root[0].tag
    assert {"<script>alert(1)</script>", "$x$", SIMULATED} <= set(shown)
    assert not list(root.iter(f"{space}script"))
    assert "dc:date" not in path.read_text()


def test_one_figure_saved_twice_is_the_same_file(tmp_path: Path) -> None:
    """Single figures of the report are reproducible too."""
    paths = [tmp_path / "1.png", tmp_path / "2.png"]
    for path in paths:
        save_png(draw(make_map_view(make_weights(), 0, 1), "network"), path, NOTICE)
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize("kind", OURS)
def test_a_summary_without_weights_exports_what_it_has(kind: ExportFormat, tmp_path: Path) -> None:
    """An empty summary is an honest empty file, not a crash."""
    path = export(AttentionSummary(), kind, tmp_path / "empty")
    assert path.stat().st_size > 0

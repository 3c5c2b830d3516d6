"""A new figure is one file and one line, and so is a new export: in a copy they are found."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.house.tree import ROOT

FIGURE = '''"""Violin."""

from matplotlib.figure import Figure

TITLE = "Violin"
WORDS = "how weights are spread, as an outline."


def draw(view, figsize):
    return Figure(figsize)
'''
DRAWING = """(() => {
  window.AttentionReports.figures.violin = (view) => ({ traces: [], layout: {}, caption: "" });
})();
"""
EXPORT = '''"""Markdown."""

MEDIA_TYPE = "text/markdown"


def write_md(summary, path, *, banner=""):
    path.write_text(f"# {summary.weights.model_name}\\n")
    return path
'''
QUESTIONS = """
import json, sys
from pathlib import Path
import generator
from generator.build.artifacts import write_artifacts
from generator.figures.explorer import make_explorer_view
from generator.kinds import ExportFormat
from generator.measures.summary import summarise
from generator.render import render
from generator.spec.reports import ReportSpec
from tests.site.records_for_pages import make_sensor_run

root, folder = Path(sys.argv[1]), Path(sys.argv[2])
assert Path(generator.__file__).is_relative_to(root), generator.__file__
report = ReportSpec(id="one", model="m", dataset="d", exports=list(ExportFormat))
record, weights = make_sensor_run()
labels = [f"window {index}" for index in range(weights.samples)]
folder.mkdir()
files = write_artifacts(folder, record, summarise(weights), labels, report.exports)
kept = record.model_copy(update={"artifacts": files})
print(json.dumps({
    "files": {file.path: [file.title, file.media_type] for file in files},
    "page": render("parts/figures.html.j2", {"explorer": make_explorer_view(kept)}),
    "formats": ReportSpec.model_json_schema()["$defs"]["ExportFormat"]["enum"],
}))
"""


def copy_program(root: Path) -> None:
    """The program and its templates, without data and weights."""
    skip = shutil.ignore_patterns("__pycache__", "templates", "starter", "weights")
    shutil.copytree(ROOT / "generator", root / "generator", ignore=skip)
    shutil.copytree(ROOT / "templates", root / "templates")
    (root / "generator/templates").symlink_to("../templates")


def extend_program(root: Path) -> None:
    """One line and one file for a figure, with its drawing, and for an export."""
    kinds = root / "generator/kinds.py"
    lines = kinds.read_text(encoding="utf-8").splitlines(keepends=True)
    for last, line in (("TIMESERIES = ", 'VIOLIN = "violin"'), ("CSV = ", 'MD = "md"')):
        place = next(at for at, each in enumerate(lines) if each.strip().startswith(last))
        lines.insert(place + 1, f"    {line}\n")
    kinds.write_text("".join(lines), encoding="utf-8")
    (root / "generator/figures/violin.py").write_text(FIGURE)
    (root / "templates/assets/figures/violin.js").write_text(DRAWING)
    (root / "generator/exports/md.py").write_text(EXPORT)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a copy with one more figure and one more export says, and its stand-alone page."""
    root, folder = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("run") / "report"
    copy_program(root)
    extend_program(root)
    run = subprocess.run(
        [sys.executable, "-c", QUESTIONS, str(root), str(folder)],
        env={**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{ROOT}"},
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return {**json.loads(run.stdout), "alone": (folder / "report.html").read_text(encoding="utf-8")}


def test_a_new_figure_has_a_picture_and_a_tab(answers: dict[str, Any]) -> None:
    """Its picture is among the files; its tab, words and drawing are on both kinds of page."""
    assert answers["files"]["figures/violin.png"] == ["Figure: violin", "image/png"]
    page, alone = str(answers["page"]), str(answers["alone"])
    assert all(
        'id="ar-tab-violin"' in each and ">Violin</button>" in each for each in (page, alone)
    )
    assert "how weights are spread, as an outline." in page
    assert "figures/violin.js" in page
    assert DRAWING in alone


def test_a_new_export_is_written_listed_and_accepted(answers: dict[str, Any]) -> None:
    """Its file has its media type, and a manifest may ask for it."""
    file = answers["files"]["attention_summary.md"]
    assert file == ["Export: attention_summary", "text/markdown"]
    assert answers["formats"] == ["html", "png", "svg", "json", "csv", "md"]

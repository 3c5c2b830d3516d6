"""A new measure is one file and one line: in a copy of the program one is added."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from generator.measures.catalogue import MEASURES
from tests.house.tree import ROOT

FILE = '''"""Largest weight: how much a query gives to the key it looks at most."""

from __future__ import annotations

from generator.measures.evidence import Evidence, MeasureValues
from generator.measures.measure import Measure


def _take_largest(evidence: Evidence) -> MeasureValues:
    """(queries,) shares, mean over layers and heads."""
    return MeasureValues(evidence.weights.weights.max(axis=-1).mean(axis=(0, 1)), "queries")


LARGEST = Measure(
    name="largest",
    title="Largest weight",
    meaning="Share of a position's own attention that goes to the one it looks at most.",
    granularity="position",
    family="rows",
    formula="mean over layers and heads of max_j A_ij",
    source="own definition",
    take=_take_largest,
)
'''
LINE = "from generator.measures.largest import LARGEST\n"
PUBLISH = """
import json
import generator
from generator.measures.measurements import measure_attention
from generator.pages import make_pages
from generator.records import RunRecord, SiteInfo
from tests.site.records_for_pages import make_sensor_run

record, weights = make_sensor_run()
record = record.model_copy(update={"measures": measure_attention(weights)})
stored = RunRecord.model_validate_json(record.model_dump_json(by_alias=True))
pages = make_pages(SiteInfo(title="A site"), [stored])
print(json.dumps({
    "program": generator.__file__,
    "summary": stored.to_document(),
    "page": next(page.text() for page in pages if page.template == "pages/report.md.j2"),
    "largest": weights.weights.max(axis=-1).mean(axis=(0, 1)).tolist(),
}))
"""


def copy_program(folder: Path) -> Path:
    """The program and its templates as they are."""
    for name in ("generator", "templates"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, symlinks=True, ignore=ignored)
    return folder


def publish(program: Path) -> dict[str, object]:
    """What a program in that folder makes of a run by hand: its summary and its page."""
    path = os.pathsep.join((str(program), str(ROOT)))
    run = subprocess.run(
        [sys.executable, "-c", PUBLISH],
        cwd=program,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    made: dict[str, object] = json.loads(run.stdout)
    assert made["program"] == str(program / "generator" / "__init__.py")
    return made


def test_a_new_measure_is_one_file_and_one_line(tmp_path: Path) -> None:
    """It is last in the stored summary, with its numbers, and in the table of the report's page."""
    program = copy_program(tmp_path)
    (program / "generator/measures/largest.py").write_text(FILE)
    catalogue = program / "generator/measures/catalogue.py"
    before, mark, after = catalogue.read_text().partition("\nMEASURES")
    catalogue.write_text(before + LINE + mark + after)
    made = publish(program)
    *others, largest = made["summary"]["measures"]["figures"]  # type: ignore[index]
    assert [one["measure"] for one in others] == [one.name for one in MEASURES]
    assert (largest["measure"], largest["granularity"], largest["axis"]) == (
        *("largest", "position", "queries"),
    )
    assert largest["values"] == pytest.approx(made["largest"], rel=1e-6)
    assert largest["sensors"]["yes"]
    row = (
        '<tr><th scope="row">Largest weight</th> <td>Share of a position&#39;s own attention '
        "that goes to the one it looks at most."
    )
    assert row in str(made["page"])

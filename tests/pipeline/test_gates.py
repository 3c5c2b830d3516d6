"""Gates in a build: judged on what is published, told, and no part of a run."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from generator.errors import ExitCode
from generator.records import GatesRecord
from generator.records.outcome import BuildResult
from generator.verify import verify_site
from tests.cli.conftest import ENVIRONMENT
from tests.pipeline.conftest import Project

FIRST, TIMES = "gl-018-boiler-house", "timesteps-boiler-house"
MODEL = "quality.scores[ROC AUC].model"
GATES = f"""
gates:
  - {{report: {FIRST}, figure: "{MODEL}", at_least: 0.5}}
  - {{report: {TIMES}, figure: "{MODEL}", at_least: 1.1}}
  - {{report: {FIRST}, figure: "claims.claims[group:co_ppm].verdict", is: not a verdict}}
  - {{report: {FIRST}, figure: "claims.clams[0].verdict", is: supported}}
"""


def with_gates(built: Project, folder: Path, gates: str = GATES) -> Project:
    """A copy of the built starter, its manifest with gates."""
    shutil.copytree(built.folder, folder)
    manifest = folder / "reports.yaml"
    manifest.write_text(manifest.read_text() + gates)
    return Project(folder)


@pytest.fixture(scope="module")
def gated(built: Project, tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, BuildResult]:
    """Built again with gates, one of which passes."""
    project = with_gates(built, tmp_path_factory.mktemp("gated") / "project")
    return project, project.build()[0]


def test_gates_run_nothing_again(gated: tuple[Project, BuildResult]) -> None:
    """They are not part of a run's key: every report is current."""
    _, result = gated
    assert {outcome.state for outcome in result.outcomes} == {"current"}


def test_a_breached_gate_ends_the_build_with_3_and_the_site_stands(
    gated: tuple[Project, BuildResult],
) -> None:
    """One passed, three breached, one of them for a slip in its path; all are published."""
    project, result = gated
    assert result.exit_code == ExitCode.GATE_BREACHED
    states = [outcome.state for outcome in result.gates.gates]
    assert states == ["passed", "breached", "breached", "breached"]
    assert "did you mean 'claims'?" in result.gates.gates[3].sentence
    assert "3 of 4 gates are breached" in (project.site / "index.html").read_text()
    assert verify_site(project.site) == []


def test_what_is_judged_is_what_is_published(gated: tuple[Project, BuildResult]) -> None:
    """The found value is the one in summary.json; gates.json holds all outcomes."""
    project, result = gated
    published = json.loads((project.site / "reports" / FIRST / "summary.json").read_bytes())
    (score,) = (s for s in published["quality"]["scores"] if s["measure"] == "ROC AUC")
    assert result.gates.gates[0].found == score["model"]
    written = (project.site / "gates.json").read_bytes()
    assert GatesRecord.model_validate_json(written) == result.gates
    assert "  gates.json\n" in (project.site / "SHA256SUMS").read_text()


def test_the_command_names_gates_and_writes_junit(
    gated: tuple[Project, BuildResult], tmp_path: Path
) -> None:
    """Breached ones on stderr even when quiet; each in the rows on stdout; code 3; JUnit's too."""
    project, result = gated
    done = subprocess.run(
        [sys.executable, "-m", "generator", "build", "-q", "--junit", tmp_path / "out.xml"],
        cwd=project.folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert done.stderr.splitlines() == [
        f"gate breached: {outcome.line}" for outcome in result.gates.breached
    ]
    rows = [line for line in done.stdout.splitlines() if " gate " in line]
    assert rows == [f"{o.state:<8} gate {o.line}" for o in result.gates.gates]
    root = ET.parse(tmp_path / "out.xml").getroot()
    assert (root.attrib["tests"], root.attrib["failures"], root.attrib["errors"]) == ("6", "3", "0")


def test_a_report_left_out_breaches_its_gate(built: Project, tmp_path: Path) -> None:
    """`--only` the other report in an empty store: said so, and code 3."""
    only = f'\ngates:\n  - {{report: {TIMES}, figure: "{MODEL}", at_least: 0}}\n'
    project = with_gates(built, tmp_path / "project", only)
    shutil.rmtree(project.store)
    project.edit("windows: {count: 200, seed: 0}", "windows: {count: 6, seed: 0}")
    result, _ = project.build(only=(FIRST,))
    assert result.exit_code == ExitCode.GATE_BREACHED
    assert result.gates.gates[0].sentence.startswith(f"report {TIMES} is not on this site")
    assert result.reports == (FIRST, TIMES)

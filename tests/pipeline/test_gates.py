"""Gates in a build: judged on what is published, told, and no part of a run."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from generator.doors.commands import main
from generator.errors import ExitCode
from generator.records import GatesRecord
from generator.records.outcome import BuildResult
from generator.verify import verify_site
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
    project = built.copy(folder)
    manifest = folder / "reports.yaml"
    manifest.write_text(manifest.read_text() + gates)
    return project


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
    gated: tuple[Project, BuildResult],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Breached ones on stderr even when quiet; each in the rows on stdout; code 3; JUnit's too."""
    project, result = gated
    monkeypatch.chdir(project.folder)
    capfd.readouterr()
    assert main(["build", "-q", "--junit", str(tmp_path / "out.xml")]) == 3
    written = capfd.readouterr()
    assert written.err.splitlines() == [
        f"gate breached: {outcome.line}" for outcome in result.gates.breached
    ]
    rows = [line for line in written.out.splitlines() if " gate " in line]
    assert rows == [f"{o.state:<8} gate {o.line}" for o in result.gates.gates]
    root = ET.parse(tmp_path / "out.xml").getroot()
    assert (root.attrib["tests"], root.attrib["failures"], root.attrib["errors"]) == ("6", "3", "0")


def test_a_report_left_out_breaches_its_gate(built: Project, tmp_path: Path) -> None:
    """`--only` the other report, and nothing of it in the store: said so, and code 3."""
    only = f'\ngates:\n  - {{report: {TIMES}, figure: "{MODEL}", at_least: 0}}\n'
    project = with_gates(built, tmp_path / "project", only)
    project.forget(TIMES)
    result, _ = project.build(only=(FIRST,))
    assert result.exit_code == ExitCode.GATE_BREACHED
    assert result.gates.gates[0].sentence.startswith(f"report {TIMES} is not on this site")
    assert result.reports == (FIRST, TIMES)

"""The worked example of another package: installed, named in a manifest, explained, taken away."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from generator.hashing import sha256_file
from generator.records import RunRecord
from tests.conftest import ROOT

EXAMPLE = ROOT / "examples" / "bring_your_agent"
Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, installed from a copy into a folder of its own."""
    home = tmp_path_factory.mktemp("example")
    source = shutil.copytree(EXAMPLE, home / "source")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-compile"]
    command = [sys.executable, "-m", "pip", "install", *options, "--target", home / "lib", source]
    subprocess.run(list(map(str, command)), check=True)
    return home / "lib"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's manifest, data and weights, without its code."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copy(EXAMPLE / "reports.yaml", folder)
    for name in ("data", "model"):
        shutil.copytree(EXAMPLE / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def command(project: Path) -> Command:
    """Runs the program in the project, with these folders to import from."""

    def run(*words: str, installed: Path | None = None) -> subprocess.CompletedProcess[str]:
        folders = [str(folder) for folder in (installed, ROOT) if folder]
        return subprocess.run(
            [sys.executable, "-m", "generator", *words],
            cwd=project,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(folders), "CI": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture(scope="module")
def built(project: Path, library: Path, command: Command) -> Path:
    """The site with the agent on it."""
    done = command("build", installed=library)
    assert done.returncode == 0, done.stderr[-2000:]
    return project / "site"


@pytest.mark.slow
def test_check_accepts_the_installed_names(library: Path, command: Command) -> None:
    """Source and agent are found by their entry points."""
    done = command("check", installed=library)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "1 report, 1 dataset, 1 model, 1 agent; no mistakes" in done.stderr


@pytest.mark.slow
def test_check_runs_none_of_the_packages_code(
    library: Path, command: Command, tmp_path: Path
) -> None:
    """A package whose import would end the program is checked like any other."""
    hostile = shutil.copytree(library, tmp_path / "lib")
    (hostile / "economiser_watch.py").write_text("raise SystemExit('imported')\n")
    assert command("check", installed=hostile).returncode == 0


@pytest.mark.slow
def test_the_site_shows_the_agent(built: Path) -> None:
    """Its own page with its own words, and its row in the list of numbers."""
    page = (built / "agents/GL-020/index.html").read_text(encoding="utf-8")
    assert "Economiser watch" in page
    assert "Simulated data" in page
    listed = (built / "agents/index.html").read_text(encoding="utf-8")
    row = listed.partition('<th scope="row">GL-020 <small>')[2].partition("</tr>")[0]
    assert "explained here" in row
    assert "agents/GL-020/index.html" in row


@pytest.mark.slow
def test_its_own_network_is_explained_by_sensor(built: Path) -> None:
    """Attention of `nn.MultiheadAttention`, two layers of two heads, six sensors by name."""
    record = record_of(built)
    assert record.attention
    assert record.model
    assert record.attention.shape == (2, 2, 6, 6)
    assert record.attention.names == record.model.sensors
    assert record.model.architecture == "economiser-net"
    assert record.model.trained_sha256 == sha256_file(EXAMPLE / "data" / "economiser.parquet")
    assert record.quality
    assert record.quality.overlap == 0


@pytest.mark.slow
def test_its_code_is_on_record(built: Path, library: Path) -> None:
    """Package, version and digest of the sources that ran are in the provenance."""
    settings = record_of(built).settings
    said = {settings[key] for key in settings if key.startswith("code of the ")}
    [words] = said
    assert words.startswith("economiser-watch 0.1.0, SHA-256 of its sources ")
    assert len([key for key in settings if key.startswith("code of the ")]) == 2


@pytest.mark.slow
def test_changed_code_makes_its_report_stale(
    built: Path, library: Path, command: Command, tmp_path: Path
) -> None:
    """The same version with another line in it is other code."""
    assert "0 of 1 report would run" in command("plan", installed=library).stderr
    changed = shutil.copytree(library, tmp_path / "lib")
    with (changed / "economiser_watch.py").open("a") as source:
        source.write("# a comment\n")
    assert "1 of 1 report would run" in command("plan", installed=changed).stderr


@pytest.mark.slow
@pytest.mark.parametrize("word", ["check", "build"])
def test_taken_away_it_is_missed_by_name(built: Path, command: Command, word: str) -> None:
    """Without the package: exit 2, a line for each name, and the site as it was."""
    before = sha256_file(built / "SHA256SUMS")
    done = command(word)
    assert done.returncode == 2
    source, agent = done.stderr.strip().splitlines()
    says = 'models.economiser.source: no installed model source is called "economiser-net"'
    assert says in source
    assert 'agents.GL-020.agent: no installed agent is called "economiser-watch"' in agent
    assert sha256_file(built / "SHA256SUMS") == before


def test_the_data_is_what_its_script_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Same seeds, same readings."""
    monkeypatch.syspath_prepend(str(EXAMPLE))
    from make_data import DATA, simulate_all  # type: ignore[import-not-found]

    assert_frame_equal(pl.read_parquet(DATA), simulate_all(), abs_tol=0.011)


def record_of(site: Path) -> RunRecord:
    """What the site says of the one run."""
    path = site / "reports" / "gl-020-economiser" / "provenance.json"
    return RunRecord.model_validate_json(path.read_bytes())

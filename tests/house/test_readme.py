"""The README's Python example and manifest work as they stand, and its commands are CI's."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import yaml

from generator.errors import ExitCode
from generator.spec.schema import ManifestSpec
from tests.conftest import ROOT
from tests.house.offenders import check_none

README = (ROOT / "README.md").read_text()


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found
    return found[1]


def test_the_python_example_runs(tmp_path: Path) -> None:
    """Ten lines, from the root of the checkout: three named sensors and a file."""
    code = block("python").replace('"combustion.html"', repr(str(tmp_path / "out.html")))
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.count("(") == 3
    assert (tmp_path / "out.html").exists()


def test_the_manifest_is_one() -> None:
    """Every key of the README's manifest is a key of the program's."""
    ManifestSpec.model_validate(yaml.safe_load(block("yaml")))


def test_ci_runs_the_readmes_test_command() -> None:
    """`.ci/run` takes the command from the README; there is exactly one to take."""
    assert len(re.findall(r"^python3 -m venv .*pytest$", README, re.MULTILINE)) == 1
    assert "README.md" in (ROOT / ".ci" / "run").read_text()


def test_every_exit_code_is_documented() -> None:
    """The README lists each exit code."""
    line = next(line for line in README.splitlines() if line.startswith("Exit codes:"))
    absent = [f"{each.value}: {each.name}" for each in ExitCode if f" {each.value} " not in line]
    check_none(absent, "say what it means in the README's line of exit codes")

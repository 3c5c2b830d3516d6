"""A command parses the manifest once, however many of its stages need it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator.doors import serve
from generator.doors.commands import main
from generator.errors import ExitCode, InputError
from generator.manifest.reader import YamlReader


@pytest.fixture
def parses(project: Path, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts how often a manifest is parsed; what builds and loads models is left out."""
    counts: Counter[str] = Counter()
    read = YamlReader.read

    def count(reader: YamlReader, text: str) -> None:
        counts["parsed"] += 1
        read(reader, text)

    def build(*_: Any) -> None:
        counts["built"] += 1
        raise InputError("nothing is built here")

    def load(*_: Any) -> None:
        counts["loaded"] += 1
        raise InputError("nothing is loaded here")

    monkeypatch.chdir(project.parent)
    monkeypatch.setattr(YamlReader, "read", count)
    monkeypatch.setattr("generator.build.pipeline.build", build)
    monkeypatch.setattr("generator.doctor.patient.load_source_patient", load)
    return counts


@pytest.mark.parametrize(
    ("arguments", "stage"),
    [
        (["check", "-q"], ""),
        (["plan", "-q"], ""),
        (["build", "-q"], "built"),
        (["doctor", "net"], "loaded"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_command_parses_once(parses: Counter[str], arguments: list[str], stage: str) -> None:
    """Up to where the runs or the model begin, and what follows is handed the Manifest."""
    code = main([*arguments, "-f", "project/reports.yaml"])
    assert code == (ExitCode.USAGE if stage else ExitCode.DONE)
    assert parses == Counter({"parsed": 1, **({stage: 1} if stage else {})})


def test_serve_parses_again_after_a_change_only(
    parses: Counter[str], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once at the start, once for the one change of five looks."""
    looks: list[Callable[[], Any]] = [
        *(2 * [lambda: None]),
        lambda: (project / "plant.csv").write_text("oxygen,air,warning\n1,2,0\n"),
        *(2 * [lambda: None]),
    ]

    def sleep(_seconds: float) -> None:
        if not looks:
            raise KeyboardInterrupt
        looks.pop(0)()

    monkeypatch.setattr(serve.time, "sleep", sleep)
    lines: list[str] = []
    serve.serve_site(
        "project/reports.yaml", project, 0, lambda *_: None, announce=str, log=lines.append
    )
    assert lines == ["rebuilt", "stopped"]
    assert parses == Counter({"parsed": 2})

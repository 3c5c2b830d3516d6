"""Agents are found by name among installed entry points."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint

import pytest

from generator.agents import registry
from generator.errors import InputError


def install(monkeypatch: pytest.MonkeyPatch, **points: str) -> None:
    """These entry points, and no others, are installed."""
    made = tuple(
        EntryPoint(name.replace("_", "-"), where, registry.GROUP) for name, where in points.items()
    )
    monkeypatch.setattr(registry, "entry_points", lambda group: made)


def test_agent_is_made_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The combustion optimiser is found under its entry-point name."""
    install(monkeypatch, combustion_optimizer="generator.agents.combustion:CombustionOptimizer")
    assert registry.list_agent_names() == ["combustion-optimizer"]
    assert registry.load_agent("combustion-optimizer").id == "GL-018"


def test_unknown_name_lists_what_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong name says which agents there are."""
    install(monkeypatch, one="a:B", two="c:D")
    with pytest.raises(InputError, match=r"no agent 'three'.*installed agents: one, two"):
        registry.load_agent("three")


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("generator.agents.nowhere:Agent", "cannot be loaded"),
        ("generator.agents.combustion:Nobody", "cannot be loaded"),
        ("generator.agents.registry:list_agent_names", "is not a class"),
        ("builtins:list", "is no agent: it lacks get_sensor_names, process, id"),
    ],
)
def test_a_bad_entry_point_is_named(
    where: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entry point that is no agent is an InputError that says why."""
    install(monkeypatch, broken=where)
    with pytest.raises(InputError, match=words):
        registry.load_agent("broken", {} if where == "builtins:list" else None)


def test_names_are_known_without_torch() -> None:
    """Listing agents imports no torch, so that `check` stays quick."""
    code = (
        "import sys, generator.agents.registry as r; r.list_agent_names();"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"

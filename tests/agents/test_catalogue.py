"""The list of agents says what is there, and nothing that is not."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from generator.agents.catalogue import load_catalogue
from generator.agents.protocol import Agent
from tests.house.pyproject_file import read_entry_points

BUILT = {entry.id: entry for entry in load_catalogue().agents if entry.agent}


def test_the_list_has_twenty_numbers() -> None:
    """GL-001 to GL-020, each once, in order, each with a name and sensors."""
    assert [entry.id for entry in load_catalogue().agents] == [f"GL-{n:03d}" for n in range(1, 21)]
    assert all(entry.name and entry.senses for entry in load_catalogue().agents)
    assert len({entry.name for entry in load_catalogue().agents}) == 20
    assert "December 2025" in load_catalogue().source


def test_what_is_built_is_what_the_package_declares() -> None:
    """Every agent of this package has its number, and no other number claims one."""
    declared = read_entry_points("attention_reports.agents")
    assert sorted(entry.agent for entry in BUILT.values()) == sorted(declared)


@pytest.mark.parametrize("id", BUILT)
def test_a_built_agent_is_the_one_its_number_says(id: str) -> None:
    """It loads, and carries the number and the name of the list."""
    entry = BUILT[id]
    where = read_entry_points("attention_reports.agents")[str(entry.agent)]
    agent = EntryPoint(str(entry.agent), where, "attention_reports.agents").load()()
    assert isinstance(agent, Agent)
    assert (agent.id, agent.name) == (entry.id, entry.name)


def test_covered_numbers_are_in_the_list() -> None:
    """What one number covers as well are other numbers of the list."""
    ids = {entry.id for entry in load_catalogue().agents}
    assert [
        e.id for e in load_catalogue().agents if e.id in e.covers or not set(e.covers) <= ids
    ] == []
    assert [entry.id for entry in load_catalogue().list_covering("GL-002")] == ["GL-018"]


@pytest.mark.parametrize(
    ("id", "agent", "number"),
    [
        ("GL-018", "combustion-optimizer", "GL-018"),
        ("gl-008", "somebodys-agent", "GL-008"),
        ("boiler-2", "combustion-optimizer", "GL-018"),
        ("GL-020", "combustion-optimizer", "GL-020"),
        ("boiler-2", "somebodys-agent", None),
    ],
)
def test_an_agent_finds_its_number(id: str, agent: str, number: str | None) -> None:
    """By the id it has in the manifest, else by its program, else it has none."""
    entry = load_catalogue().find_entry(id, agent)
    assert (entry.id if entry else None) == number

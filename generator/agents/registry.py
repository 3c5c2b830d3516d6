"""Finds agents by name among the installed entry points `attention_reports.agents`.

Out: names, and classes imported on first use. Never: an import by path from a manifest.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

from generator.agents.protocol import Agent, AgentConfig
from generator.errors import InputError
from generator.installed import AGENTS

GROUP = AGENTS


def list_agent_names() -> list[str]:
    """The names of all installed agents, sorted."""
    return sorted(_find_installed())


def load_agent(name: str, config: AgentConfig | None = None) -> Agent:
    """An agent by its entry-point name.

    Raises:
        InputError: no such agent is installed, or what is installed under the name is no agent.

    """
    point = _find_installed().get(name)
    if point is None:
        names = ", ".join(list_agent_names()) or "none"
        raise InputError(f"no agent {name!r} is installed; installed agents: {names}")
    agent = _load_class(point)(config)
    if not isinstance(agent, Agent):
        raise InputError(f"agent {name!r}: {point.value} is no agent: {_describe_missing(agent)}")
    return agent


def _find_installed() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def _load_class(point: EntryPoint) -> type:
    try:
        loaded = point.load()
    except (ImportError, AttributeError) as error:
        raise InputError(
            f"agent {point.name!r}: {point.value} cannot be loaded: {error}"
        ) from error
    if not isinstance(loaded, type):
        raise InputError(f"agent {point.name!r}: {point.value} is not a class")
    return loaded


def _describe_missing(agent: object) -> str:
    members = ["get_sensor_names", "process", *Agent.__annotations__]
    missing = [name for name in members if not hasattr(agent, name)]
    return f"it lacks {', '.join(missing)}"

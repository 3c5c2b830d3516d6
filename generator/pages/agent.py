"""The pages of agents: what each senses and predicts, what it is meant for, and its limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.pages.page import Page
from generator.pages.run_view import RunView, any_simulated, users
from generator.records import AgentRecord


@dataclass(frozen=True)
class Agent:
    """An agent and the runs that explain its model."""

    agent: AgentRecord
    runs: tuple[RunView, ...]

    @property
    def simulated(self) -> bool:
        """Whether any run shown on this page rests on simulated data."""
        return any_simulated(self.runs)


@dataclass(frozen=True)
class AgentList:
    """Every agent as one row."""

    agents: tuple[Agent, ...]

    @property
    def simulated(self) -> bool:
        """Whether any agent listed here was explained on simulated data."""
        return any(view.simulated for view in self.agents)


def agent_pages(runs: tuple[RunView, ...]) -> Iterator[Page]:
    """`agents/index.html` and `agents/<id>/index.html`, in order of first use."""
    agents = tuple(Agent(agent, its) for agent, its in users(runs, lambda run: run.agent))
    yield Page("agents/index.md", "Agents", "pages/agents.md.j2", AgentList(agents))
    for view in agents:
        name = view.agent.id
        yield Page(f"agents/{name}/index.md", name, "pages/agent.md.j2", view)

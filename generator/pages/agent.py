"""The pages of agents: what each senses and predicts, what it is meant for, and its limits.

In: runs, and the list of process-heat agents. Out: one page of all, one for each agent that a
report explains. Never: a page for a number that nothing here implements or explains.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.agents.catalogue import Catalogue, CatalogueEntry, catalogue
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
class Listed:
    """A number of the list, and the agents of this site that do its work."""

    entry: CatalogueEntry
    agents: tuple[Agent, ...]
    covered_by: tuple[str, ...]
    """Numbers that the list says do this one's work as well."""


@dataclass(frozen=True)
class AgentList:
    """Every agent a report explains, and every number of the list."""

    agents: tuple[Agent, ...]
    listed: tuple[Listed, ...]
    source: str

    @property
    def unlisted(self) -> tuple[Agent, ...]:
        """Agents that stand for no number of the list."""
        numbered = {view.agent.id for row in self.listed for view in row.agents}
        return tuple(view for view in self.agents if view.agent.id not in numbered)

    @property
    def reported(self) -> int:
        """How many numbers have a report here."""
        return sum(bool(row.agents) for row in self.listed)

    @property
    def included(self) -> int:
        """How many numbers have an agent in this program."""
        return sum(row.entry.agent is not None for row in self.listed)

    @property
    def simulated(self) -> bool:
        """Whether any agent listed here was explained on simulated data."""
        return any(view.simulated for view in self.agents)


def agent_pages(runs: tuple[RunView, ...]) -> Iterator[Page]:
    """`agents/index.html` and `agents/<id>/index.html`, in order of first use."""
    agents = tuple(Agent(agent, its) for agent, its in users(runs, lambda run: run.agent))
    view = agent_list(agents, catalogue())
    yield Page("agents/index.md", "Agents", "pages/agents.md.j2", view)
    for view_of_one in agents:
        name = view_of_one.agent.id
        yield Page(f"agents/{name}/index.md", name, "pages/agent.md.j2", view_of_one)


def agent_list(agents: tuple[Agent, ...], known: Catalogue) -> AgentList:
    """The list with the site's agents in their places."""
    rows = (
        Listed(entry, _doing(entry, agents, known), _covering(entry, known))
        for entry in known.agents
    )
    return AgentList(agents, tuple(rows), known.source)


def _doing(entry: CatalogueEntry, agents: tuple[Agent, ...], known: Catalogue) -> tuple[Agent, ...]:
    return tuple(a for a in agents if known.entry_of(a.agent.id, a.agent.agent) is entry)


def _covering(entry: CatalogueEntry, known: Catalogue) -> tuple[str, ...]:
    return tuple(other.id for other in known.covering(entry.id))

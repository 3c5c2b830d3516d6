"""The pages of agents: what each senses and predicts, what it is meant for, and its limits.

In: runs, and the list of process-heat agents. Out: one page of all, one for each agent that a
report explains. Never: a page for a number that nothing here implements or explains.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.agents.catalogue import Catalogue, CatalogueEntry, load_catalogue
from generator.pages.page import Page
from generator.pages.run_view import RunView, group_runs, has_simulated
from generator.records import AgentRecord


@dataclass(frozen=True)
class AgentView:
    """An agent and the runs that explain its model."""

    agent: AgentRecord
    runs: tuple[RunView, ...]

    @property
    def simulated(self) -> bool:
        """Whether any run shown on this page rests on simulated data."""
        return has_simulated(self.runs)


@dataclass(frozen=True)
class CatalogueRow:
    """A number of the list, and the agents of this site that do its work."""

    entry: CatalogueEntry
    agents: tuple[AgentView, ...]
    covered_by: tuple[str, ...]
    """Numbers that the list says do this one's work as well."""


@dataclass(frozen=True)
class AgentList:
    """Every agent a report explains, and every number of the list."""

    agents: tuple[AgentView, ...]
    listed: tuple[CatalogueRow, ...]
    source: str

    @property
    def unlisted(self) -> tuple[AgentView, ...]:
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


def make_agent_pages(runs: tuple[RunView, ...]) -> Iterator[Page]:
    """`agents/index.html` and `agents/<id>/index.html`, in order of first use."""
    agents = tuple(AgentView(agent, its) for agent, its in group_runs(runs, lambda run: run.agent))
    view = make_agent_list(agents, load_catalogue())
    yield Page("agents/index.md", "Agents", "pages/agents.md.j2", view)
    for view_of_one in agents:
        name = view_of_one.agent.id
        yield Page(f"agents/{name}/index.md", name, "pages/agent.md.j2", view_of_one)


def make_agent_list(agents: tuple[AgentView, ...], catalogue: Catalogue) -> AgentList:
    """The list with the site's agents in their places."""
    rows = (
        CatalogueRow(
            entry, _find_agents(entry, agents, catalogue), _find_covering(entry, catalogue)
        )
        for entry in catalogue.agents
    )
    return AgentList(agents, tuple(rows), catalogue.source)


def _find_agents(
    entry: CatalogueEntry, agents: tuple[AgentView, ...], catalogue: Catalogue
) -> tuple[AgentView, ...]:
    return tuple(a for a in agents if catalogue.find_entry(a.agent.id, a.agent.agent) is entry)


def _find_covering(entry: CatalogueEntry, catalogue: Catalogue) -> tuple[str, ...]:
    return tuple(other.id for other in catalogue.list_covering(entry.id))

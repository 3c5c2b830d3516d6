"""The first page: what this site is, and every report with its answer; and the plain list of all.

Failed reports stand among the others. Never: a report left out.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.pages.comparison import Comparison
from generator.pages.gates import (
    NO_GATES,
    ChangedThreshold,
    Gates,
    list_changed_thresholds,
    make_gates_view,
)
from generator.pages.page import Page
from generator.pages.run_view import RunView, has_simulated
from generator.records import GatesRecord, SiteInfo

MOST_CARDS = 24
"""With more reports than this the first page shows rows in place of cards, and stays light."""


@dataclass(frozen=True)
class Overview:
    """The site's words, its runs, and how many of what there are."""

    site: SiteInfo
    runs: tuple[RunView, ...]
    models: int
    datasets: int
    failed: int
    comparisons: tuple[Comparison, ...] = ()
    gates: Gates = NO_GATES
    changed: tuple[ChangedThreshold, ...] = ()

    @property
    def simulated(self) -> bool:
        """Whether any report rests on simulated data."""
        return has_simulated(self.runs)

    @property
    def ids(self) -> frozenset[str]:
        """The reports that have a page."""
        return frozenset(run.id for run in self.runs)

    @property
    def as_cards(self) -> bool:
        """Whether the reports are few enough for cards."""
        return len(self.runs) <= MOST_CARDS


@dataclass(frozen=True)
class ReportList:
    """Every report as one row."""

    runs: tuple[RunView, ...]

    @property
    def simulated(self) -> bool:
        """Whether any report rests on simulated data."""
        return has_simulated(self.runs)


def make_overview_page(
    site: SiteInfo,
    runs: tuple[RunView, ...],
    comparisons: tuple[Comparison, ...],
    gates: GatesRecord,
) -> Page:
    """`index.html`."""
    view = Overview(
        site=site,
        runs=runs,
        models=len({run.record.model.id for run in runs if run.record.model}),
        datasets=len({run.record.dataset.id for run in runs if run.record.dataset}),
        failed=sum(run.failed for run in runs),
        comparisons=comparisons,
        gates=make_gates_view(gates.gates),
        changed=list_changed_thresholds(gates),
    )
    return Page("index.md", "Overview", "pages/overview.md.j2", view)


def make_reports_page(runs: tuple[RunView, ...]) -> Page:
    """`reports/index.html`."""
    return Page("reports/index.md", "Reports", "pages/reports.md.j2", ReportList(runs))

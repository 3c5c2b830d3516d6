"""Records in, pages out: one file per kind of page.

A page is a path, a title, a template and a typed context; `generator.site` writes and builds it.
Never: a model, a dataset, a clock, or a sentence; sentences live in `templates/`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.errors import UsageError
from generator.pages.agent import agent_pages
from generator.pages.comparison import Comparison, compared_with, comparison_pages, comparison_view
from generator.pages.dataset import dataset_pages
from generator.pages.failure import failure_page
from generator.pages.gates import gates_view
from generator.pages.model import model_pages
from generator.pages.overview import overview_page, reports_page
from generator.pages.page import Page, checked_id
from generator.pages.presentable import presentable
from generator.pages.provenance import provenance_page
from generator.pages.report import report_page
from generator.pages.run_view import RunView, run_view
from generator.records import GatesRecord, RunRecord, SiteInfo
from generator.records.comparison import ComparisonRecord
from generator.records.dataset_profile import DatasetProfile

__all__ = ["Page", "make_pages"]


def make_pages(
    site: SiteInfo,
    records: Sequence[RunRecord],
    *,
    comparisons: Sequence[ComparisonRecord] = (),
    profiles: Sequence[DatasetProfile] = (),
    gates: GatesRecord | None = None,
) -> tuple[Page, ...]:
    """All pages of a site, in a fixed order; UsageError for an id that cannot be a folder name."""
    shown, judged = presentable(site), presentable(gates or GatesRecord())
    runs = tuple(
        run_view(
            presentable(_with_safe_ids(record)),
            compared_with(record.id, comparisons),
            gates_view(judged.about(record.id)),
        )
        for record in records
    )
    pairs = tuple(
        comparison_view(presentable(_safe_pair(c)), runs, gates_view(judged.about(c.id)))
        for c in comparisons
    )
    return tuple(_pages(shown, runs, pairs, profiles, judged))


def _pages(
    site: SiteInfo,
    runs: tuple[RunView, ...],
    pairs: tuple[Comparison, ...],
    profiles: Sequence[DatasetProfile],
    gates: GatesRecord,
) -> Iterator[Page]:
    yield overview_page(site, runs, pairs, gates)
    yield reports_page(runs)
    yield from comparison_pages(pairs)
    yield from (failure_page(run) if run.failed else report_page(run) for run in runs)
    yield from model_pages(runs)
    yield from dataset_pages(runs, profiles)
    yield from agent_pages(runs)
    yield provenance_page(site, runs)


def _safe_pair(record: ComparisonRecord) -> ComparisonRecord:
    for side in (record.a, record.b):
        checked_id(side.id, "report")
    if record.id != f"{record.a.id}--{record.b.id}":
        raise UsageError(f"comparison id {record.id[:80]!r} is not that of its two reports")
    return record


def _with_safe_ids(record: RunRecord) -> RunRecord:
    checked_id(record.id, "report")
    for kind, part in (("model", record.model), ("dataset", record.dataset)):
        if part:
            checked_id(part.id, kind)
    if record.agent:
        checked_id(record.agent.id, "agent")
    return record

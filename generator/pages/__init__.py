"""Records in, pages out: one file per kind of page.

A page is a path, a title, a template and a typed context; `generator.site` writes and builds it.
Never: a model, a dataset, a clock, or a sentence; sentences live in `templates/`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.errors import UsageError
from generator.pages.agent import make_agent_pages
from generator.pages.comparison import (
    Comparison,
    find_comparisons,
    make_comparison_pages,
    make_comparison_view,
)
from generator.pages.dataset import make_dataset_pages
from generator.pages.gates import make_gates_view
from generator.pages.model import make_model_pages
from generator.pages.overview import make_overview_page, make_reports_page
from generator.pages.page import Page, check_folder_id
from generator.pages.presentable import make_presentable
from generator.pages.provenance import make_provenance_page
from generator.pages.report import make_failure_page, make_report_page
from generator.pages.run_view import RunView, make_run_view
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
    """All pages of a site, in a fixed order.

    Raises:
        UsageError: an id cannot be a folder name, or is not that of a comparison's two reports.
    """
    clean_site, clean_gates = make_presentable(site), make_presentable(gates or GatesRecord())
    runs = tuple(
        make_run_view(
            make_presentable(_check_ids(record)),
            find_comparisons(record.id, comparisons),
            make_gates_view(clean_gates.about(record.id)),
        )
        for record in records
    )
    pairs = tuple(
        make_comparison_view(
            make_presentable(_check_pair(c)), runs, make_gates_view(clean_gates.about(c.id))
        )
        for c in comparisons
    )
    return tuple(_list_pages(clean_site, runs, pairs, profiles, clean_gates))


def _list_pages(
    site: SiteInfo,
    runs: tuple[RunView, ...],
    pairs: tuple[Comparison, ...],
    profiles: Sequence[DatasetProfile],
    gates: GatesRecord,
) -> Iterator[Page]:
    yield make_overview_page(site, runs, pairs, gates)
    yield make_reports_page(runs)
    yield from make_comparison_pages(pairs)
    yield from (make_failure_page(run) if run.failed else make_report_page(run) for run in runs)
    yield from make_model_pages(runs)
    yield from make_dataset_pages(runs, profiles)
    yield from make_agent_pages(runs)
    yield make_provenance_page(site, runs)


def _check_pair(record: ComparisonRecord) -> ComparisonRecord:
    for side in (record.a, record.b):
        check_folder_id(side.id, "report")
    if record.id != f"{record.a.id}--{record.b.id}":
        raise UsageError(f"comparison id {record.id[:80]!r} is not that of its two reports")
    return record


def _check_ids(record: RunRecord) -> RunRecord:
    check_folder_id(record.id, "report")
    for kind, part in (("model", record.model), ("dataset", record.dataset)):
        if part:
            check_folder_id(part.id, kind)
    if record.agent:
        check_folder_id(record.agent.id, "agent")
    return record

"""Builds the site: pages and files in, one folder out that loads nothing from outside itself.

The folder is staged, built, given its policy and its digests, and exchanged in one step; it opens
by double-click. Never: a half-written target folder, a hook or plugin of ours inside the site
builder, a clock in what is published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from generator.records import GatesRecord, RunRecord, SiteInfo
from generator.records.comparison import ComparisonRecord
from generator.records.dataset_profile import DatasetProfile
from generator.site.contents import make_contents
from generator.site.digests import write_marker, write_sums
from generator.site.downloads import place_artifacts, place_comparisons
from generator.site.draw import draw_site
from generator.site.exchange import open_workplace
from generator.site.mkdocs import SiteBuildError

__all__ = ["SiteBuildError", "build_site"]


def build_site(
    site: SiteInfo,
    records: Sequence[RunRecord],
    artifacts: Mapping[str, Path],
    target: Path,
    *,
    comparisons: Sequence[ComparisonRecord] = (),
    comparison_folder: Path | None = None,
    profiles: Sequence[DatasetProfile] = (),
    gates: GatesRecord | None = None,
) -> None:
    """Builds the whole site and exchanges it with `target` in one step.

    Args:
        site: what the manifest says of the site.
        records: one record per report, in the order of the manifest; failed ones too.
        artifacts: for each report id the folder that holds the files its record lists.
        target: the site's folder; absent, empty, or a site this program built before.
        comparisons: pairs of reports side by side, in the order of the manifest.
        comparison_folder: the folder that holds each comparison's files in a folder of its id.
        profiles: of the datasets that the records are about.
        gates: the manifest's, with their outcomes.

    Raises:
        UsageError: the target is not ours to replace, or an id or path would leave its folder.
        IntegrityError: an artifact is not what its record says, or a page holds a foreign script.
        SiteBuildError: the site builder failed; the old site stands untouched.
        MissingProgram: the site builder is not installed.

    """
    contents = make_contents(site, records, comparisons, profiles, gates)
    with open_workplace(target) as work:
        draw_site(contents, work.staging, work.fresh)
        write_marker(contents, work.fresh)
        place_artifacts(records, artifacts, work.fresh)
        place_comparisons(comparisons, comparison_folder, work.fresh)
        write_sums(work.fresh)
        work.exchange()

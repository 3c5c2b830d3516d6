"""Draws a site from its records alone: every page, style, script and list, but no run's own files.

In: SiteContents and an empty folder. Out: the finished files; the same records, program and
packages, the same bytes, so that anybody who has them can hold a published site against them.
Never: a file of a run, which its record lists by digest.
"""

from __future__ import annotations

from pathlib import Path

from generator.site.contents import SiteContents
from generator.site.downloads import (
    place_catalogue,
    place_gates,
    place_plotly,
    place_profiles,
    place_records,
)
from generator.site.mkdocs import build_pages
from generator.site.policy import harden
from generator.site.staging import stage


def draw_site(contents: SiteContents, staging: Path, fresh: Path) -> None:
    """Writes what the builder reads to `staging`, and the site without its runs' files to `fresh`.

    Raises:
        UsageError: an id would leave its folder.
        IntegrityError: a page holds a foreign script.
        SiteBuildError: the site builder failed.
        MissingProgram: the site builder or plotly is not installed.
    """
    stage(contents.site, contents.make_pages(), staging)
    build_pages(staging, fresh)
    harden(fresh)
    place_catalogue(fresh)
    place_profiles(contents.profiles, fresh)
    place_gates(contents.gates, fresh)
    place_plotly(fresh)
    place_records((*contents.runs, *contents.comparisons), fresh)

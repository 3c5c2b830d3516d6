"""The page that says what was made from what, and how anybody can check it with stock tools."""

from __future__ import annotations

from dataclasses import dataclass

from generator.pages.page import Page
from generator.pages.run_view import RunView, has_simulated
from generator.records import SiteInfo


@dataclass(frozen=True)
class Provenance:
    """Every run with its digests, and how long the archive is to be kept."""

    site: SiteInfo
    runs: tuple[RunView, ...]

    @property
    def simulated(self) -> bool:
        """Whether any run listed here rests on simulated data."""
        return has_simulated(self.runs)


def make_provenance_page(site: SiteInfo, runs: tuple[RunView, ...]) -> Page:
    """`provenance/index.html`."""
    view = Provenance(site, runs)
    return Page("provenance/index.md", "Provenance", "pages/provenance.md.j2", view)

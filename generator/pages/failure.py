"""The page of a run that has no result: what failed, at which stage, and what to do next."""

from __future__ import annotations

from generator.pages.page import Page
from generator.pages.run_view import RunView


def make_failure_page(run: RunView) -> Page:
    """`reports/<id>/index.html` of a failed run; the run stays listed everywhere."""
    return Page(f"reports/{run.id}/index.md", run.id, "pages/failure.md.j2", run)

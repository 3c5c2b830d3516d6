"""Comparisons in a real browser: opened by double-click, with the network cut off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generator.site import build_site
from tests.browser.test_site import LOOKS
from tests.browser.visit import Visit
from tests.site import records_for_pages as hand_made
from tests.site.comparisons_for_pages import ALIKE, APART, FAILED, IN_TIME, compare_runs

pytestmark = pytest.mark.browser

PAGES = ("compare", *(f"compare/{name}" for name in (ALIKE, IN_TIME, APART, FAILED)))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site whose reports are compared in every way."""
    home = tmp_path_factory.mktemp("compared")
    records, comparisons = compare_runs(home)
    pairs = {"comparisons": comparisons, "comparison_folder": home / "compared"}
    build_site(hand_made.SITE, records, {}, home / "site", **pairs)
    return home / "site"


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_in_silence(browser: Any, site: Path, name: str, look: str) -> None:
    """No message, no request to outside, nothing wider than the screen."""
    visit = Visit(browser, site / name / "index.html", reach=False, **LOOKS[look])
    visit.page.wait_for_timeout(200)
    wide = visit.read("document.documentElement.scrollWidth > window.innerWidth")
    assert (visit.messages, visit.outside, wide) == ([], [], False)
    visit.context.close()


@pytest.mark.parametrize("look", LOOKS)
def test_the_drawing_keeps_its_words_inside(browser: Any, site: Path, look: str) -> None:
    """Every word of the rank lines lies within the drawing, and none is smaller than 9 px."""
    visit = Visit(browser, site / "compare" / ALIKE / "index.html", reach=False, **LOOKS[look])
    outside = visit.read(
        "(() => { const box = document.querySelector('.rp-slope').getBoundingClientRect();"
        "return [...document.querySelectorAll('.rp-slope text')].filter(text => {"
        "const t = text.getBoundingClientRect();"
        "return t.left < box.left - 1 || t.right > box.right + 1 || t.height < 9; }).length; })()"
    )
    assert outside == 0
    visit.context.close()


def test_reports_and_comparison_lead_to_each_other(browser: Any, site: Path) -> None:
    """From the tab to the list, to the comparison, to the report, and back."""
    visit = Visit(browser, site / "index.html", reach=False)
    visit.page.click(".md-tabs__link:has-text('Comparisons')")
    visit.page.click(f"article a[href*='{ALIKE}']")
    visit.page.click("#the-two-reports + ul a >> nth=1")
    visit.page.wait_for_url("**/reports/sensors-again/index.html")
    visit.page.click(f"article a[href*='{ALIKE}']")
    visit.page.wait_for_url(f"**/compare/{ALIKE}/index.html")
    assert (visit.messages, visit.outside) == ([], [])
    visit.context.close()

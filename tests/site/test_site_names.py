"""Hostile names: a page with them has the same elements as a page without."""

from __future__ import annotations

from pathlib import Path

import html5lib
import pytest

from generator.records import SiteInfo
from generator.site import build_site
from tests.site.files_for_pages import write_artifacts
from tests.site.hostile_names import HOSTILE_NAMES, make_hostile_run

BENIGN = tuple(f"name{i}" for i in range(len(HOSTILE_NAMES)))
TEXTS = {("a", "aria-label"), ("h1", "id"), ("meta", "content"), ("span", "title")}
Elements = list[tuple[str, dict[str, str]]]


def hostile_site(names: tuple[str, ...], home: Path) -> Path:
    """A site whose title and every other text is one of the names."""
    record, weights = make_hostile_run(names)
    record = write_artifacts(record, weights, home / "files")
    site = SiteInfo(title=names[1], organisation=names[0], retention_years=10)
    build_site(site, [record], {record.id: home / "files"}, home / "site")
    return home / "site"


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The hostile site and its benign twin."""
    homes = (tmp_path_factory.mktemp("hostile"), tmp_path_factory.mktemp("benign"))
    return hostile_site(HOSTILE_NAMES, homes[0]), hostile_site(BENIGN, homes[1])


def elements(page: Path) -> Elements:
    """Every element of a page with its attributes, as an HTML5 parser sees them.

    Left out are the texts of labels, and the id that the first heading's words give it.
    """
    tree = html5lib.parse(page.read_text(encoding="utf-8"), namespaceHTMLElements=False)
    return [
        (str(e.tag), {k: v for k, v in e.attrib.items() if (e.tag, k) not in TEXTS})
        for e in tree.iter()
        if isinstance(e.tag, str)
    ]


@pytest.mark.parametrize(
    "page",
    [
        "index.html",
        "reports/index.html",
        "reports/hostile/index.html",
        "models/index.html",
        "models/hostile-model/index.html",
        "datasets/index.html",
        "datasets/hostile-data/index.html",
        "agents/index.html",
        "agents/hostile-agent/index.html",
        "provenance/index.html",
    ],
)
def test_names_make_no_markup(twins: tuple[Path, Path], page: str) -> None:
    """No name adds an element, an attribute or an address to any page."""
    hostile, benign = (elements(folder / page) for folder in twins)
    assert hostile == benign


def test_names_are_shown_as_they_are(twins: tuple[Path, Path]) -> None:
    """A name that looks like markup is read as text, not dropped."""
    tree = html5lib.parse(
        (twins[0] / "reports/hostile/index.html").read_text(encoding="utf-8"),
        namespaceHTMLElements=False,
    )
    text = " ".join(tree.find("body").itertext())
    shown = [name for name in HOSTILE_NAMES[:6] if name in text]
    assert shown == list(HOSTILE_NAMES[:6])


def test_no_template_is_run_from_a_name(twins: tuple[Path, Path]) -> None:
    """`{{7*7}}` stays what it is, in the page and in the search index."""
    index = (twins[0] / "search/search_index.json").read_text(encoding="utf-8")
    assert "{{7*7}}" in index
    assert "root:" not in index

"""Hostile names in a comparison: a page with them has the same elements as a page without."""

from __future__ import annotations

from pathlib import Path

import html5lib
import pytest

from generator.site import build_site
from generator.verify import verify_site
from tests.site import records_for_pages as hand_made
from tests.site.comparisons_for_pages import compare_pairs, write_maps
from tests.site.hostile_names import HOSTILE_NAMES, make_hostile_run
from tests.site.test_site_names import elements

PAGES = ("compare/index.html", "compare/hostile--again/index.html", "index.html")


def pair(names: tuple[str, ...], home: Path) -> Path:
    """A site that compares two runs in which every text is one of the names."""
    record, weights = make_hostile_run(names)
    other = record.model_copy(update={"id": "again", "key": hand_made.make_digest("again")})
    files = {r.id: write_maps(r, weights, home / r.id) for r in (record, other)}
    runs = [record, other]
    made = compare_pairs([("hostile", "again")], runs, files, home / "compared")
    assert made[0].attention is not None
    pairs = {"comparisons": made, "comparison_folder": home / "compared"}
    build_site(hand_made.SITE, runs, {}, home / "site", **pairs)
    return home / "site"


@pytest.mark.parametrize("count", [14, len(HOSTILE_NAMES)], ids=["lines", "profiles"])
def test_names_make_no_markup(tmp_path: Path, count: int) -> None:
    """No name adds an element or an attribute, in the drawings neither; all are shown as text."""
    hostile = pair(HOSTILE_NAMES[:count], tmp_path / "hostile")
    benign = pair(tuple(f"name{i}" for i in range(count)), tmp_path / "benign")
    for page in PAGES:
        assert elements(hostile / page) == elements(benign / page)
    assert verify_site(hostile) == []
    tree = html5lib.parse((hostile / PAGES[1]).read_text(), namespaceHTMLElements=False)
    text = " ".join(tree.find("body").itertext())
    assert [name for name in HOSTILE_NAMES[:6] if name in text] == list(HOSTILE_NAMES[:6])

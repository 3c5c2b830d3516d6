"""Gates on pages: on the overview, on the page of what they are about, breached ones first."""

from __future__ import annotations

import re

from generator.pages import make_pages
from generator.records import GatesRecord, Thresholds
from tests.gates_by_hand import make_breached, make_gate, make_pair_gate, make_passed
from tests.site import records_for_pages as hand_made
from tests.site.comparisons_for_pages import ALIKE
from tests.site.test_site_comparisons import site  # noqa: F401 - a fixture

FIRST, FAILED = "gl-018-boiler-house", "patchtst-boiler-house"
MARK = "<script>alert(1)</script>"
GATES = GatesRecord(
    gates=(
        make_passed(make_gate("quality.scores[ROC AUC].model", FIRST, at_least=0.9), 0.957),
        make_breached(
            make_gate("claims.claims[group:co_ppm].verdict", FIRST, is_=["weak", MARK]), MARK
        ),
        make_breached(
            make_gate("quality.windows", FAILED, at_least=1), "report failed at model: no file"
        ),
        make_passed(make_pair_gate(ALIKE, "windows", at_least=1), 40),
    )
)


def pages(gates: GatesRecord | None = GATES) -> dict[str, str]:
    """The Markdown of every page, by path."""
    records = [hand_made.make_sensor_run()[0], hand_made.make_failed_run()]
    return {page.path: page.text() for page in make_pages(hand_made.SITE, records, gates=gates)}


def rows(text: str) -> list[str]:
    """The gates of a page in their order: figure and state."""
    return re.findall(r'rp-path">([^<]*)</code>.*?rp-chip--\w+">(\w+)', text, re.DOTALL)


def test_the_overview_lists_every_gate_breached_ones_first() -> None:
    """Figure, wanted, found, state; how many are breached stands before the table."""
    text = pages()["index.md"]
    assert rows(text) == [
        ("claims.claims[group:co_ppm].verdict", "Breached"),
        ("quality.windows", "Breached"),
        ("quality.scores[ROC AUC].model", "Passed"),
        ("windows", "Passed"),
    ]
    assert "2 of 4 gates are breached" in text
    assert '<td data-label="Wanted">at least 0.9</td>' in text
    assert '<td data-label="Found">0.957</td>' in text
    assert f'href="reports/{FIRST}/index.html"' in text
    assert f'href="compare/{ALIKE}/index.html"' in text
    assert text.index("## Gates") < text.index("## Reports")


def test_a_page_lists_its_own_gates() -> None:
    """The report's page its two, the failed report's page its one with the reason."""
    assert len(rows(pages()[f"reports/{FIRST}/index.md"])) == 2
    failed = pages()[f"reports/{FAILED}/index.md"]
    assert rows(failed) == [("quality.windows", "Breached")]
    assert "report failed at model: no file" in failed


def test_a_site_without_gates_says_nothing_of_them() -> None:
    """No heading, no empty table, with or without an empty record."""
    for gates in (None, GatesRecord()):
        assert not [path for path, text in pages(gates).items() if "## Gates" in text]


def test_changed_thresholds_are_marked_on_the_overview() -> None:
    """Each with its value, the usual one and what it is for; nothing where all are usual."""
    limits = Thresholds(floor_sd=0.2)
    changed = GatesRecord(thresholds=limits, changed_thresholds=limits.changed)
    text = pages(changed)["index.md"]
    assert "Changed thresholds." in text
    assert '<code>floor_sd</code> is <strong class="rp-number">0.2</strong> in place of 0.1' in text
    assert "smallest effect that counts" in text
    assert "Changed thresholds" not in pages()["index.md"]


def test_what_a_gate_holds_is_never_markup() -> None:
    """A text that is wanted or found is shown, not run."""
    assert not [path for path, text in pages().items() if MARK in text]


def test_a_comparison_shows_its_gates(site) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    """On the pair's page, and on no other pair's."""
    made = make_pages(hand_made.SITE, site.records, comparisons=site.comparisons, gates=GATES)
    shown = [page.path for page in made if 'rp-path">windows<' in page.text()]
    assert shown == ["index.md", f"compare/{ALIKE}/index.md"]

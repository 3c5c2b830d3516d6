"""A site whose digests were written anew after an edit: what is found, named, and only noted."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from benchmarks.faults.edits import hide_edits, run_campaign
from generator.errors import LONGEST_LINE
from generator.site.digests import MARKER, encode_marker
from generator.verify import examine_site
from generator.verify.differences import describe_difference, find_difference
from tests.site.conftest import BuiltSite

PAGE = "reports/gl-018-boiler-house/index.html"
TABLE = "reports/gl-018-boiler-house/sensors.csv"


@pytest.fixture
def site(built: BuiltSite, tmp_path: Path) -> Path:
    """A copy of the site that may be changed."""
    shutil.copytree(built.folder, tmp_path / "site")
    return tmp_path / "site"


def edit_page(site: Path) -> None:
    """A word of the page becomes another, in one place."""
    text = (site / PAGE).read_text(encoding="utf-8")
    edited = text.replace("What this does not say", "What this does say")
    assert edited != text
    (site / PAGE).write_text(edited, encoding="utf-8", newline="\n")


def edit_marker(site: Path, **values: object) -> None:
    """Say something else of how the site was made, under a right digest of its own."""
    about = json.loads((site / MARKER).read_text(encoding="utf-8"))
    about.update(values)
    (site / MARKER).write_bytes(encode_marker(about))


def test_a_built_site_follows_from_its_records(built: BuiltSite) -> None:
    """No finding and no note, with failed and hostile reports and simulated data on it."""
    found = examine_site(built.folder)
    assert (found.findings, found.notes) == ((), ())


def test_thirty_hidden_edits_are_found_and_named(built: BuiltSite) -> None:
    """A seeded tenth of the campaign: every edit is found, in the file where it was made."""
    outcomes, innocent = run_campaign(built.folder, 30)
    assert len(outcomes) >= 25
    assert [one for one in outcomes if not one.words] == []
    assert innocent == []
    assert all(len(one.words) <= LONGEST_LINE for one in outcomes)


def test_the_first_place_is_told(site: Path) -> None:
    """The finding shows what stands on the page and what follows from the record."""
    edit_page(site)
    hide_edits(site, marker=True)
    finding = next(each for each in examine_site(site).findings if each.file == PAGE)
    assert "What this does say" in finding.message
    assert "What this does not say" in finding.message


def test_a_page_nobody_drew_is_found(site: Path) -> None:
    """A file that is listed in SHA256SUMS but that no record knows does not belong there."""
    (site / "reports/more.csv").write_text("a\n")
    hide_edits(site, marker=True)
    assert [(f.kind, f.file) for f in examine_site(site).findings] == [
        ("extra", "reports/more.csv")
    ]


def test_a_changed_record_is_named_and_nothing_drawn_from_it(site: Path) -> None:
    """The record itself is the finding; pages that would differ with it are not accused."""
    record = site / "reports/gl-018-boiler-house/provenance.json"
    record.write_bytes(record.read_bytes().replace(b'"simulated":true', b'"simulated":false'))
    hide_edits(site, marker=False)
    found = examine_site(site)
    assert {f.file for f in found.findings} == {"reports/gl-018-boiler-house/provenance.json"}
    assert "not drawn again" in found.notes[0]


def test_another_version_is_a_note(site: Path) -> None:
    """A difference that another version may have made is told, and held against nobody."""
    edit_page(site)
    edit_marker(site, builder={"program": "0" * 64})
    hide_edits(site, marker=True)
    found = examine_site(site)
    assert found.findings == ()
    assert PAGE in found.notes[0]
    assert len(found.notes[0]) <= LONGEST_LINE


def test_an_older_site_is_a_note(site: Path) -> None:
    """A site that does not say what drew it is checked as it always was."""
    about = json.loads((site / MARKER).read_text(encoding="utf-8"))
    older = {"schema": "attention-reports/site/1", "site": about["site"], "runs": about["runs"]}
    (site / MARKER).write_text(json.dumps(older))
    hide_edits(site, marker=False)
    found = examine_site(site)
    assert found.findings == ()
    assert "before" in found.notes[0]


@pytest.mark.parametrize(
    ("wanted", "found", "place"),
    [
        (b"abc", b"abd", 2),
        (b"abc", b"ab", 2),
        (b"", b"a", 0),
        (b"x" * 5000, b"x" * 4999 + b"y", 4999),
    ],
)
def test_the_first_difference(wanted: bytes, found: bytes, place: int) -> None:
    """The place of the first byte that differs; the end where one file is a part of the other."""
    assert find_difference(wanted, found) == place


def test_a_difference_in_words() -> None:
    """Line and character count from one; both versions stand beside each other."""
    words = describe_difference(b"a,b\n0.958,1\n", b"a,b\n0.258,1\n")
    assert words == "line 2, character 3: here “0.258,1”, by the record “0.958,1”"

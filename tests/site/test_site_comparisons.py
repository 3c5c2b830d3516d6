"""What a comparison's page says and leaves on disk, and what it never says."""

from __future__ import annotations

import csv
import json
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import jsonschema
import pytest
from PIL import Image

from generator.build.comparisons import to_outcome
from generator.build.missing_comparison import LEFT_OUT as LEFT_OUT_WORDS
from generator.hashing import sha256_file
from generator.notice import NOTICE, SIMULATED
from generator.pages import make_pages
from generator.pages.slope_drawing import FAR, HEAD, ROW
from generator.records import RunRecord
from generator.records.comparison import ComparisonRecord
from generator.site import build_site
from generator.store import ComparisonStore
from generator.verify import verify_site
from tests.pipeline.conftest import Listener
from tests.site import records_for_pages as hand_made
from tests.site.comparisons_for_pages import (
    ALIKE,
    APART,
    FAILED,
    IN_TIME,
    LEFT_OUT,
    PAIRS,
    compare_pairs,
    compare_runs,
    make_runs,
)
from tests.site.test_site_pages import NEVER, visible

EVERY = (ALIKE, IN_TIME, APART, FAILED, LEFT_OUT)


class Compared(NamedTuple):
    """A built site with comparisons, and what it was built from."""

    folder: Path
    records: tuple[RunRecord, ...]
    comparisons: tuple[ComparisonRecord, ...]

    def page(self, name: str) -> Path:
        return self.folder / "compare" / name / "index.html"

    def record(self, name: str) -> ComparisonRecord:
        return next(c for c in self.comparisons if c.id == name)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Compared:
    """Five comparisons: of sensors, of time steps, of both, one with a failed side, one missing."""
    home = tmp_path_factory.mktemp("compared")
    records, comparisons = compare_runs(home)
    pairs = {"comparisons": comparisons, "comparison_folder": home / "compared"}
    build_site(hand_made.SITE, records, {}, home / "site", **pairs)
    return Compared(home / "site", records, comparisons)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_comparison_has_its_page_and_its_row(site: Compared) -> None:
    """Also one that could not be made; and the list, the overview and both reports lead to it."""
    listed = (site.folder / "compare" / "index.html").read_text()
    front = (site.folder / "index.html").read_text()
    for name in EVERY:
        assert site.page(name).exists()
        assert f"compare/{name}/index.html" in front
        assert f"{name}/index.html" in listed
        for report in name.split("--"):
            page = site.folder / "reports" / report / "index.html"
            assert page.exists() != (report == "not-built")
            if page.exists():
                assert f"../../compare/{name}/index.html" in page.read_text()
                assert f"../../reports/{report}/index.html" in site.page(name).read_text()


def test_a_site_without_comparisons_has_no_tab() -> None:
    """Nothing is announced that is not there."""
    pages = make_pages(hand_made.SITE, [hand_made.make_sensor_run()[0]])
    assert not [page.path for page in pages if page.path.startswith("compare")]
    text = "".join(page.text() for page in pages)
    assert "Comparison" not in text
    assert "Compared" not in text
    assert "compare/" not in text


def test_what_may_be_compared_is_said_first(site: Compared) -> None:
    """The first heading of every page that has two results."""
    for name in (ALIKE, IN_TIME, APART):
        headings = re.findall(r'<h2 id="([^"]+)"', site.page(name).read_text())
        assert headings[0] == "what-may-be-compared"


def test_rankings_stand_beside_chance(site: Compared) -> None:
    """The sentence, rho, and what shuffled rankings of eight reach: .71."""
    ranks = site.record(ALIKE).attention.ranks  # type: ignore[union-attr]
    text = visible(site.page(ALIKE))
    assert ranks is not None
    assert f"The two rankings of 8 sensors {ranks.alikeness.value} ." in text
    assert f"Rank correlation {ranks.spearman:.2f}" in text
    assert "chance alone reaches ±0.71 : 95 of 100 shuffled rankings stay within it" in text
    assert "Two unrelated rankings share 1.1 on average" in text


def test_sensors_and_time_steps_are_not_set_beside_each_other(site: Compared) -> None:
    """A reason in words; no rank, no correlation, no picture, no table of positions."""
    text = visible(site.page(APART))
    assert "tokens of gl-018-boiler-house are sensors and those of timesteps-boiler-house are" in (
        text
    )
    for word in ("Rank correlation", "Rank in a", "Spearman", "Most similar head"):
        assert word not in text
    left = {path.name for path in site.page(APART).parent.iterdir()}
    assert left == {
        *("index.html", "comparison.json", "claims.csv", "heads.csv", "provenance.json"),
    }
    assert to_outcome(site.record(APART)).detail == "not comparable"


def test_held_out_figures_are_compared_without_a_claim(site: Compared) -> None:
    """Which is better on these windows, and that no interval was computed."""
    text = visible(site.page(APART))
    assert "0.957 better here" in text
    assert "0.871 better here" not in text
    assert "No interval was computed" in text


def test_a_failed_side_is_said_with_its_reason(site: Compared) -> None:
    """Which report, at which stage, why; the outcome is a failure, the site stands."""
    text = visible(site.page(FAILED))
    assert "report patchtst-boiler-house failed at model: model combustion-patchtst" in text
    assert to_outcome(site.record(FAILED)).state == "failed"


def test_a_side_that_is_not_on_the_site_is_said(site: Compared) -> None:
    """It was left out by the build: named, not linked, and no failure."""
    text = visible(site.page(LEFT_OUT))
    assert f"report not-built is not on this site: {LEFT_OUT_WORDS}" in text
    assert "reports/not-built" not in site.page(LEFT_OUT).read_text()
    assert to_outcome(site.record(LEFT_OUT)).state == "left out"


def test_the_lines_of_the_drawing_end_at_the_ranks(site: Compared) -> None:
    """One line per sensor, from its rank in a to its rank in b; far moves stand out."""
    found = site.record(ALIKE).attention
    assert found is not None
    drawn = site.page(ALIKE).read_text().split('<g class="rp-slope__line')[1:]
    expected = sorted(found.positions, key=lambda p: p.rank_a)
    assert len(drawn) == len(expected) == 8
    for line, position in zip(drawn, expected, strict=True):
        ends = re.search(r'y1="(\d+)" x2="218" y2="(\d+)"', line)
        assert ends is not None
        assert [(int(y) - HEAD - ROW // 2) // ROW + 1 for y in ends.groups()] == [
            position.rank_a,
            position.rank_b,
        ]
        assert line.startswith(" rp-slope__line--far") == (abs(position.rank_change) >= FAR)


def test_many_positions_are_two_profiles(site: Compared) -> None:
    """64 time steps: two lines of 64 points."""
    lines = re.findall(r'<polyline class="rp-slope__[ab]" points="([^"]*)"',
                       site.page(IN_TIME).read_text())  # fmt: skip
    assert [len(line.split()) for line in lines] == [64, 64]


def test_the_tables_hold_what_the_record_holds(site: Compared) -> None:
    """Header first, intended use last; simulated data says so in every row."""
    found = site.record(ALIKE).attention
    assert found is not None
    positions = rows(site.page(ALIKE).parent / "positions.csv")
    heads = rows(site.page(ALIKE).parent / "heads.csv")
    assert [row["name"] for row in positions] == [p.name for p in found.positions]
    assert [int(row["rank_change"]) for row in positions] == [
        p.rank_change for p in found.positions
    ]
    assert len(heads) == 2 * 8
    for row in (*positions, *heads):
        assert list(row)[-1] == "intended_use"
        assert row["intended_use"] == f"{NOTICE} {SIMULATED}"


def test_the_document_fits_its_schema(site: Compared) -> None:
    """Every comparison's JSON names its schema and its intended use, and holds to the former."""
    schema = ComparisonRecord.model_json_schema(mode="serialization")
    for name in EVERY:
        document = json.loads((site.page(name).parent / "comparison.json").read_bytes())
        jsonschema.validate(document, schema)
        assert document["schema"] == "attention-reports/comparison/1"
        assert document["intended_use"] == NOTICE


def test_the_picture_says_what_it_is(site: Compared) -> None:
    """The notice and the simulator in the file itself."""
    with Image.open(site.page(ALIKE).parent / "maps.png") as picture:
        assert picture.info["Description"] == f"{NOTICE} {SIMULATED}"


def test_the_site_is_whole(site: Compared) -> None:
    """Our check finds nothing, and a stock tool finds every file as it was summed."""
    assert verify_site(site.folder) == []
    check = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    assert subprocess.run(check, cwd=site.folder, check=False).returncode == 0


def test_downloads_have_size_and_digest(site: Compared) -> None:
    """Each file of a comparison is listed with both."""
    text = site.page(ALIKE).read_text()
    for artifact in site.record(ALIKE).artifacts:
        assert artifact.sha256 in text
        assert f"{artifact.size:,}" in text


@pytest.mark.parametrize("name", EVERY)
def test_simulated_data_and_the_notice_are_on_every_page(site: Compared, name: str) -> None:
    """As on every other page."""
    text = visible(site.page(name))
    assert "Simulated data No plant was measured." in text
    assert NOTICE in text


@pytest.mark.parametrize("name", EVERY)
def test_no_forbidden_word(site: Compared, name: str) -> None:
    """A comparison describes; it names no cause and vouches for nothing."""
    text = visible(site.page(name)).casefold()
    assert [word for word in NEVER if re.search(rf"\b{re.escape(word.casefold())}\b", text)] == []


def test_the_same_runs_leave_the_same_bytes(site: Compared, tmp_path: Path) -> None:
    """Files and record, on a second computation elsewhere."""
    assert compare_runs(tmp_path)[1] == site.comparisons


def test_a_finished_comparison_is_kept(site: Compared, tmp_path: Path) -> None:
    """Made once: found again when both maps are gone, with the same files; not when one is lost."""
    compare_runs(tmp_path)
    records = [record for record, _ in make_runs()]
    files = {record.id: tmp_path / "maps" / record.id for record in records}
    store = ComparisonStore(tmp_path / "store")
    assert compare_pairs(PAIRS[:1], records, files, tmp_path / "1", store) == site.comparisons[:1]
    for folder in files.values():
        (folder / "attention.safetensors").unlink()
    assert compare_pairs(PAIRS[:1], records, files, tmp_path / "2", store) == site.comparisons[:1]
    for artifact in site.comparisons[0].artifacts:
        assert sha256_file(tmp_path / "2" / ALIKE / artifact.path) == artifact.sha256
    next(store.folder.rglob("heads.csv")).unlink()
    listener = Listener()
    (lost,) = compare_pairs(PAIRS[:1], records, files, tmp_path / "3", store, listener)
    assert listener.ends == [(f"compare/{ALIKE}", "damaged", DAMAGED)]
    assert lost.missing.startswith("the comparison failed: FileNotFoundError")


DAMAGED = (
    "the store's record is damaged: files/heads.csv is missing; "
    "it will be thrown away and made again"
)


def test_broken_maps_sink_only_their_comparison(tmp_path: Path) -> None:
    """The page says what went wrong; the others are made."""
    compare_runs(tmp_path)
    records = [record for record, _ in make_runs()]
    files = {record.id: tmp_path / "maps" / record.id for record in records}
    (files["sensors-again"] / "attention.safetensors").write_bytes(b"no maps")
    broken, whole = compare_pairs(PAIRS[:2], records, files, tmp_path / "anew")
    assert broken.missing.startswith("the comparison failed: SafetensorError")
    assert [artifact.path for artifact in broken.artifacts] == ["comparison.json"]
    assert whole.missing == ""

"""What a comparison says of claims: on its page, in its files, and what it never says."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from generator.kinds import TokenKind, Verdict
from generator.notice import NOTICE, SIMULATED
from generator.pages import make_pages
from generator.records import ClaimsRecord, RunRecord
from generator.records.comparison import ComparisonRecord
from tests.claims_by_hand import make_claim, make_claims_record
from tests.site import records_for_pages as hand_made
from tests.site.comparisons_for_pages import compare_pairs, make_variant, write_maps
from tests.site.test_site_pages import NEVER, section

A, B = "gl-018-boiler-house", "sensors-again"
OF_A = make_claims_record(
    [
        make_claim(["fuel_flow", "air_flow"], 0.6),
        make_claim(["oxygen_ppm"], 0.3, Verdict.WEAK),
        make_claim(["co_ppm"], 0.05, Verdict.NOT_SUPPORTED),
        make_claim(["burner_temp"], 0.2),
        make_claim(["fuel_flow", "air_flow"], 0.4, Verdict.SUPPORTED, "cell", (56, 63)),
    ]
)
OF_B = make_claims_record(
    [
        make_claim(["fuel_flow", "air_flow"], 0.5),
        make_claim(["oxygen_ppm"], 0.4),
        make_claim(["co_ppm"], 0.04, Verdict.NOT_SUPPORTED),
        make_claim(["burner_temp"], None, Verdict.NOT_ASSESSED),
        make_claim(["efficiency"], 0.1),
    ]
)


def compared(
    home: Path, a: ClaimsRecord | None, b: ClaimsRecord | None
) -> tuple[tuple[RunRecord, RunRecord], ComparisonRecord]:
    """Two sensor runs with claims, and their comparison with its files below `home`."""
    first = hand_made.make_sensor_run()
    second = make_variant(first, B, TokenKind.SENSORS)
    runs = tuple(
        run.model_copy(update={"claims": claims}) for run, claims in ((first[0], a), (second[0], b))
    )
    files = {
        run.id: write_maps(run, made[1], home / "maps" / run.id)
        for run, made in zip(runs, (first, second), strict=True)
    }
    return (runs[0], runs[1]), compare_pairs([(A, B)], runs, files, home / "compared")[0]


def page(home: Path, a: ClaimsRecord | None, b: ClaimsRecord | None) -> str:
    """The Markdown of the pair's page."""
    runs, record = compared(home, a, b)
    pages = make_pages(hand_made.SITE, runs, comparisons=[record])
    return next(p.text() for p in pages if p.path == f"compare/{A}--{B}/index.md")


def plain(text: str) -> str:
    """The text without its tags, white space as single blanks."""
    return " ".join(re.sub(r"<[^>]*>", "", text).split())


def test_what_changed_stands_before_attention(tmp_path: Path) -> None:
    """How many, which, both verdicts and both reasons; then the rankings."""
    text = page(tmp_path, OF_A, OF_B)
    part = section(text, "What changed in the claims", "How alike the rankings are")
    said = plain(part)
    assert "2 of 4 claims that both reports made have another verdict in b." in said
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", part.partition("<h3>")[0], re.DOTALL)
    assert [plain(row) for row in rows] == [
        "oxygen_ppm partly held oxygen_ppm: weak. tested and held oxygen_ppm: supported.",
        "burner_temp tested and held burner_temp: supported. not assessed "
        "burner_temp: not assessed.",
    ]
    assert (
        "Not compared, as only one model has this group just so: efficiency (sensors-again)."
        in (said)
    )
    assert "1 further claim in a and 0 in b have no counterpart" in said


def test_effects_stand_side_by_side_with_their_ranges(tmp_path: Path) -> None:
    """In the target's unit, 40 times the spread here, with that beside; none where none is."""
    part = section(
        page(tmp_path, OF_A, OF_B), "What changed in the claims", "How alike the rankings are"
    ).partition("<h3>")[2]
    said = plain(part)
    assert "fuel_flow, air_flow 24 (22 to 26) points 0.60 (0.55 to 0.65) sd" in said
    assert "20 (18 to 22) points 0.50 (0.45 to 0.55) sd" in said
    assert "burner_temp 8.0 (6.0 to 10) points 0.20 (0.15 to 0.25) sd –" in said


def test_effects_of_other_units_stay_apart(tmp_path: Path) -> None:
    """A sentence; no raw figure, the spread only."""
    other = OF_B.model_copy(update={"explained": OF_B.explained.model_copy(update={"unit": "K"})})
    said = plain(page(tmp_path, OF_A, other))
    assert "effects of one are in points, of the other in K" in said
    assert "to 26) points" not in said
    assert "0.60 (0.55 to 0.65) sd" in said


def test_claims_of_other_questions_have_a_reason_only(tmp_path: Path) -> None:
    """Other windows here: no verdict, no effect, no order."""
    few = OF_B.model_copy(update={"population": "others"})
    part = section(
        page(tmp_path, OF_A, few), "What changed in the claims", "How alike the rankings are"
    )
    assert plain(part) == (
        "The claims are not set beside each other: the two reports explain different windows."
    )


def test_without_claims_nothing_is_said_of_them(tmp_path: Path) -> None:
    """No heading where one report has none."""
    assert "What changed in the claims" not in page(tmp_path, OF_A, None)


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of the pair, as it is read."""
    return plain(page(tmp_path_factory.mktemp("pair"), OF_A, OF_B))


@pytest.mark.parametrize("word", NEVER)
def test_words_never_used(spoken: str, word: str) -> None:
    """As on every other page."""
    assert not re.search(rf"\b{re.escape(word)}\b", spoken, re.IGNORECASE)


def test_the_overview_counts_changed_claims(tmp_path: Path) -> None:
    """Beside the agreement of the rankings."""
    runs, record = compared(tmp_path, OF_A, OF_B)
    text = make_pages(hand_made.SITE, runs, comparisons=[record])[0].text()
    assert "2 of 4 claims have another verdict." in text


def test_files_hold_both_verdicts_and_effects(tmp_path: Path) -> None:
    """comparison.json the record, claims.csv a row per claim, the intended use last."""
    _, record = compared(tmp_path, OF_A, OF_B)
    folder = tmp_path / "compared" / record.id
    assert {file.path for file in record.artifacts} >= {"claims.csv", "comparison.json"}
    document = json.loads((folder / "comparison.json").read_bytes())["claims"]
    assert [c["id"] for c in document["claims"]] == [
        *("group:fuel_flow+air_flow", "group:oxygen_ppm", "group:co_ppm", "group:burner_temp"),
    ]
    assert document["ranks"]["n"] == 3
    with (folder / "claims.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["verdict_a"], row["verdict_b"], row["changed"]) for row in rows] == [
        ("supported", "supported", "no"),
        ("weak", "supported", "yes"),
        ("not supported", "not supported", "no"),
        ("supported", "not assessed", "yes"),
    ]
    assert (rows[0]["effect_sd_a"], rows[0]["effect_a"], rows[0]["unit"]) == (
        "0.6",
        "24.0",
        "points",
    )
    assert rows[3]["effect_sd_b"] == rows[3]["effect_b"] == ""
    assert list(rows[0])[-1] == "intended_use"
    assert rows[0]["intended_use"] == f"{NOTICE} {SIMULATED}"

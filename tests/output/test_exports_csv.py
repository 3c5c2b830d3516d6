"""CSV tables: a stock reader gets every number back, a spreadsheet runs nothing."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from generator.attention import AttentionSummary
from generator.exports.csv import (
    make_harmless,
    write_csv,
    write_heads,
    write_layers,
    write_positions,
    write_table,
)
from generator.kinds import TokenKind
from generator.measures.summary import summarise
from generator.notice import NOTICE, SIMULATED
from generator.records import AttentionRecord, HeadRow, LayerRow, Position
from tests.output.maps_by_hand import MAP, SENSORS, draw_weights, make_weights

HEADER = "Feature,Attention Score,Rank,Lift,Received,Focus,Focus Rank,intended_use"


def rows(path: Path) -> list[dict[str, str]]:
    """The table as the standard library reads it."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_line_1_is_the_header(tmp_path: Path) -> None:
    """No comment, no byte-order mark, no blank line before the names of the columns."""
    path = write_csv(summarise(make_weights()), tmp_path / "a.csv")
    assert HEADER.encode() == path.read_bytes().split(b"\r\n")[0]


def test_every_position_is_there_in_rank_order_with_exact_numbers(tmp_path: Path) -> None:
    """All positions, not the top few; numbers read back to the last bit."""
    summary = summarise(make_weights(weights=MAP[None, None].astype(np.float32)), top_k=1)
    found = rows(write_csv(summary, tmp_path / "a.csv"))
    scores = [float(row["Attention Score"]) for row in found]
    assert (found[0]["Feature"], found[3]["Feature"]) == ("co_ppm", "oxygen_ppm")
    assert scores == sorted(summary.feature_importance, reverse=True)
    assert [row["Rank"] for row in found] == ["1", "2", "3", "4"]
    assert float(summary.feature_importance[3]) == float(found[0]["Attention Score"])
    assert float(summary.lift[3]) == float(found[0]["Lift"])
    assert float(summary.focus[3]) == float(found[0]["Focus"])
    assert {NOTICE} == {row["intended_use"] for row in found}


def test_focus_of_other_positions_is_not_printed_beside_a_key(tmp_path: Path) -> None:
    """In a map that is not square queries are not keys: the focus columns are empty."""
    summary = summarise(draw_weights(2, 4, feature_names=SENSORS))
    found = rows(write_csv(summary, tmp_path / "a.csv"))
    assert [(row["Focus"], row["Focus Rank"]) for row in found] == [("", "")] * 4


def test_simulated_data_says_so_in_every_row(tmp_path: Path) -> None:
    """The banner follows the notice in the last column."""
    found = rows(write_csv(summarise(make_weights()), tmp_path / "a.csv", banner=SIMULATED))
    assert {f"{NOTICE} {SIMULATED}"} == {row["intended_use"] for row in found}


@pytest.mark.parametrize(
    "name",
    [
        "=cmd|' /C calc'!A0",
        "+1",
        "-1+1|x",
        "@SUM(A1)",
        "|x",
        "%x",
        "\t=1",
        " =1",
        "\ufeff=1",
        "\x00=1",
        "\rx",
        "\tx",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "\u200b=1",
    ],
)
def test_a_formula_is_shown_not_run(name: str) -> None:
    """Whatever a spreadsheet would trim or normalise first, a formula gets an apostrophe."""
    assert make_harmless(name).startswith("'")


@pytest.mark.parametrize("name", ["oxygen_ppm", "T-101", "a=b", "x, y", "°C", "l'eau"])
def test_ordinary_names_are_left_alone(name: str) -> None:
    """Only what is dangerous is changed."""
    assert name == make_harmless(name)


def test_quotes_commas_and_line_breaks_stay_in_their_cell(tmp_path: Path) -> None:
    """RFC 4180 quoting; line breaks become blanks, bidirectional controls go."""
    names = ['say "hi", you', "two\r\nlines", "\u202eabc", "<b>"]
    found = rows(write_csv(summarise(make_weights(feature_names=names)), tmp_path / "a.csv"))
    assert {'say "hi", you', "two lines", "abc", "<b>"} == {row["Feature"] for row in found}


def test_negative_numbers_stay_numbers_and_missing_ones_are_empty(tmp_path: Path) -> None:
    """Only strings are guarded; NaN and infinity are not written as words."""
    path = write_table([(-1.5, None, float("nan"), 3)], list("abcd"), tmp_path / "t.csv")
    assert "-1.5,,,3," + NOTICE.join(['"', '"']) == path.read_text().splitlines()[1]


def test_a_row_of_the_wrong_length_is_an_error(tmp_path: Path) -> None:
    """Columns never shift, and the broken table is not left behind."""
    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        write_table([(1,)], ["a", "b"], tmp_path / "t.csv")
    assert list(tmp_path.iterdir()) == []


def test_names_that_do_not_fit_are_an_error(tmp_path: Path) -> None:
    """A hand-made summary with two names for three numbers is refused with both counts."""
    summary = AttentionSummary(feature_importance=np.ones(3) / 3, names=["a", "b"])
    with pytest.raises(ValueError, match="2 names for 3 positions"):
        write_csv(summary, tmp_path / "a.csv")


def record() -> AttentionRecord:
    """The smallest record with one row of each table."""
    return AttentionRecord(
        tokens=TokenKind.SENSORS,
        group="encoder",
        shape=(1, 1, 1, 1),
        samples=1,
        rows_per_sample=1,
        uniform=1.0,
        names=("x",),
        query_names=("x",),
        positions=(
            Position(index=0, name="x", label="x · TT-1", received=1.0, lift=1.0, importance=1.0,
                     rank=1, focus=None, focus_rank=None),
        ),
        heads=(HeadRow(layer=0, head=0, focus=0.5, top_query="x", top_key="=x", top_weight=1.0),),
        layers=(LayerRow(layer=0, module="m", captured_by="sdpa", focus=0.5),),
        provenance_hash="0" * 64,
        input_sha256="1" * 64,
    )  # fmt: skip


def test_the_tables_of_a_report_end_with_the_intended_use(tmp_path: Path) -> None:
    """positions, heads and layers: one row each here, the notice last."""
    writers = (write_positions, write_heads, write_layers)
    tables = [rows(write(record(), tmp_path / "t.csv")) for write in writers]
    assert [list(table[0].values())[-1] for table in tables] == [NOTICE] * 3
    assert [
        tables[0][0]["label"],
        tables[1][0]["top_key"],
        tables[2][0]["captured_by"],
    ] == ["x · TT-1", "'=x", "sdpa"]
    assert tables[0][0]["focus"] == ""

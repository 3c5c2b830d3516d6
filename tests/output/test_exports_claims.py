"""Claims as CSV: every claim, exact numbers, the intended use in every row."""

from __future__ import annotations

import csv
from pathlib import Path

from generator.exports.claim_tables import write_claims, write_expectations, write_instruments
from generator.kinds import Verdict
from generator.notice import NOTICE, SIMULATED
from generator.records import ExpectationRow, InstrumentRow
from tests.claims_by_hand import make_claim, make_claims_record

FOUND = make_claims_record(
    [
        make_claim(["air_flow", "=fuel"], 0.1 + 0.2),
        make_claim(["co_ppm"], None, Verdict.NOT_ASSESSED),
        make_claim(["air_flow", "=fuel"], 0.25, Verdict.WEAK, "cell", (8, 15)),
    ],
    instruments=[
        InstrumentRow(sensor="co_ppm", exchanged=3.0, stuck=1 / 3, drifted=0.0, missing=None)
    ],
    expectations=[
        ExpectationRow(
            kind="rests on", sensors=("air_flow", "fuel"), outcome="met", reason="It held, so."
        )
    ],
)


def rows(path: Path) -> list[dict[str, str]]:
    """The table as the standard library reads it."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_claim_is_a_row_in_the_records_order(tmp_path: Path) -> None:
    """Also what was not tested: its numbers are empty, its reason is there."""
    found = rows(write_claims(FOUND, tmp_path / "claims.csv", SIMULATED))
    assert [row["id"] for row in found] == [
        *("group:air_flow+=fuel", "group:co_ppm", "cell:air_flow+=fuel:8-15")
    ]
    assert found[1] == {
        **dict.fromkeys(found[1], ""),
        "id": "group:co_ppm",
        "granularity": "group",
        "subject": "co_ppm",
        "windows": "0",
        "statement": "The model's warning rests on co_ppm.",
        "verdict": "not assessed",
        "verdict_words": "Not assessed",
        "periods": "0",
        "reason": "co_ppm: not assessed.",
        "intended_use": f"{NOTICE} {SIMULATED}",
    }


def test_numbers_read_back_to_the_last_bit(tmp_path: Path) -> None:
    """Effects with limits in both units; 0.1 + 0.2 stays 0.30000000000000004."""
    row = rows(write_claims(FOUND, tmp_path / "claims.csv"))[0]
    claimed = FOUND.claims[0]
    assert claimed.effect is not None
    assert claimed.effect_sd is not None
    assert row["effect_sd"] == "0.30000000000000004"
    columns = ("effect", "low", "high", "effect_sd", "low_sd", "high_sd", "second_sd", "named_sd")
    assert [float(row[column]) for column in columns] == [
        *(claimed.effect.estimate, claimed.effect.low, claimed.effect.high),
        *(claimed.effect_sd.estimate, claimed.effect_sd.low, claimed.effect_sd.high),
        *(claimed.second_sd, claimed.named_sd),
    ]
    assert (row["unit"], row["share"], row["windows"], row["periods"], row["p"]) == (
        *("points", "1.0", "100", "11", "0.001"),
    )
    assert (row["span"], row["subject"]) == ("", "air_flow + =fuel")


def test_the_columns_are_the_contracts(tmp_path: Path) -> None:
    """Line 1 of each table, the intended use last."""
    files = {
        write_claims: "id,granularity,subject,span,statement,verdict,verdict_words,"
        "effect,low,high,unit,effect_sd,low_sd,high_sd,second_sd,twin_sd,named_sd,share,unusual,"
        "windows,periods,refits_found,refits,p,reason,intended_use",
        write_instruments: "sensor,exchanged,stuck,drifted,missing,unit,intended_use",
        write_expectations: "kind,sensors,outcome,reason,intended_use",
    }
    for write, header in files.items():
        written = write(FOUND, tmp_path / "some.csv").read_bytes()
        assert written.split(b"\r\n")[0].decode() == header


def test_an_instrument_without_a_figure_has_an_empty_cell(tmp_path: Path) -> None:
    """Missing readings that the model does not take are not 0."""
    (row,) = rows(write_instruments(FOUND, tmp_path / "instruments.csv", SIMULATED))
    assert row == {
        "sensor": "co_ppm",
        "exchanged": "3.0",
        "stuck": str(1 / 3),
        "drifted": "0.0",
        "missing": "",
        "unit": "points",
        "intended_use": f"{NOTICE} {SIMULATED}",
    }


def test_an_expectation_stands_beside_what_came_of_it(tmp_path: Path) -> None:
    """Kind, sensors, outcome, reason."""
    (row,) = rows(write_expectations(FOUND, tmp_path / "expectations.csv"))
    assert list(row.values()) == ["rests on", "air_flow + fuel", "met", "It held, so.", NOTICE]


def test_a_spreadsheet_runs_nothing(tmp_path: Path) -> None:
    """A sensor's name that is a formula is text in every column it comes first in."""
    sensors = make_claims_record(
        [make_claim(["=1+1"], 0.2)],
        instruments=[InstrumentRow(sensor="@x", exchanged=1, stuck=1, drifted=1, missing=1)],
    )
    assert rows(write_claims(sensors, tmp_path / "a.csv"))[0]["subject"] == "'=1+1"
    assert rows(write_instruments(sensors, tmp_path / "b.csv"))[0]["sensor"] == "'@x"

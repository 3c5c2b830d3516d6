"""The files of a report that follow from its record alone: the document and the tables.

In: a RunRecord. Out: files in a folder; the same record, the same bytes.
Never: attention weights, a file for what the record does not hold.
"""

from __future__ import annotations

from pathlib import Path

from generator.exports.claim_tables import write_claims, write_expectations, write_instruments
from generator.exports.csv import write_heads, write_layers, write_positions, write_sensors
from generator.hashing import canonical_json
from generator.notice import SIMULATED
from generator.records import ClaimsRecord, RunRecord


def write_report_tables(record: RunRecord, folder: Path) -> None:
    """Write `summary.json` and every table; nothing for a run without a result."""
    if record.attention is None or record.dataset is None:
        return
    banner = SIMULATED if record.dataset.simulated else ""
    (folder / "summary.json").write_bytes(canonical_json(record.to_document()) + b"\n")
    write_positions(record.attention, folder / "positions.csv", banner)
    write_heads(record.attention, folder / "heads.csv", banner)
    write_layers(record.attention, folder / "layers.csv", banner)
    write_sensors(record.dataset, folder / "sensors.csv")
    if record.claims:
        _write_claim_tables(folder, record.claims, banner)


def _write_claim_tables(folder: Path, claims: ClaimsRecord, banner: str) -> None:
    """A table for each thing that was asked."""
    write_claims(claims, folder / "claims.csv", banner)
    if claims.instruments:
        write_instruments(claims, folder / "instruments.csv", banner)
    if claims.expectations:
        write_expectations(claims, folder / "expectations.csv", banner)

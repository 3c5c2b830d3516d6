"""Writes the gates with their outcomes into the site, where SHA256SUMS covers them.

Never: a clock, or an outcome that no page shows.
"""

from __future__ import annotations

import json
from pathlib import Path

from generator.hashing import canonical_json
from generator.records import GatesRecord

GATES = "gates.json"


def place_gates(gates: GatesRecord | None, site: Path) -> None:
    """Writes `site/gates.json`; nothing where no manifest stands behind the site."""
    if gates is not None:
        record = json.loads(gates.model_dump_json(by_alias=True))
        (site / GATES).write_bytes(canonical_json(record) + b"\n")

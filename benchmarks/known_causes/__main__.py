"""Do effects and verdicts name what is known to have happened? All plants, all known causes.

In: the manifests, models and data of this checkout, read in place. Out: the result tables. Never: a
cause left out; one that has too few windows is listed as such.

Run: python -m benchmarks.known_causes
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
import typer

from benchmarks.known_causes.causes import read_causes
from benchmarks.known_causes.external_plants import (
    build_eastman_tables,
    build_rig_tables,
    list_absent,
)
from benchmarks.known_causes.plants import PLANTS
from benchmarks.known_causes.subject import load_subjects
from benchmarks.known_causes.twin_grades import FaultRows, grade_fault
from benchmarks.tables import read_environment, write

ROOT = Path(__file__).parents[2]
MOST = 200


def main(most: int = MOST, output: Path = ROOT / "benchmarks" / "results") -> None:
    """Grade every model on at most `most` windows a cause, and write the tables."""
    torch.set_num_threads(1)
    facts = read_environment() | {"windows of a cause, at most": most}
    found = build_twin_tables(most)
    missing = list_absent()
    if missing:
        facts["not here, not graded"] = ", ".join(missing)
    else:
        found |= build_rig_tables(most) | build_eastman_tables(most)
    write(output, "known_causes", facts, found)


def build_twin_tables(most: int) -> dict[str, list[dict[str, Any]]]:
    """The simulated plants, each report of the manifest in turn."""
    plants = {plant.dataset: plant for plant in PLANTS}
    known, found = read_causes(), FaultRows()
    for subject in load_subjects(ROOT / "reports.yaml"):
        if subject.dataset in plants:
            truth = plants[subject.dataset].truth(subject.table)
            for name, cause in known[subject.dataset].causes.items():
                found += grade_fault(subject, truth, name, cause, most)
    return {
        "Twins: expected groups": found.summary,
        "Twins: groups in which the fault shows": found.shown,
        "Twins: spans": found.spans,
        "Twins: donors beside the window's own twin": found.twins,
        "Twins: every group": found.groups,
        "Twins: too few periods to ask": found.few,
    }


if __name__ == "__main__":
    typer.run(main)

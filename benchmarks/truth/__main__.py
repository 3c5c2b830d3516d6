"""Grades what is said of models on plants with a known truth: `python -m benchmarks.truth`.

In: which cases, a folder of trained models. Out: the result tables, for each way of explaining.
Never: a figure of a model that is not adequate among those of adequate ones.
"""

from __future__ import annotations

from pathlib import Path

import typer

from benchmarks.tables import read_environment, write
from benchmarks.truth.campaign import Folders, run_campaign
from benchmarks.truth.cases import SEEDS, list_cases, sample_cases
from benchmarks.truth.explainers import WAYS
from benchmarks.truth.model_store import KEPT, read_note
from benchmarks.truth.tables import build_tables


def main(
    cases_like: list[str] = typer.Option(["*"], "--cases", help="plant/ask/kind/seed, with *"),  # noqa: B008
    ways: list[str] = typer.Option(list(WAYS), "--way"),  # noqa: B008
    seeds: int = SEEDS,
    share: float = 1.0,
    at_once: int = 1,
    kept: Path = KEPT,
    said: Path = KEPT / "said",
    output: Path = Path(__file__).parents[1] / "results",
) -> None:
    """Ask every model, training those that are not kept, and write the tables.

    What was said is kept too, in `--said`: another folder, or an empty one, asks again.
    """
    facts, every = read_environment(), sample_cases(list_cases(cases_like, seeds), share)
    facts |= {"models": len(every), "training seeds": seeds}
    found = {way: run_campaign(every, way, Folders(kept, said), at_once) for way in ways}
    facts |= {"trained on": ", ".join(sorted({read_note(case, kept).device for case in every}))}
    titled = {
        f"{title}, {way}": rows for way in ways for title, rows in build_tables(found[way]).items()
    }
    write(output, "truth", facts, titled)


if __name__ == "__main__":
    typer.run(main)

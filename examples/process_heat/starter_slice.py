"""Cuts the starter project's data from the boiler-house data: a few runs, the same columns.

Out: generator/starter/data/combustion.parquet: seven training runs, then three held-out runs, so
that the starter's own 30 % hold-out holds no run the models were trained on. Runs with many
breakthroughs are preferred, so events are more frequent here than in the whole data.

Run: python -m examples.process_heat.starter_slice
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from examples.process_heat.combustion_data import write_parquet
from examples.process_heat.combustion_windows import COMBUSTION, run_names
from examples.process_heat.group_windows import split_groups

STARTER = Path(__file__).parents[2] / "generator" / "starter" / "data" / "combustion.parquet"
TRAINING_RUNS, HELD_OUT_RUNS = 7, 3
SAMPLES_OF_A_RUN = 1140


def cut_starter_slice(frame: pl.DataFrame) -> pl.DataFrame:
    """The first hours of the runs with most breakthroughs of both parts, in file order."""
    training, held_out = split_groups(run_names(frame))
    chosen = [
        *_choose_eventful(frame, training, TRAINING_RUNS),
        *_choose_eventful(frame, held_out, HELD_OUT_RUNS),
    ]
    kept = frame.filter(pl.col("run").is_in(chosen))
    return kept.filter(pl.int_range(pl.len()).over("run") < SAMPLES_OF_A_RUN)


def _choose_eventful(frame: pl.DataFrame, runs: list[str], count: int) -> list[str]:
    by_run = frame.filter(pl.col("run").is_in(runs)).group_by("run", maintain_order=True)
    starts = by_run.agg((pl.col("co_breakthrough").cast(pl.Int8).diff() == 1).sum())
    ranked = starts.sort("co_breakthrough", descending=True, maintain_order=True)
    return ranked["run"].head(count).to_list()


def main() -> None:
    """Write the slice."""
    write_parquet(cut_starter_slice(pl.read_parquet(COMBUSTION)), STARTER)


if __name__ == "__main__":
    main()

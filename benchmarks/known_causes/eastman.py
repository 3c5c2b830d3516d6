"""The Tennessee Eastman runs as windows: chunks of rows, by turns for training and held out.

In: the data set, read in place. Out: a spec and a table in memory. Rows before a run's fault are
without fault, so that what sets one run apart from another tells no class. Never: a copy on disk.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from generator.datasets.windows import SensorTable, build_table
from generator.spec.datasets import DatasetSpec

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data" / "tennessee_eastman" / "tep_test_runs.csv.gz"
SENSORS = (*(f"xmeas_{at}" for at in range(1, 42)), *(f"xmv_{at}" for at in range(1, 12)))
FAULT_FROM = 160  # of 960 rows of a run, 3 minutes each
CHUNK, GAP, WINDOW = 15, 5, 10
DATASET = "tennessee-eastman"


def build_spec(chunks: int) -> DatasetSpec:
    """What a manifest would say of so many chunks: the second of each two is held out."""
    return DatasetSpec.model_validate(
        {
            "path": str(DATA),
            "time": None,
            "group": "chunk",
            "sensors": {name: {"unit": ""} for name in SENSORS},
            "target": {"column": "fault", "horizon": "0 rows", "task": "class", "healthy": ["0"]},
            "window": {"length": WINDOW, "stride": 1},
            "holdout": {"fraction": 0.5, "by": "group", "blocks": chunks // 2},
            "simulated": True,
            "licence": "NCSA-style; the notice is kept with the data",
        }
    )


def cut_chunks(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with the name of their chunk, gaps between chunks left out, faults as they are on.

    Chunks begin with a run and at its fault, so that none holds both states.
    """
    row = pl.int_range(pl.len()).over("fault")
    kept = frame.with_columns(row=row).filter(pl.col("row") % (CHUNK + GAP) < CHUNK)
    place = (pl.col("row") // (CHUNK + GAP)).cast(pl.String)
    return kept.select(
        (pl.col("fault").cast(pl.String) + "-" + place).alias("chunk"),
        pl.when(pl.col("row") < FAULT_FROM).then(0).otherwise(pl.col("fault")).alias("fault"),
        *SENSORS,
    )


def read_runs() -> tuple[DatasetSpec, SensorTable]:
    """The spec and the table of all runs."""
    rows = cut_chunks(pl.read_csv(DATA, infer_schema_length=None))
    found = build_spec(rows["chunk"].n_unique())
    return found, build_table(found, rows)

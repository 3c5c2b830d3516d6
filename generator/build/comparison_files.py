"""Writes the files of one comparison: the document, the tables, the picture of both maps.

In: the record and, where there is something to compare, both sides. Out: the record with the list
of its files. Never: a file for what cannot be compared, a file that is not listed.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from generator.comparison.alignment import align, select_shared_maps
from generator.comparison.side import Side
from generator.exports.comparison import write_comparison_tables
from generator.exports.listing import list_artifacts
from generator.exports.names import compose_description
from generator.exports.png import save_png
from generator.figures.comparison import MapPair, draw_pair
from generator.notice import NOTICE, SIMULATED
from generator.records.comparison import ComparisonRecord

PICTURE = "maps.png"
TITLES = {
    "comparison.json": "Every number of this comparison",
    "claims.csv": "Verdicts and effects of every claim that both reports made",
    "positions.csv": "Importance and rank in both models, by position",
    "heads.csv": "Pattern and nearest match of each head",
    PICTURE: "Both mean maps and their difference",
}


def write_comparison_files(
    record: ComparisonRecord, sides: tuple[Side, Side] | None, folder: Path
) -> ComparisonRecord:
    """The record with its files in `folder`, listed with size and digest."""
    folder.mkdir(parents=True, exist_ok=True)
    use = compose_description(NOTICE, SIMULATED if record.simulated else "")
    write_comparison_tables(record, folder)
    pair = build_map_pair(*sides, SIMULATED if record.simulated else "") if sides else None
    if pair:
        save_png(draw_pair(pair), folder / PICTURE, use)
    return record.model_copy(update={"artifacts": list_artifacts(folder, TITLES)})


def build_map_pair(a: Side, b: Side, banner: str = "") -> MapPair | None:
    """Both mean maps over the shared positions; None where rows or columns are not the same."""
    alignment = align(a, b)
    if not alignment.comparable or a.same != b.same:
        return None
    one, other = (_mean_map(a, alignment.places_a), _mean_map(b, alignment.places_b))
    if one.shape != other.shape:
        return None
    names = tuple(a.names[place] for place in alignment.places_a)
    queries = names if a.same else tuple(f"position_{row}" for row in range(len(one)))
    return MapPair(one, other, queries, names, a.name, b.name, banner)


def _mean_map(side: Side, places: tuple[int, ...]) -> np.ndarray:
    maps, _ = select_shared_maps(side, places)
    return np.asarray(maps.mean(axis=(0, 1), dtype=np.float64))

"""Writes the files of one comparison: the document, the tables, the picture of both maps.

In: the record and, where there is something to compare, both sides. Out: the record with the list
of its files. Never: a file for what cannot be compared, a file that is not listed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from generator.exports.comparison import write_comparison_tables
from generator.exports.listing import list_artifacts
from generator.exports.names import compose_description
from generator.notice import NOTICE, SIMULATED
from generator.records.comparison import ComparisonRecord

if TYPE_CHECKING:
    from generator.comparison.side import Side

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
    write_comparison_tables(record, folder)
    if sides:
        _draw_maps(sides, SIMULATED if record.simulated else "", folder / PICTURE)
    return record.model_copy(update={"artifacts": list_artifacts(folder, TITLES)})


def _draw_maps(sides: tuple[Side, Side], banner: str, path: Path) -> None:
    """The picture of both mean maps, where they have rows and columns in common."""
    from generator.build.map_pair import build_map_pair
    from generator.exports.png import save_png
    from generator.figures.comparison import draw_pair

    pair = build_map_pair(*sides, banner)
    if pair:
        save_png(draw_pair(pair), path, compose_description(NOTICE, banner))

"""The files of a hand-made run, written by the program's own writers. Never published."""

from __future__ import annotations

from pathlib import Path

from generator.attention import AttentionWeights
from generator.exports.report import write_report_tables
from generator.figures import draw
from generator.figures.maps import write_maps
from generator.figures.thumbnails import write_thumbnails
from generator.figures.view import make_map_view
from generator.hashing import sha256_file
from generator.kinds import VisualizationType
from generator.notice import SIMULATED
from generator.records import Artifact, RunRecord


def write_artifacts(
    record: RunRecord, weights: AttentionWeights, folder: Path, *, pictures: bool = False
) -> RunRecord:
    """The record with files in `folder`: maps, thumbnails, tables and, if asked, pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    labels = [f"window {i + 1}" for i in range(weights.samples)]
    write_maps(weights, folder / "maps", labels)
    (folder / "figures").mkdir(exist_ok=True)
    write_thumbnails(weights, folder / "figures" / "heads.png")
    if pictures:
        _write_pictures(record, weights, folder / "figures", labels)
    write_report_tables(record, folder)
    return record.model_copy(update={"artifacts": tuple(_list_artifacts(folder))})


def _write_pictures(
    record: RunRecord, weights: AttentionWeights, folder: Path, labels: list[str]
) -> None:
    simulated = bool(record.dataset and record.dataset.simulated)
    view = make_map_view(
        weights, None, None, sample_labels=labels, banner=SIMULATED if simulated else ""
    )
    for kind in VisualizationType:
        draw(view, kind).savefig(folder / f"{kind.value}.png", dpi=100)


def _list_artifacts(folder: Path) -> list[Artifact]:
    titles = {"csv": "Table", "json": "Summary with every number", "png": "Picture", "js": "Map"}
    kinds = {"csv": "text/csv", "json": "application/json", "png": "image/png"}
    return [
        Artifact(
            path=path.relative_to(folder).as_posix(),
            title=f"{titles[path.suffix[1:]]}: {path.stem}",
            media_type=kinds.get(path.suffix[1:], "text/javascript"),
            size=path.stat().st_size,
            sha256=sha256_file(path),
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]

"""Writes the files of one report: maps, tables, figures, the stand-alone page.

In: the summary, the record so far, the dataset's labels. Out: the list of Artifacts.
Never: a clock in a file; a file that is not listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from generator.attention import AttentionSummary, AttentionWeights
from generator.exports import export
from generator.exports.html import write_html
from generator.exports.listing import list_artifacts
from generator.exports.names import compose_description
from generator.exports.panel import draw_panel
from generator.exports.png import save_png
from generator.exports.report import write_report_tables
from generator.figures import draw
from generator.figures.maps import write_maps
from generator.figures.thumbnails import write_thumbnails
from generator.figures.view import make_map_view
from generator.hashing import canonical_json
from generator.kinds import ExportFormat, VisualizationType
from generator.notice import NOTICE, SIMULATED
from generator.records import Artifact, DatasetRecord, RunRecord

FIGURE_SIZE = (10.0, 8.0)
TITLES = {
    "summary.json": "Every number of this report",
    "positions.csv": "Attention received and given, by position",
    "sensors.csv": "Sensors, units and ranges",
    "heads.csv": "Focus and strongest link of each head",
    "layers.csv": "Focus of each layer",
    "claims.csv": "Every claim with its verdict, effects and reason",
    "instruments.csv": "How far the answer moves when an instrument misbehaves",
    "expectations.csv": "What was expected of the model, and what came of it",
    "attention.safetensors": "Exact attention maps (float32)",
    "report.html": "This report as one interactive file",
    "figures/summary.png": "Summary picture",
    "figures/heads.png": "All heads at a glance",
}


def write_artifacts(
    folder: Path,
    record: RunRecord,
    summary: AttentionSummary,
    sample_labels: Sequence[str],
    extra: Sequence[ExportFormat],
) -> tuple[Artifact, ...]:
    """All files of a report below `folder`, listed with size and digest.

    Raises:
        ValueError: the record has no result.
    """
    if record.attention is None or record.dataset is None:
        raise ValueError(f"report {record.id} has no result to write")
    banner = SIMULATED if record.dataset.simulated else ""
    write_report_tables(record, folder)
    _write_weights(folder / "attention.safetensors", summary.weights)
    _write_figures(folder / "figures", summary, sample_labels, banner)
    write_maps(summary.weights, folder / "maps", sample_labels)
    write_html(
        summary,
        folder / "report.html",
        banner=banner,
        sample_labels=sample_labels,
        title=record.id,
        facts=list_facts(record, record.dataset),
    )
    for kind in extra:
        if kind is not ExportFormat.HTML:
            export(summary, kind, folder / f"attention_summary.{kind.value}", banner=banner)
    return list_artifacts(folder, TITLES)


def list_facts(record: RunRecord, dataset: DatasetRecord) -> tuple[tuple[str, str], ...]:
    """What the stand-alone page says first, for a reader who has that file only."""
    quality = record.quality.words if record.quality else "No held-out figure is on record."
    return (
        ("Dataset", f"{dataset.id} ({dataset.file})"),
        ("Target", dataset.target_words),
        ("Explained period", f"{dataset.explained_first} – {dataset.explained_last}"),
        ("Windows", f"{dataset.explained:,} of {dataset.windows:,} held-out windows"),
        ("Model quality", quality),
        *_list_claims(record),
        ("Run key", record.key),
    )


def _list_claims(record: RunRecord) -> Iterator[tuple[str, str]]:
    """Each sensor group's claim with its verdict and reason."""
    for claim in record.claims.of("group") if record.claims else ():
        yield f"Claim: {', '.join(claim.subject)}", f"{claim.verdict.words}. {claim.reason}"


def _write_weights(path: Path, weights: AttentionWeights) -> None:
    arrays = {"attention": np.ascontiguousarray(weights.weights, dtype=np.float32)}
    if weights.received_by_sample is not None:
        arrays["received_by_sample"] = np.ascontiguousarray(weights.received_by_sample)
    axes = {"attention": "layer head query key", "received_by_sample": "sample layer key"}
    about = canonical_json({"axes": axes, "intended_use": NOTICE}).decode()
    save_file(arrays, path, metadata={"about": about})  # several keys come out in random order


def _write_figures(
    folder: Path, summary: AttentionSummary, sample_labels: Sequence[str], banner: str
) -> None:
    folder.mkdir()
    description = compose_description(NOTICE, banner)
    view = make_map_view(summary.weights, None, None, sample_labels=sample_labels, banner=banner)
    for kind in VisualizationType:
        save_png(draw(view, kind, FIGURE_SIZE), folder / f"{kind.value}.png", description)
    save_png(draw_panel(summary, banner), folder / "summary.png", description)
    write_thumbnails(summary.weights, folder / "heads.png", banner)

"""Tables as CSV that a spreadsheet cannot be tricked with: rows in, RFC 4180 files out.

Line 1 is always the header, the last column always the intended use. Strings that a spreadsheet
would run as a formula get a leading apostrophe; numbers stay numbers. Never: a comment line.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from generator.attention import AttentionSummary
from generator.exports.names import compose_description, key_names, query_names, ranks, to_number
from generator.exports.output import open_whole_file
from generator.notice import NOTICE, SIMULATED
from generator.records import AttentionRecord, DatasetRecord
from generator.render import make_inert

MEDIA_TYPE = "text/csv"
Cell = str | int | float | None

FORMULA = frozenset("=+-@|%＝＋－＠｜％")  # OWASP, and their full-width twins
LEADING = frozenset("\t\r")
INTENDED_USE = "intended_use"

SUMMARY = ("Feature", "Attention Score", "Rank", "Lift", "Received", "Focus", "Focus Rank")
POSITIONS = ("position", "name", "label", "importance", "rank", "lift", "received", "focus",
             "focus_rank")  # fmt: skip
HEADS = ("layer", "head", "focus", "top_query", "top_key", "top_weight")
LAYERS = ("layer", "module", "captured_by", "focus", "kind", "proof")
SENSORS = ("sensor", "tag", "unit", "basis", "kind", "derived_from", "low", "mean", "high",
           "missing", "explained_low", "explained_high", "outside_training")  # fmt: skip


def write_csv(summary: AttentionSummary, path: Path, *, banner: str = "") -> Path:
    """Every key position in rank order, with importance, lift, received and focus."""
    return write_table(
        list_summary_rows(summary), SUMMARY, path, compose_description(summary.notice, banner)
    )


def write_table(
    rows: Iterable[Sequence[Cell]], columns: Sequence[str], path: Path, use: str = NOTICE
) -> Path:
    """Write rows under their columns plus `intended_use`, in one step; returns the path.

    Raises:
        ValueError: a row with more or fewer cells than columns.
    """
    with open_whole_file(path) as beside, beside.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\r\n")
        table.writerow([*columns, INTENDED_USE])
        for row in rows:
            if len(row) != len(columns):
                raise ValueError(f"{len(row)} cells for {len(columns)} columns: {list(columns)}")
            table.writerow([to_cell(value) for value in (*row, use)])
    return path


def to_cell(value: Cell) -> Cell:
    """A number as it is, a harmless string, or nothing for a value that is not there."""
    if isinstance(value, str):
        return make_harmless(value)
    if value is None or not math.isfinite(value):
        return ""
    return int(value) if isinstance(value, int) else float(value)


def make_harmless(text: str) -> str:
    """The text without controls, and never one that a spreadsheet runs as a formula."""
    clean = make_inert(text)
    first = clean.strip()[:1]
    return f"'{clean}" if first in FORMULA or text[:1] in LEADING else clean


def list_summary_rows(summary: AttentionSummary) -> Iterator[Sequence[Cell]]:
    """Rows of `write_csv`; focus belongs to queries, so it is empty where they are others."""
    names, count = key_names(summary), len(summary.feature_importance)
    scores = [float(value) for value in summary.feature_importance]
    rank_of = ranks(summary.feature_importance)
    same = query_names(summary) == names
    focus, focus_rank = to_column(summary.focus if same else (), count), ranks(summary.focus)
    lift, received = to_column(summary.lift, count), to_column(summary.received, count)
    for index in sorted(range(count), key=lambda i: rank_of[i] or count + 1):
        yield (
            names[index],
            scores[index],
            rank_of[index],
            lift[index],
            received[index],
            focus[index],
            focus_rank[index] if focus[index] is not None else None,
        )


def to_column(values: Iterable[float], count: int) -> list[float | None]:
    """Numbers of a column; all missing where the summary does not hold them.

    Raises:
        ValueError: more or fewer values than positions.
    """
    numbers = [float(value) for value in values]
    if not numbers:
        return [None] * count
    if len(numbers) != count:
        raise ValueError(f"{len(numbers)} values for {count} positions in a column")
    return [to_number(value) for value in numbers]


def write_positions(record: AttentionRecord, path: Path, banner: str = "") -> Path:
    """Attention received and given by each position, in order of position."""
    rows = (
        (p.index, p.name, p.label, p.importance, p.rank, p.lift, p.received, p.focus, p.focus_rank)
        for p in record.positions
    )
    return write_table(rows, POSITIONS, path, compose_description(NOTICE, banner))


def write_heads(record: AttentionRecord, path: Path, banner: str = "") -> Path:
    """Focus and strongest link of each head."""
    rows = ((h.layer, h.head, h.focus, h.top_query, h.top_key, h.top_weight) for h in record.heads)
    return write_table(rows, HEADS, path, compose_description(NOTICE, banner))


def write_layers(record: AttentionRecord, path: Path, banner: str = "") -> Path:
    """Module, way of capture and focus of each layer."""
    rows = (
        (row.layer, row.module, row.captured_by, row.focus, row.kind, row.proof)
        for row in record.layers
    )
    return write_table(rows, LAYERS, path, compose_description(NOTICE, banner))


def write_sensors(dataset: DatasetRecord, path: Path) -> Path:
    """Tag, unit, kind and range of each sensor; simulated data says so in every row."""
    rows = (
        (
            *(row.sensor.name, row.sensor.tag, row.sensor.unit, row.sensor.basis),
            *(row.sensor.kind.value, " ".join(row.sensor.derived_from)),
            *(row.low, row.mean, row.high, row.missing),
            *(row.explained_low, row.explained_high, row.outside_training),
        )
        for row in dataset.sensors
    )
    banner = SIMULATED if dataset.simulated else ""
    return write_table(rows, SENSORS, path, compose_description(NOTICE, banner))

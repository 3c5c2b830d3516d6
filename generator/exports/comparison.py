"""A comparison as files: one JSON document, tables of claims, of positions and of heads.

Never: a table where nothing may be compared, a line before the header.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from generator.exports.claim_tables import TOGETHER, to_interval_cells
from generator.exports.csv import Cell, write_table
from generator.exports.names import compose_description
from generator.exports.output import open_whole_file
from generator.hashing import canonical_json
from generator.notice import NOTICE, SIMULATED
from generator.records.claim_comparison import ClaimsComparison
from generator.records.comparison import (
    AttentionComparison,
    ComparisonRecord,
    HeadMatch,
    HeadStatistics,
)

POSITIONS = ("name", "label", "position_a", "position_b", "importance_a", "importance_b", "lift_a",
             "lift_b", "rank_a", "rank_b", "rank_change")  # fmt: skip
HEADS = ("report", "layer", "head", "pattern", "focus", "own_position", "one_position",
         "neighbours", "nearest_layer", "nearest_head", "likeness", "matched")  # fmt: skip

CLAIMS = ("id", "granularity", "subject", "span", "verdict_a", "verdict_b", "changed",
          "effect_sd_a", "low_sd_a", "high_sd_a", "effect_sd_b", "low_sd_b", "high_sd_b",
          "effect_a", "low_a", "high_a", "effect_b", "low_b", "high_b", "unit", "reason_a",
          "reason_b")  # fmt: skip


def write_comparison_tables(record: ComparisonRecord, folder: Path) -> None:
    """Write `comparison.json` and each table that the record has rows for."""
    use = compose_description(NOTICE, SIMULATED if record.simulated else "")
    attention = record.attention
    write_comparison(record, folder / "comparison.json")
    if record.claims and record.claims.claims:
        write_compared_claims(record.claims, folder / "claims.csv", use)
    if attention and attention.positions:
        write_compared_positions(attention, folder / "positions.csv", use)
    if attention and (attention.heads_a or attention.heads_b):
        write_compared_heads(attention, folder / "heads.csv", use)


def write_comparison(record: ComparisonRecord, path: Path) -> Path:
    """The record without its list of files as canonical JSON; returns the path."""
    with open_whole_file(path) as beside:
        beside.write_bytes(canonical_json(record.to_document()) + b"\n")
    return path


def write_compared_claims(found: ClaimsComparison, path: Path, use: str = NOTICE) -> Path:
    """Every claim that both reports made, with both verdicts and effects."""
    rows = (
        (
            *(claim.id, claim.granularity, TOGETHER.join(claim.subject), claim.span),
            *(claim.verdict_a.value, claim.verdict_b.value, "yes" if claim.changed else "no"),
            *to_interval_cells(claim.effect_sd_a),
            *to_interval_cells(claim.effect_sd_b),
            *to_interval_cells(claim.effect_a),
            *to_interval_cells(claim.effect_b),
            *(found.unit, claim.reason_a, claim.reason_b),
        )
        for claim in found.claims
    )
    return write_table(rows, CLAIMS, path, use)


def write_compared_positions(found: AttentionComparison, path: Path, use: str = NOTICE) -> Path:
    """Every shared position with its figures in both models."""
    rows = (
        (
            *(p.name, p.label, p.index_a, p.index_b, p.importance_a, p.importance_b),
            *(p.lift_a, p.lift_b, p.rank_a, p.rank_b, p.rank_change),
        )
        for p in found.positions
    )
    return write_table(rows, POSITIONS, path, use)


def write_compared_heads(found: AttentionComparison, path: Path, use: str = NOTICE) -> Path:
    """Every head of both models with its pattern and, where it can be told, its nearest match."""
    a, b = found.names
    rows = [
        *_list_head_rows(a, found.heads_a, found.matches_a),
        *_list_head_rows(b, found.heads_b, found.matches_b),
    ]
    return write_table(rows, HEADS, path, use)


def _list_head_rows(
    report: str, heads: Sequence[HeadStatistics], matches: Sequence[HeadMatch]
) -> Iterator[Sequence[Cell]]:
    nearest = {(match.layer, match.head): match for match in matches}
    for head in heads:
        match = nearest.get((head.layer, head.head))
        yield (
            *(report, head.layer, head.head, head.pattern.value),
            *(head.focus, head.own, head.one, head.near),
            *((match.other_layer, match.other_head, match.likeness) if match else (None,) * 3),
            ("yes" if match.matched else "no") if match else None,
        )

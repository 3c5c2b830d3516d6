"""One side of a comparison: names, figures and maps of a run or of a summary, in one shape.

In: an AttentionSummary, or a RunRecord and the folder of its files. Out: Side.
Never: a name for a token that does not stand for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from generator.attention import AttentionSummary, AttentionWeights
from generator.kinds import TokenKind
from generator.measures.visible import find_visible
from generator.records import RunRecord

MAPS = "attention.safetensors"


@dataclass(frozen=True, eq=False)
class Side:
    """Attention of one model, ready to be set beside another's.

    Attributes:
        name: the report's id, or the model's name.
        tokens: what one token stands for; group: 'encoder', 'decoder' or 'cross'.
        names: one per key; labels: the same with tag and unit; named: whether somebody named them.
        importance, lift: (keys,).
        maps: (layers, heads, queries, keys).
        mask: (queries, keys) bool.
        averaged_heads: how many heads one map is the mean of.
        same: queries are the keys, position by position.
        special: the names of tokens that hold no reading; they are never compared.
    """

    name: str
    tokens: TokenKind
    group: str
    names: tuple[str, ...]
    labels: tuple[str, ...]
    named: bool
    importance: np.ndarray
    lift: np.ndarray
    maps: np.ndarray
    mask: np.ndarray
    averaged_heads: int
    same: bool
    special: frozenset[str] = frozenset()

    @property
    def mean_map(self) -> np.ndarray:
        """(queries, keys) float64: the mean over layers and heads."""
        return np.asarray(self.maps.mean(axis=(0, 1), dtype=np.float64))


def build_summary_side(summary: AttentionSummary) -> Side:
    """A side from a summary.

    Raises:
        ValueError: the summary carries no weights.
    """
    weights = summary.weights
    if not weights.weights.size or not summary.names:
        raise ValueError(
            f"the summary of {weights.model_name} carries no attention: "
            "make it with get_attention_summary"
        )
    return Side(
        name=weights.model_name,
        tokens=_find_token_kind(weights),
        group=weights.group,
        names=tuple(summary.names),
        labels=tuple(summary.names),
        named=bool(weights.feature_names or weights.timestep_names),
        importance=np.asarray(summary.feature_importance, dtype=np.float64),
        lift=np.asarray(summary.lift, dtype=np.float64),
        maps=weights.weights,
        mask=find_visible(weights),
        averaged_heads=weights.averaged_heads,
        same=summary.query_names == summary.names,
    )


def _find_token_kind(weights: AttentionWeights) -> TokenKind:
    """What tokens are; positions named by hand are what they are named as."""
    if weights.tokens is not TokenKind.POSITIONS:
        return weights.tokens
    if weights.feature_names:
        return TokenKind.SENSORS
    return TokenKind.TIMESTEPS if weights.timestep_names else TokenKind.POSITIONS


def read_run_side(record: RunRecord, files: Path) -> Side:
    """A side from a run and its exact maps below `files`.

    Raises:
        ValueError: the run has no result.
    """
    attention, model = record.attention, record.model
    if attention is None or model is None:
        raise ValueError(f"report {record.id} has no result to compare")
    maps = load_file(files / MAPS)["attention"]
    return Side(
        name=record.id,
        tokens=attention.tokens,
        group=attention.group,
        names=attention.names,
        labels=tuple(position.label for position in attention.positions),
        named=attention.tokens in (TokenKind.SENSORS, TokenKind.TIMESTEPS),
        importance=np.array([position.importance for position in attention.positions]),
        lift=np.array([position.lift for position in attention.positions]),
        maps=maps,
        mask=find_visible(AttentionWeights(weights=maps)),
        averaged_heads=model.heads if attention.shape[1] == 1 else 1,
        same=attention.query_names == attention.names,
        special=frozenset(position.name for position in attention.positions if position.special),
    )

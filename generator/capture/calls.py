"""One attention computation of a model, and the blocks of probabilities it yields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import torch

Caught = Literal["sdpa", "softmax", "row sums"]


@dataclass(frozen=True)
class AttentionCall:
    """Where an attention ran, how it was caught, its geometry.

    Attributes:
        module: qualified name of the innermost module that ran it.
        repeat: how many calls this module had made before.
        caught: 'sdpa' (recomputed from query and key), 'softmax' (the consumed tensor itself) or
            'row sums' (last resort: scores that became rows summing to 1 without a softmax).
        rows: batch rows (samples, times channels or windows where the model puts them there).
        heads, queries, keys: the sizes of the map.
        crosses: the call itself showed that keys come from another sequence than queries.
        sinks: columns were dropped after the softmax, so rows may sum to less than 1.
    """

    module: str
    repeat: int
    caught: Caught
    rows: int
    heads: int
    queries: int
    keys: int
    crosses: bool = False
    sinks: bool = False

    @property
    def name(self) -> str:
        """The module's name, with the repeat where a module ran more than once."""
        return self.module if self.repeat == 0 else f"{self.module}#{self.repeat}"


@dataclass(frozen=True)
class Block:
    """Probabilities of some batch rows and some queries of one call.

    It starts at batch row `row` and at query `query`, and holds either whole maps of several
    rows or some queries of a single row.

    Attributes:
        values: (rows, heads, queries, keys) probabilities, float.
        entropy: (rows, heads, queries) of each row of probabilities, in nats.
        visible: (rows, 1 or heads, queries, keys) bool, True where the query may see the key.
    """

    row: int
    query: int
    values: torch.Tensor
    entropy: torch.Tensor
    visible: torch.Tensor


class Product(Protocol):
    """The product a call computed, probabilities times values, read without holding it whole."""

    @property
    def value(self) -> torch.Tensor | None:
        """(rows, heads or fewer key heads, keys, width): what the probabilities multiplied."""

    @property
    def output(self) -> torch.Tensor | None:
        """(rows, heads, queries, width): what the model's own kernel returned."""

    def blocks(self) -> Iterator[Block]:
        """The probabilities, in order, once."""


@dataclass(frozen=True)
class LayerMap:
    """One call, reduced over samples; padded queries are left out of every mean.

    Attributes:
        call: where it came from.
        values: (heads or 1, queries, keys) float32, mean over the chosen samples.
        focus: (heads, queries), mean over samples of 1 - entropy / log(visible keys), per row
            and head before anything is averaged; NaN for queries that are padding everywhere.
        mask: (queries, keys) bool, True where the query may see the key in some sample.
        received: (samples, keys), mean over heads and real queries of each sample.
        expected: (samples, keys), what `received` would be if attention were spread evenly.
    """

    call: AttentionCall
    values: np.ndarray
    focus: np.ndarray
    mask: np.ndarray
    received: np.ndarray
    expected: np.ndarray

"""One attention computation of a model, and the blocks of probabilities it yields."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import torch

from generator.capture.kernels.workspace import Workspace

Caught = Literal["sdpa", "flex", "softmax", "row sums"]


@dataclass(frozen=True)
class AttentionCall:
    """Where an attention ran, how it was caught, its geometry.

    Attributes:
        module: qualified name of the innermost module that ran it.
        repeat: how many calls this module had made before in the same forward pass.
        caught: 'sdpa' or 'flex' (recomputed from query and key), 'softmax' (the consumed tensor
            itself) or 'row sums' (last resort: scores that became rows summing to 1 otherwise).
        rows: batch rows (samples, times channels or windows where the model puts them there).
        heads, queries, keys: the sizes of the map.
        crosses: the call itself showed that keys come from another sequence than queries.
        sinks: columns were dropped after the softmax, so rows may sum to less than 1.
        forward: how many forward passes of the model came before; generation makes one a token.
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
    forward: int = 0

    @property
    def name(self) -> str:
        """The module's name, with the repeat where a module ran more than once."""
        return self.module if self.repeat == 0 else f"{self.module}#{self.repeat}"


@dataclass(frozen=True)
class Block:
    """Probabilities of some batch rows, some heads and some queries of one call.

    Attributes:
        row: the batch row it starts at.
        head: the head it starts at.
        query: the query it starts at.
        values: (rows, heads, queries, keys) probabilities, float. Keys after its last are 0 and
            masked for every query of the block.
        visible: (rows, 1 or heads, queries, keys) bool, True where the query may see the key;
            None where each sees every key of the call.
        scores: what the values are the softmax of, finite; None where the model kept it to itself.
        work: where results of its size may be put, where it has such a place.
    """

    row: int
    head: int
    query: int
    values: torch.Tensor
    visible: torch.Tensor | None = None
    scores: torch.Tensor | None = None
    work: Workspace | None = None

    @property
    def rows(self) -> slice:
        """Its batch rows."""
        return slice(self.row, self.row + self.values.shape[0])

    @property
    def heads(self) -> slice:
        """Its heads."""
        return slice(self.head, self.head + self.values.shape[1])

    @property
    def queries(self) -> slice:
        """Its queries."""
        return slice(self.query, self.query + self.values.shape[2])

    @property
    def keys(self) -> int:
        """How many keys it holds, from the first."""
        return self.values.shape[3]

    def entropy(self) -> torch.Tensor:
        """(rows, heads, queries) entropy of each row of probabilities, brought to 1, in nats.

        From scores it is logsumexp - sum(p s): one product where p log p needs a logarithm each.
        """
        if self.scores is None:
            least = torch.finfo(self.values.dtype).tiny
            share = self.values / self.values.sum(-1, keepdim=True).clamp(min=least)
            whole: torch.Tensor = torch.special.entr(share).sum(-1)
            return whole
        top = self.values.amax(-1)
        place = self.work.take("entropy", tuple(self.values.shape)) if self.work else None
        spread = torch.mul(self.values, self.scores, out=place).sum(-1)
        nats: torch.Tensor = self.scores.amax(-1) - top.log() - spread
        return nats.masked_fill_(top == 0, 0.0)


EVERY = slice(None)


def key_heads(heads: slice, shared: int) -> slice:
    """The key heads that serve some query heads, `shared` of which have one in common."""
    return slice(heads.start // shared, (heads.stop - 1) // shared + 1)


class Product(Protocol):
    """The product a call computed, probabilities times values, read without holding it whole."""

    @property
    def value(self) -> torch.Tensor | None:
        """(rows, heads or fewer key heads, keys, width): what the probabilities multiplied."""

    @property
    def output(self) -> torch.Tensor | None:
        """(rows, heads, queries, width): what the model's own kernel returned."""

    def blocks(self, rows: slice = EVERY) -> Iterator[Block]:
        """The probabilities of these batch rows: by row, then query, then head.

        A block's tensors hold until the next block is taken: they share memory.
        """


@dataclass(frozen=True)
class WatchedTensor:
    """The tensor of a call whose gradient tells that of its map, in a forward pass with gradients.

    Attributes:
        tensor: what the model computed: the kernel's output, or the probabilities themselves.
        arrange: brings its gradient to (rows, heads, queries, width or keys).
        output: whether it is the output; its gradient times the values' transpose is the map's.
    """

    tensor: torch.Tensor
    arrange: Callable[[torch.Tensor], torch.Tensor]
    output: bool


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

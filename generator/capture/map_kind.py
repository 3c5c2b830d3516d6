"""What a map's rows and columns are, from evidence alone: shapes, masks, the module that ran.

In: a call, its module, what was visible, the rows of each sample. Out: a MapKind. Never: a guess;
what nothing shows is called a part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

import numpy as np
from torch import nn

from generator.capture.calls import AttentionCall, LayerMap
from generator.capture.groups import group_of

Attends = Literal["self", "cross", "pooled"]
Sees = Literal["all keys", "earlier keys", "nearby keys", "earlier nearby keys", "some keys"]
Rows = Literal["samples", "channels", "windows", "parts"]

# Attributes that say a module shortens its own queries or keys.
POOLING = (
    *("sr_ratio", "sequences_reduction_ratio", "q_stride", "query_stride", "pool_q", "pool_k"),
    *("kv_downsample", "stride_kv", "conv_projection_key", "pooling_ratio"),
)
# Attributes that say how long a window, chunk or block of a module is.
WINDOWS = (
    *("window_size", "chunk_length", "chunk_size", "block_size", "block_len"),
    *("attention_window", "one_sided_attn_window_size", "lsh_attn_chunk_length"),
)
SPARSE_QUERIES = ("probsparse", "probattention")


@dataclass(frozen=True)
class MapKind:
    """What one map is.

    Attributes:
        attends: to its own sequence, to another one, or to its own after shortening it.
        sees: which keys its mask leaves to each query.
        rows: what the batch rows of one sample are; 'samples' where there is one.
        queries: what the positions of the query axis are.
        keys: what those of the key axis are.
    """

    attends: Attends
    sees: Sees
    rows: Rows
    queries: str
    keys: str

    def words(self) -> str:
        """One phrase for a table."""
        parts = [f"{self.attends}, {self.sees}"]
        if self.rows != "samples":
            parts.append(f"mean over {self.rows}")
        if self.queries == self.keys and self.queries != "positions":
            parts.append(self.queries)
        elif self.queries != self.keys:
            parts.append(f"{self.queries} to {self.keys}")
        return "; ".join(parts)


def classify_maps(model: nn.Module, maps: Sequence[LayerMap], samples: int) -> list[MapKind]:
    """The kind of each; a series model's config says how many channels it reads."""
    inner = getattr(model, "_orig_mod", model)
    modules = dict(inner.named_modules())
    channels = getattr(getattr(inner, "config", None), "num_input_channels", None)
    return [
        classify_map(
            item.call,
            modules.get(item.call.module),
            item.mask,
            item.call.rows // samples,
            channels,
        )
        for item in maps
    ]


def classify_map(
    call: AttentionCall,
    module: nn.Module | None,
    visible: np.ndarray,
    per_sample: int,
    channels: int | None = None,
) -> MapKind:
    """The kind of one call; `visible` (queries, keys) is True where a query may see a key.

    `channels` is how many series the model's config says it reads.
    """
    rows = _classify_rows(call, module, per_sample, channels)
    place = "positions within a window" if rows == "windows" else "positions"
    if has_sparse_queries(call, module):
        return MapKind("self", _classify_mask(visible), rows, "queries the model chose", place)
    if group_of(call) == "cross":
        return MapKind(
            "cross", _classify_mask(visible), rows, place, "positions of the other sequence"
        )
    if call.queries != call.keys:
        shorter = "pooled positions"
        names = (place, shorter) if call.queries > call.keys else (shorter, place)
        return MapKind("pooled", _classify_mask(visible), rows, *names)
    return MapKind("self", _classify_mask(visible), rows, place, place)


def is_pooling(module: nn.Module | None) -> bool:
    """Whether a module says that it shortens its own sequence before it attends."""
    settings = (getattr(module, name, None) for name in POOLING)
    return any(value not in (None, False, 0, 1, (1, 1)) for value in settings)


def has_sparse_queries(call: AttentionCall, module: nn.Module | None) -> bool:
    """Whether only the queries that the model chose have a row of their own."""
    kind = type(module).__name__.lower()
    return call.queries < call.keys and any(word in kind for word in SPARSE_QUERIES)


def _classify_rows(
    call: AttentionCall, module: nn.Module | None, per_sample: int, channels: int | None
) -> Rows:
    if per_sample == 1:
        return "samples"
    if channels == per_sample:
        return "channels"
    return "windows" if _is_windowed(call, module) else "parts"


def _is_windowed(call: AttentionCall, module: nn.Module | None) -> bool:
    """Whether a length the module or its config states, or its square, is that of the queries."""
    holders = (module, getattr(module, "config", None))
    for holder, name in product(holders, WINDOWS):
        value: Any = getattr(holder, name, None)
        sizes = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        numbers = [n for n in sizes if isinstance(n, int) and not isinstance(n, bool)]
        area = numbers[0] * (numbers[1] if len(numbers) > 1 else numbers[0]) if numbers else 0
        if call.queries in (*numbers, area):
            return True
    return False


def _classify_mask(visible: np.ndarray) -> Sees:
    """From the mask alone: the lower triangle, a band, anything else."""
    if bool(visible.all()):
        return "all keys"
    query, key = np.nonzero(visible)
    causal = bool((key <= query).all())
    reach = int(np.abs(query - key).max()) if len(query) else 0
    longest = max(visible.shape) - 1
    band = 0 < reach < longest and _is_band(visible, reach, causal)
    if band:
        return "earlier nearby keys" if causal else "nearby keys"
    return "earlier keys" if causal and visible.shape[0] > 1 else "some keys"


def _is_band(visible: np.ndarray, reach: int, causal: bool) -> bool:
    """Whether exactly the keys within `reach` are visible."""
    apart = np.arange(visible.shape[0])[:, None] - np.arange(visible.shape[1])[None, :]
    band = (apart >= 0 if causal else apart >= -reach) & (apart <= reach)
    return bool((band == visible).all())

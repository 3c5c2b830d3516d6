"""What a config claims to be, held against the header of its weights before anything is built.

In: the keys of a config and the tensors of a file. Out: a refusal by file and key, with both
figures. Only what no file with these tensors can be is refused: layers may share one set of
weights, and embeddings may be tied. Never: torch, transformers, a family's name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from generator.errors import InputError
from generator.models.config_file import walk_keys
from generator.models.weights_header import Header

LAYERS = re.compile(
    r"(\w+_)?(num|n)_(\w+_)?(layers|blocks)|(\w+_)?(num_)?(encoder|decoder|hidden)_layers|"
    r"n_?layers?|(\w+_)?layers|blocks|(\w+_)?depths?"
)
WIDTHS = re.compile(
    r"((text|vision|audio)_)?(hidden_size|d_model|n_embd|embed_dim|hidden_dim|embedding_size)"
)
COUNTS = re.compile(
    r"vocab_size|(\w+_)?(intermediate_size|ffn_dim|d_ff|d_inner|n_inner|dim_feedforward|"
    r"mlp_dim|num_labels|num_queries)|(\w+_)?(num|n)_(\w+_)?experts|head_dim|(\w+_)?patch_length"
)
POSITIONS = re.compile(r"(\w+_)?(max_\w*positions?\w*|n_positions|n_ctx|max_seq\w*_len\w*)")
FURTHEST = 1 << 24
"""Positions that any model may claim: they often have no weights of their own."""

Limit = tuple[re.Pattern[str], Callable[[Header], int], str]
LIMITS: tuple[Limit, ...] = (
    (LAYERS, len, "the weights hold {found} tensors in all"),
    (WIDTHS, lambda header: _find_longest(header), "no tensor is longer than {found}"),
    (COUNTS, lambda header: _find_largest(header), "no tensor holds more than {found} numbers"),
    (
        POSITIONS,
        lambda header: max(FURTHEST, _find_largest(header)),
        "no model here has more than {found}",
    ),
)


def refuse_false_sizes(path: Path, config: Mapping[str, Any], header: Header) -> None:
    """Nothing, where a file with these tensors can be what the config claims.

    Raises:
        InputError: more layers than tensors, or a size that no tensor has; by file and key.
    """
    found = {says: limit(header) for _, limit, says in LIMITS}
    for key, value in walk_keys(config):
        if isinstance(value, bool) or not isinstance(value, int):
            continue
        name = key.rpartition(".")[2]
        for pattern, _, says in LIMITS:
            if pattern.fullmatch(name) and value > found[says]:
                told = says.format(found=f"{found[says]:,}")
                raise InputError(
                    f"{path}: {key} is {_format_size(value)}, but {told}; config and weights are "
                    f"not of one model, so copy both again"
                )


def _format_size(value: int) -> str:
    return f"{value:,}" if value < 10**18 else "more than 10^18"


def _find_longest(header: Header) -> int:
    return max((side for one in header.values() for side in one.shape), default=0)


def _find_largest(header: Header) -> int:
    return max((one.count for one in header.values()), default=0)

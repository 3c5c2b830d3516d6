"""What a map is, is told from shapes, masks and what modules state; nothing is guessed."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from transformers import (
    BartConfig,
    BartModel,
    LlamaConfig,
    LlamaModel,
    MistralConfig,
    MistralModel,
    PatchTSTConfig,
    PatchTSTModel,
    PvtConfig,
    PvtModel,
    SwinConfig,
    SwinModel,
)

from generator.capture.calls import AttentionCall
from generator.capture.extract import Extraction, extract_attention
from generator.capture.inputs import model_input
from generator.capture.map_kind import classify_map

SMALL = {"vocab_size": 32, "hidden_size": 16, "intermediate_size": 16, "num_attention_heads": 2}
TEXT = {**SMALL, "num_hidden_layers": 1, "num_key_value_heads": 2, "pad_token_id": 0}
SERIES = {"num_hidden_layers": 1, "d_model": 16, "ffn_dim": 16, "num_attention_heads": 2}
PATCHES = {"num_input_channels": 3, "context_length": 32, "patch_length": 8, "patch_stride": 8}
PICTURE = {"embed_dim": 16, "depths": [1, 1], "num_heads": [2, 4], "image_size": 32}
BART = {"vocab_size": 32, "d_model": 16, "encoder_layers": 1, "decoder_layers": 1}
BART |= {f"{side}_{what}": 2 for side in ("encoder", "decoder") for what in ("attention_heads",)}
BART |= {"encoder_ffn_dim": 16, "decoder_ffn_dim": 16, "pad_token_id": 0}
PVT = {"image_size": 32, "hidden_sizes": [8, 8, 8, 8], "num_attention_heads": [1, 1, 1, 1]}
PVT |= {"depths": [1, 1, 1, 1], "sequence_reduction_ratios": [4, 1, 1, 1]}

IDS = {"input_ids": torch.arange(1, 13).reshape(2, 6)}
TWO = {**IDS, "decoder_input_ids": torch.arange(1, 9).reshape(2, 4)}
PIXELS = {"pixel_values": torch.ones(2, 3, 32, 32)}


def kinds(model: nn.Module, data: object, **asked: object) -> tuple[str, ...]:
    given = model_input(model, data)
    return extract_attention(model, given, Extraction(**asked)).kinds  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("model", "data", "group", "words"),
    [
        (LlamaModel(LlamaConfig(**TEXT)), IDS, "encoder", "self, earlier keys"),
        (
            MistralModel(MistralConfig(**TEXT, sliding_window=3)),
            IDS,
            "encoder",
            "self, earlier nearby keys",
        ),
        (BartModel(BartConfig(**BART)), TWO, "encoder", "self, all keys"),
        (BartModel(BartConfig(**BART)), TWO, "decoder", "self, earlier keys"),
        (
            BartModel(BartConfig(**BART)),
            TWO,
            "cross",
            "cross, all keys; positions to positions of the other sequence",
        ),
        (
            PatchTSTModel(PatchTSTConfig(**SERIES, **PATCHES)),
            torch.randn(2, 32, 3),
            "encoder",
            "self, all keys; mean over channels",
        ),
    ],
)
def test_families_say_what_their_maps_are(
    model: nn.Module, data: object, group: str, words: str
) -> None:
    """Causal, sliding, cross and channel-wise attention, each in its own words."""
    assert kinds(model, data, group=group)[0] == words


def test_windows_are_windows() -> None:
    """Swin's 64 patches in four windows of 16: positions are positions within a window."""
    model = SwinModel(SwinConfig(**PICTURE, window_size=4, patch_size=4))
    found = kinds(model, PIXELS, layers=(0,))
    assert found == ("self, all keys; mean over windows; positions within a window",)


def test_shortened_keys_are_pooled_and_no_cross_attention() -> None:
    """PVT reduces its own keys; that is no other sequence."""
    found = kinds(PvtModel(PvtConfig(**PVT)), PIXELS, layers=(0,))
    assert found == ("pooled, all keys; positions to pooled positions",)


class ProbSparseAttention(nn.Module):
    """Only its name counts."""


def test_sparse_queries_have_an_axis_of_their_own() -> None:
    """Fewer queries than keys in a ProbSparse module: the queries the model chose."""
    call = AttentionCall("layer", 0, "softmax", 2, 2, 3, 8)
    found = classify_map(call, ProbSparseAttention(), np.ones((3, 8), dtype=bool), 1)
    assert (found.attends, found.queries) == ("self", "queries the model chose")


def test_rows_nobody_explains_are_parts() -> None:
    """Three rows a sample, and nothing says what they are."""
    call = AttentionCall("layer", 0, "sdpa", 6, 2, 4, 4)
    assert classify_map(call, nn.Identity(), np.ones((4, 4), dtype=bool), 3).rows == "parts"


@pytest.mark.parametrize(
    ("mask", "sees"),
    [
        (np.ones((4, 4)), "all keys"),
        (np.tril(np.ones((4, 4))), "earlier keys"),
        (np.tril(np.ones((4, 4))) * np.triu(np.ones((4, 4)), -1), "earlier nearby keys"),
        (np.tril(np.ones((4, 4)), 1) * np.triu(np.ones((4, 4)), -1), "nearby keys"),
        (np.ones((4, 4)) - np.eye(4), "some keys"),
    ],
)
def test_what_is_seen_is_read_off_the_mask(mask: np.ndarray, sees: str) -> None:
    """All, a triangle, a band below or around the diagonal, anything else."""
    call = AttentionCall("layer", 0, "sdpa", 1, 1, 4, 4)
    assert classify_map(call, None, mask > 0, 1).sees == sees

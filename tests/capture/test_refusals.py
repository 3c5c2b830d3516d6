"""Models without an attention matrix are told apart by what they do instead, in plain words."""

from __future__ import annotations

import pytest
import torch
from transformers import AutoModel, PreTrainedModel
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

from generator.capture.extract import Extraction, extract_attention
from generator.capture.inputs import model_input
from generator.capture.refusals import find_refusal
from generator.errors import CaptureError

WIDTHS = {"hidden_size": 32, "num_hidden_layers": 1, "vocab_size": 64, "pad_token_id": 0}
HEADS = {"num_attention_heads": 2, "intermediate_size": 32}
FAMILIES = {
    "mamba": ({"state_size": 4}, "carries a state"),
    "fnet": ({"intermediate_size": 32}, "Fourier transform"),
    "rwkv": (
        {"attention_hidden_size": 32, "context_length": 64, "num_hidden_layers": 2},
        "recurrence",
    ),
    "yoso": ({**HEADS, "max_position_embeddings": 64, "use_expectation": True}, "hashing"),
}


def model(family: str) -> PreTrainedModel:
    own, _ = FAMILIES[family]
    made: PreTrainedModel = AutoModel.from_config(CONFIG_MAPPING[family](**{**WIDTHS, **own}))  # type: ignore[no-untyped-call]
    return made


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_is_refused_with_its_reason(family: str) -> None:
    """The error says what the model does instead of attention."""
    made = model(family)
    given = model_input(made, torch.randint(1, 64, (2, 8)))
    with pytest.raises(CaptureError, match=FAMILIES[family][1]):
        extract_attention(made, given, Extraction())


def test_an_ordinary_attention_has_no_refusal() -> None:
    """Torch's own layer is read, so there is nothing to say of it."""
    assert find_refusal(torch.nn.MultiheadAttention(4, 2)) is None

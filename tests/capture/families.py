"""Tiny random Hugging Face models under their default attention, and an input for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
import transformers
from torch import nn

SMALL = {
    "vocab_size": 64,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "max_position_embeddings": 64,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
}
SEQUENCE = {
    "vocab_size": 64,
    "d_model": 32,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 4,
    "encoder_ffn_dim": 64,
    "decoder_ffn_dim": 64,
    "max_position_embeddings": 64,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
    "decoder_start_token_id": 1,
}


def make_token_ids(length: int = 10) -> torch.Tensor:
    """(3, length) ids that hold no padding token."""
    return torch.randint(3, 64, (3, length), generator=torch.Generator().manual_seed(1))


def make_padded() -> dict[str, torch.Tensor]:
    """Ids with the last three of the second row padded."""
    mask = torch.ones(3, 10, dtype=torch.long)
    mask[1, 7:] = 0
    return {"input_ids": make_token_ids(), "attention_mask": mask}


def make_sequences() -> dict[str, torch.Tensor]:
    """An encoder's and a decoder's ids."""
    return {"input_ids": make_token_ids(), "decoder_input_ids": make_token_ids(4)}


def make_image() -> dict[str, torch.Tensor]:
    """(3, 3, 16, 16) pixels."""
    return {"pixel_values": torch.randn(3, 3, 16, 16, generator=torch.Generator().manual_seed(1))}


def make_series() -> dict[str, torch.Tensor]:
    """(3, 24, 3): three samples, 24 steps, three channels."""
    return {"past_values": torch.randn(3, 24, 3, generator=torch.Generator().manual_seed(1))}


@dataclass(frozen=True)
class Family:
    """A family's class, config, input and the groups it has: {group: field of its own output}."""

    name: str
    config: dict[str, Any]
    inputs: Callable[[], dict[str, torch.Tensor]] = make_padded
    groups: dict[str, str] = field(default_factory=lambda: {"encoder": "attentions"})

    def model(self, attention: str | None = None) -> nn.Module:
        """The same random weights each time, with an attention implementation or the default."""
        torch.manual_seed(0)
        config = getattr(transformers, f"{self.name}Config")(**self.config)
        made: nn.Module = getattr(transformers, f"{self.name}Model")(config).eval()
        if attention:
            made.set_attn_implementation(attention)  # type: ignore[operator]
        return made


BOTH = {
    "encoder": "encoder_attentions",
    "decoder": "decoder_attentions",
    "cross": "cross_attentions",
}
FAMILIES = [
    Family("Bert", SMALL),
    Family("Roberta", {**SMALL, "max_position_embeddings": 66}),
    Family(
        "DistilBert", {"vocab_size": 64, "dim": 32, "n_layers": 2, "n_heads": 4, "hidden_dim": 64}
    ),
    Family("ModernBert", {**SMALL, "cls_token_id": 1, "sep_token_id": 2}),
    Family(
        "GPT2",
        {
            "vocab_size": 64,
            "n_embd": 32,
            "n_layer": 2,
            "n_head": 4,
            "n_positions": 64,
            "bos_token_id": 1,
            "eos_token_id": 2,
        },
    ),
    Family("Llama", {**SMALL, "num_key_value_heads": 2}),
    Family("Mistral", {**SMALL, "num_key_value_heads": 2, "sliding_window": 4}),
    Family("Gemma2", {**SMALL, "num_key_value_heads": 2, "head_dim": 8, "sliding_window": 4}),
    Family(
        "GptOss",
        {
            **SMALL,
            "num_key_value_heads": 2,
            "head_dim": 8,
            "num_local_experts": 4,
            "num_experts_per_tok": 2,
        },
        inputs=lambda: {"input_ids": make_token_ids()},
    ),
    Family("DebertaV2", {**SMALL, "relative_attention": True, "pos_att_type": ["c2p", "p2c"]}),
    Family(
        "T5",
        {
            "vocab_size": 64,
            "d_model": 32,
            "d_kv": 8,
            "num_layers": 2,
            "num_heads": 4,
            "d_ff": 64,
            "pad_token_id": 0,
            "decoder_start_token_id": 1,
        },
        make_sequences,
        BOTH,
    ),
    Family("Bart", SEQUENCE, make_sequences, BOTH),
    Family(
        "ViT",
        {
            "hidden_size": 32,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "intermediate_size": 64,
            "image_size": 16,
            "patch_size": 4,
        },
        make_image,
    ),
    Family(
        "PatchTST",
        {
            "num_input_channels": 3,
            "context_length": 24,
            "patch_length": 4,
            "patch_stride": 4,
            "d_model": 32,
            "num_attention_heads": 4,
            "num_hidden_layers": 2,
            "ffn_dim": 64,
        },
        make_series,
    ),
]

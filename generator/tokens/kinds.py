"""What one token of a model stands for; names are only printed where it is known.

A model says so itself (`tokens` attribute: a kind, or a whole TokenCoverage), or its Hugging Face
family is known; where neither holds, positions are called positions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import nn

from generator.kinds import TokenKind
from generator.records.tokens import TokenCoverage
from generator.words import token_singular

# Hugging Face families whose self-attention tokens are known (config.model_type).
FAMILIES: dict[str, TokenKind] = {
    "time_series_transformer": TokenKind.TIMESTEPS,
    "informer": TokenKind.TIMESTEPS,
    "patchtst": TokenKind.PATCHES,
    "patchtsmixer": TokenKind.PATCHES,
    "timesfm": TokenKind.PATCHES,
    "timesfm2_5": TokenKind.PATCHES,
}


def find_token_kind(model: nn.Module, integer_input: bool = False) -> TokenKind:
    """What the model's tokens are: stated, known by family, or mere positions."""
    stated = getattr(model, "tokens", None)
    if isinstance(stated, TokenKind):
        return stated
    if isinstance(stated, TokenCoverage):
        return stated.kind
    config = getattr(model, "config", None)
    family = getattr(config, "model_type", None)
    if getattr(config, "channel_attention", False):
        return TokenKind.POSITIONS  # some of its maps are over channels, some over patches
    if isinstance(family, str) and family in FAMILIES:
        return FAMILIES[family]
    chronos = read_chronos_settings(config)
    if "max_output_patches" in chronos:
        return TokenKind.POSITIONS  # Chronos-2: some of its maps are over series, some over patches
    if chronos:
        return TokenKind.PATCHES if "input_patch_size" in chronos else TokenKind.TIMESTEPS
    return TokenKind.TEXT if integer_input else TokenKind.POSITIONS


def read_chronos_settings(config: object) -> dict[str, Any]:
    """What a Chronos model adds to the T5 configuration it is stored as; empty for all others."""
    found = getattr(config, "chronos_config", None)
    return dict(found) if isinstance(found, Mapping) else {}


def refuse_feature_names(kind: TokenKind) -> None:
    """Feature names fit sensors and unknown positions; ValueError where tokens are known else."""
    if kind in (TokenKind.TIMESTEPS, TokenKind.PATCHES, TokenKind.TEXT):
        raise ValueError(
            f"tokens are {kind.value}; use timestep_names: a sensor name on a "
            f"{token_singular(kind)} token would be untrue"
        )

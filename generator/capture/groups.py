"""Sorts a model's attention calls into encoder, decoder and cross attention."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol, TypeVar

from generator.capture.calls import AttentionCall

Group = Literal["encoder", "decoder", "cross"]
GROUPS: tuple[Group, ...] = ("encoder", "decoder", "cross")
# What Hugging Face families call the attention of a decoder over an encoder's output.
CROSS_NAMES = frozenset(
    {
        *("encoder_attn", "crossattention", "cross_attn", "cross_attention", "encdecattention"),
        *("encoder_decoder_attention", "cross_attention_layer", "cross_attn_layer"),
    }
)


class HasCall(Protocol):
    """Anything that knows its call."""

    @property
    def call(self) -> AttentionCall:
        """The call."""


C = TypeVar("C", bound=HasCall)


def group_calls(maps: Sequence[C]) -> dict[Group, list[C]]:
    """The calls of each group in the order they ran; groups nobody is in are absent.

    A model without an encoder has its only self-attention in 'encoder'.
    """
    groups: dict[Group, list[C]] = {group: [] for group in GROUPS}
    for item in maps:
        groups[group_of(item.call)].append(item)
    if groups["decoder"] and not groups["encoder"]:
        groups["encoder"], groups["decoder"] = groups["decoder"], []
    return {group: items for group, items in groups.items() if items}


def group_of(call: AttentionCall) -> Group:
    """The group a call belongs to by its own evidence and its module's name."""
    parts = [part.lower() for part in call.module.split(".")]
    if call.crosses or CROSS_NAMES.intersection(parts):
        return "cross"
    return "decoder" if "decoder" in parts else "encoder"

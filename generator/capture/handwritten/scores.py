"""Knows which tensors are scores: a product of two computed tensors, on its way to a softmax.

A softmax of anything else (a linear layer's logits, a router, a gate) is no attention. Scores
are followed through whatever adds, scales, masks or reshapes them, and end at the layers below.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from generator.capture.handwritten.softmax import find_tensors

# After these a tensor is a new quantity, no longer query times key.
ENDS: frozenset[Callable[..., Any]] = frozenset(
    {
        *(F.linear, F.layer_norm, F.rms_norm, F.group_norm, F.batch_norm, F.embedding),
        *(
            F.conv1d,
            F.conv2d,
            F.gelu,
            F.silu,
            F.mish,
            F.glu,
            F.sigmoid,
            F.multi_head_attention_forward,
        ),
        *(torch.sigmoid, torch.Tensor.sigmoid, torch.addmm),
        *(F.scaled_dot_product_attention,),
    }
)


class ScoreTracker:
    """Remembers, weakly and by identity, the tensors that are scores."""

    def __init__(self) -> None:
        self._known: dict[int, weakref.ref[torch.Tensor]] = {}

    def follow_product(self, result: Any, given: Sequence[Any]) -> None:
        """A product returned `result`: scores, unless one side is a learned matrix."""
        sides = [t for t in find_tensors(given) if t.dim() >= 2]
        if len(sides) >= 2 and not any(isinstance(side, nn.Parameter) for side in sides):
            self._remember(result)

    def kept(self, result: Any) -> None:
        """A softmax of scores returned `result`: what is made of it may still be attention."""
        self._remember(result)

    def passed(self, func: Callable[..., Any], result: Any, given: Sequence[Any]) -> None:
        """Another function returned `result`: still scores, if an input was."""
        if self._known and func not in ENDS and self.holds(given):
            self._remember(result)

    def holds(self, given: Sequence[Any]) -> bool:
        """Whether scores are among the arguments."""
        return bool(self._known) and any(self._is_known(tensor) for tensor in find_tensors(given))

    def _is_known(self, tensor: torch.Tensor) -> bool:
        held = self._known.get(id(tensor))
        return held is not None and held() is tensor

    def _remember(self, result: Any) -> None:
        if isinstance(result, torch.Tensor):
            key = id(result)

            def forget(_: object) -> None:
                self._known.pop(key, None)

            self._known[key] = weakref.ref(result, forget)

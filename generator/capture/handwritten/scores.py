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
        self._scores: dict[int, weakref.ref[torch.Tensor]] = {}

    def follow_product(self, result: Any, arguments: Sequence[Any]) -> None:
        """A product returned `result`: scores, unless one side is a learned matrix."""
        sides = [t for t in find_tensors(arguments) if t.dim() >= 2]
        if len(sides) >= 2 and not any(isinstance(side, nn.Parameter) for side in sides):
            self._remember(result)

    def follow_softmax(self, result: Any) -> None:
        """A softmax of scores returned `result`: what is made of it may still be attention."""
        self._remember(result)

    def follow_function(
        self, func: Callable[..., Any], result: Any, arguments: Sequence[Any]
    ) -> None:
        """Another function returned `result`: still scores, if an input was."""
        if self._scores and func not in ENDS and self.holds(arguments):
            self._remember(result)

    def holds(self, arguments: Sequence[Any]) -> bool:
        """Whether scores are among the arguments."""
        return bool(self._scores) and any(
            self._is_score(tensor) for tensor in find_tensors(arguments)
        )

    def _is_score(self, tensor: torch.Tensor) -> bool:
        reference = self._scores.get(id(tensor))
        return reference is not None and reference() is tensor

    def _remember(self, result: Any) -> None:
        if isinstance(result, torch.Tensor):
            key = id(result)

            def forget(_: object) -> None:
                self._scores.pop(key, None)

            self._scores[key] = weakref.ref(result, forget)

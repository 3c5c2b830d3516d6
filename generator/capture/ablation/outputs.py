"""Shows what each attention call puts out, just before the model gets it.

In: a model's trail and a visitor. Out: for each call its own output as (rows, heads, queries,
width), a view of the model's fresh tensor, so that what a visitor writes there is what the model
goes on with. Never: a copy given out as the tensor itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import torch

from generator.capture.calls import AttentionCall, Product
from generator.capture.mode import AttentionMode
from generator.capture.trail import ModuleTrail

T = torch.Tensor


class Visitor(Protocol):
    """Takes each call's output while the model runs."""

    def visit(self, call: AttentionCall, output: T | None) -> None:
        """`output` (rows, heads, queries, width) may be written to.

        None: it is in no layout that is known, or was copied.
        """


class OutputMode(AttentionMode):
    """While active, every attention of `trail`'s model goes to `visitor` before the model has it.

    Calls are seen, told apart and named as `AttentionMode` does.
    """

    def __init__(self, trail: ModuleTrail, samples: int, visitor: Visitor) -> None:
        self._outputs = _OutputReader()
        super().__init__(trail, self._outputs, samples)
        self._visitor = visitor

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Run `func`; where it was an attention, show its output."""
        result = super().__torch_function__(func, types, args, kwargs)
        for call, output in self._outputs.take_outputs():
            with torch.no_grad(), torch._C.DisableTorchFunction():
                self._visitor.visit(call, output if shares_memory(output, result) else None)
        return result


class _OutputReader:
    """A Reader that keeps a call's output until its function has returned."""

    def __init__(self) -> None:
        self._calls: list[tuple[AttentionCall, T | None]] = []

    def read(self, call: AttentionCall, product: Product) -> None:
        """Nothing is reduced."""
        self._calls.append((call, product.output))

    def take_outputs(self) -> list[tuple[AttentionCall, T | None]]:
        """What was kept, once."""
        calls, self._calls = self._calls, []
        return calls


def shares_memory(output: T | None, result: Any) -> bool:
    """Whether a tensor of any shape shares its memory with a function's result, or a part of it."""
    if output is None:
        return False
    parts = result if isinstance(result, tuple) else (result,)
    place = output.untyped_storage().data_ptr()
    return any(isinstance(t, T) and t.untyped_storage().data_ptr() == place for t in parts)

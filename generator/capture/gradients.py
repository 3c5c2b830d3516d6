"""Attention times its gradient: one forward and one backward pass, in blocks.

The gradient of a kernel's output tells that of its map, dF/dA = dF/dO V^T; a map the model
computed itself has a gradient of its own. In: a model, its input, the number F to explain. Out: a
record per call. Never: a parameter's `.grad`, a changed model, all heads of a long map at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from generator.capture.calls import AttentionCall, Block, Product, WatchedTensor, key_heads
from generator.capture.inputs import ModelInput
from generator.capture.kernels.workspace import Workspace
from generator.capture.proof import TOLERANCES
from generator.capture.reduce.reduction import to_host
from generator.capture.running import observe
from generator.capture.streaming import rows_per_sample
from generator.errors import CaptureError

T = torch.Tensor
SUMMED = 10  # times the self-proof's tolerance: sums over keys of products round more


@dataclass(frozen=True)
class GradientMap:
    """One call's attention times gradient; F is what the caller's function returned, summed.

    Attributes:
        call: where it came from.
        positive: (queries, keys), mean over samples and heads of max(0, A dF/dA): Chefer et al.
            2021, equation 5.
        signed: (queries, keys), the same mean of A dF/dA.
        heads: (heads,), mean over samples of |sum of A dF/dA|: Michel et al. 2019, equation 4.
        gathered: (queries,), mean over samples of |sum over heads and keys of A dF/dA|: how much F
            uses what a query collected.
        used: (keys,), the same over heads and queries: how much F uses what a key gave.
        used_by_head: (rows per sample, heads, keys), mean over samples of |sum over queries of
            A dF/dA| before heads and the batch rows of a sample (channels, windows) are added.
        identity: largest |sum over keys of A dF/dA - o dF/do| over the largest of either; None
            where the map has a gradient of its own, which is not computed from the output's.
    """

    call: AttentionCall
    positive: np.ndarray
    signed: np.ndarray
    heads: np.ndarray
    gathered: np.ndarray
    used: np.ndarray
    used_by_head: np.ndarray
    identity: float | None


@dataclass(frozen=True)
class GradientMaps:
    """Every call a gradient came to, in the order they ran, and those that are not shown.

    `gaps` names calls and modules with why: no gradient came to them, they are not finite, or
    they fail the identity (rounding in the output's dtype is allowed for).
    """

    maps: tuple[GradientMap, ...]
    gaps: tuple[str, ...]


def extract_gradients(
    model: nn.Module, inputs: ModelInput, scalar: Callable[[Any], T]
) -> GradientMaps:
    """Run `model`, then the gradient of `scalar(output)` back to its input, reading every call.

    `scalar` gives F, a scalar or (samples,), in its own unit. Works for frozen models too.

    Raises:
        CaptureError: F depends on no attention here, the kernel has no gradient on this device, or
            the caller is in inference mode.
    """
    if torch.is_inference_mode_enabled():
        raise CaptureError("inference mode keeps no gradients; call outside torch.inference_mode")
    fresh, roots = inputs.copy_with_gradients()
    reader = GradientReader(inputs, roots)
    outputs: list[Any] = []
    with torch.enable_grad():
        try:
            trail = observe(
                model,
                inputs.samples,
                reader,
                lambda: outputs.append(model(**fresh.arguments)),
                reader,
            )
            value = scalar(outputs[0]).sum()
        except NotImplementedError as error:  # flex_attention has no gradient on a processor
            raise CaptureError(f"{type(model).__name__}: no gradient here: {error}") from None
    if not value.requires_grad or not reader.roots:
        raise CaptureError(
            f"{type(model).__name__}: the number to explain does not depend on the input through "
            f"anything that has a gradient; explain an output, and leave it in its graph"
        )
    torch.autograd.grad(value, reader.roots, allow_unused=True)
    maps, gaps = reader.finish()
    unread = trail.find_unread(item.call.module for item in maps)
    gaps += [f"{name}: no attention was read in it" for name in unread]
    if not maps:
        reasons = f": {'; '.join(gaps)}" if gaps else ""
        raise CaptureError(
            f"{type(model).__name__}: what is explained depends on no attention that can be "
            f"shown{reasons}"
        )
    return GradientMaps(tuple(maps), tuple(gaps))


class GradientReader:
    """A Reader that leaves every map alone, and a Watcher that hooks what tells its gradient."""

    def __init__(self, inputs: ModelInput, roots: list[T]) -> None:
        self._inputs, self.roots = inputs, roots
        self._sums: list[_GradientSums] = []
        self._shared: set[AttentionCall] = set()
        self._calls: dict[AttentionCall, None] = {}

    def read(self, call: AttentionCall, product: Product) -> None:
        """Nothing is reduced on the way forward; the call is known to have run."""
        del product
        self._calls[call] = None

    def replace_embedding(self, result: T) -> T:
        """A frozen table's result, (..., width), takes gradients; the model gets a copy of it.

        The model may change the copy in place.
        """
        root = result if result.requires_grad else result.detach().requires_grad_()
        self.roots.append(root)
        return root.clone()

    def watch(self, call: AttentionCall, product: Product, watched: WatchedTensor) -> None:
        """Reduce when the gradient comes, which has the shape of the tensor that is watched."""
        if call.rows % self._inputs.samples:
            self._shared.add(call)
            return
        sums = _GradientSums(call, rows_per_sample(call, self._inputs))
        self._sums.append(sums)

        def take_gradient(gradient: T) -> None:
            with torch.no_grad(), torch._C.DisableTorchFunction():
                arranged = watched.arrange(gradient)
                if watched.output:
                    sums.take_output(product, arranged)
                else:
                    sums.take_map(product, arranged)

        watched.tensor.register_hook(take_gradient)  # type: ignore[no-untyped-call]

    def finish(self) -> tuple[list[GradientMap], list[str]]:
        """The calls whose gradient came and holds; the others, with why not."""
        gaps, maps = [], []
        came = {sums.call: sums for sums in self._sums if sums.rows}
        for call in self._calls:
            if call in self._shared:
                gaps.append(f"{call.name}: its rows are shared by all samples")
            elif call not in came:
                gaps.append(f"{call.name}: no gradient came to it")
            elif reason := came[call].find_fault():
                gaps.append(f"{call.name}: {reason}")
            else:
                maps.append(came[call].finish())
        return maps, gaps


class _GradientSums:
    """What is left of A dF/dA of one call."""

    def __init__(self, call: AttentionCall, per_sample: int) -> None:
        self.call, self.rows, self._per_sample = call, 0, per_sample
        self._positive = torch.zeros(call.queries, call.keys)
        self._signed = torch.zeros(call.queries, call.keys)
        self._queries = torch.zeros(call.rows, call.heads, call.queries)
        self._keys = torch.zeros(call.rows, call.heads, call.keys)
        self._apart: float | None = None
        self._tolerance = 0.0

    def find_fault(self) -> str:
        """Why it is not shown; empty where it is."""
        if not bool(torch.isfinite(self._queries).all()):
            return "its gradient is not finite"
        if self._apart is not None and not self._apart <= self._tolerance:
            return f"A dF/dA is {self._apart:.2g} from o dF/do, above {self._tolerance:.0e}"
        return ""

    def take_output(self, product: Product, gradient: T) -> None:
        """The gradient of the kernel's output, (rows, heads, queries, width)."""
        value, output = product.value, product.output
        if value is None or output is None:
            return
        shared = output.shape[1] // value.shape[1]
        work = torch.promote_types(value.dtype, torch.float32)
        place = Workspace(work, value.device)
        for block in product.blocks():
            slope = gradient[block.rows, block.heads, block.queries].to(work)
            part = value[block.rows, key_heads(block.heads, shared), : block.keys].to(work)
            grouped = slope.reshape(*part.shape[:2], -1, slope.shape[-1])
            slopes = place.take("slopes", (*grouped.shape[:-1], block.keys))
            if grouped.shape[:2] == (1, 1):
                torch.mm(grouped[0, 0], part[0, 0].T, out=slopes[0, 0])
            else:
                torch.matmul(grouped, part.mT, out=slopes)
            self._add(block, slopes.view(block.values.shape))
        self.rows = self.call.rows
        own = (output * gradient).sum(-1).float().cpu()
        largest = float(torch.maximum(own.abs().max(), self._queries.abs().max()))
        apart = float((own - self._queries).abs().max())
        self._tolerance = SUMMED * TOLERANCES.get(output.dtype, 0.0)
        self._apart = apart / largest if largest else apart

    def take_map(self, product: Product, gradient: T) -> None:
        """The gradient of the map itself, (rows, heads, queries, keys)."""
        for block in product.blocks():
            slope = gradient[block.rows, block.heads, block.queries, : block.keys]
            self._add(block, slope.to(block.values.dtype, copy=True))
        self.rows = self.call.rows

    def _add(self, block: Block, slope: T) -> None:
        """`slope` is the block's own to change."""
        product, at = slope.mul_(block.values), (block.queries, slice(block.keys))
        self._queries[block.rows, block.heads, block.queries] = to_host(product.sum(-1))
        self._keys[block.rows, block.heads, : block.keys] += to_host(product.sum(2))
        self._signed[at] += to_host(_sum_rows_and_heads(product))
        self._positive[at] += to_host(_sum_rows_and_heads(product.clamp_(min=0)))

    def finish(self) -> GradientMap:
        """Means over samples and heads."""
        each = self.rows * self.call.heads
        by_head = self._sum_by_sample(self._queries.sum(-1))
        by_row = self._keys.reshape(-1, self._per_sample, *self._keys.shape[1:])
        return GradientMap(
            self.call,
            (self._positive / each).numpy(),
            (self._signed / each).numpy(),
            by_head.abs().mean(0).numpy(),
            self._sum_by_sample(self._queries.sum(1)).abs().mean(0).numpy(),
            self._sum_by_sample(self._keys.sum(1)).abs().mean(0).numpy(),
            by_row.abs().mean(0).numpy(),
            self._apart,
        )

    def _sum_by_sample(self, rows: T) -> T:
        """(samples, ...) sums over the batch rows of each sample."""
        return rows.reshape(-1, self._per_sample, *rows.shape[1:]).sum(1)


def _sum_rows_and_heads(product: T) -> T:
    """(queries, keys) sum over rows and heads; nothing is copied where there is one of each."""
    return product[0, 0] if product.shape[:2] == (1, 1) else product.sum((0, 1))

"""Proves each map by what the model did with it: probabilities times values is its own output.

In: a reader and the products of calls. Out: the same blocks to that reader, and a Proof per call.
Never: a changed block, a proof of a map whose product was not seen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch

from generator.capture.calls import EVERY, AttentionCall, Block, Product, key_heads
from generator.capture.mode import Reader
from generator.errors import CaptureError

# About ten times the largest error measured on right maps: 4e-6 (float32, sharp), 1.4e-3
# (bfloat16), 2e-4 (float16); float64 has nine more digits than float32 and is given five.
TOLERANCES: dict[torch.dtype, float] = {
    torch.float64: 1e-10,
    torch.float32: 1e-5,
    torch.bfloat16: 2e-2,
    torch.float16: 2e-3,
}


@dataclass(frozen=True)
class Proof:
    """How far one call's map times its values is from what the model computed.

    Attributes:
        error: largest |P V - output| over the largest |output|; infinite where either is not
            finite, or where the product of the recorded map was not seen.
        tolerance: what rounding explains in the output's dtype.
    """

    error: float
    tolerance: float

    @property
    def holds(self) -> bool:
        """Whether the map is what multiplied the values, up to rounding."""
        return self.error <= self.tolerance

    def choose_worse(self, other: Proof) -> Proof:
        """The one with the larger error."""
        return other if other.error > self.error else self

    def reason(self) -> str:
        """Why the map is not shown, in words."""
        if math.isinf(self.error):
            return "its product with the values was not seen in a known layout, or is not finite"
        return f"self-proof error {self.error:.2g} is above {self.tolerance:.0e}"


UNSEEN = Proof(math.inf, 0.0)


class Prover:
    """A Reader that measures each call's proof while another Reader takes its blocks.

    Several forward passes add up to the worst of each call: `begin` announces each one. A call
    whose blocks nobody took has no proof.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._proofs: list[Proof | None] = []
        self._next = 0

    @property
    def proofs(self) -> tuple[Proof | None, ...]:
        """One proof per call, in the order they ran; None for a call that was not reduced."""
        return tuple(self._proofs)

    def begin(self) -> None:
        """The next calls belong to another forward pass."""
        self._next = 0

    def read(self, call: AttentionCall, product: Product) -> None:
        """Hand the call on; every block that is taken of it is measured, now or later."""
        at = self._next
        self._next += 1
        if at == len(self._proofs):
            self._proofs.append(None)

        def record_proof(proof: Proof) -> None:
            earlier = self._proofs[at]
            self._proofs[at] = proof if earlier is None else earlier.choose_worse(proof)

        self._reader.read(call, MeasuredProduct(product, record_proof))


class MeasuredProduct:
    """A Product whose blocks are compared with its output as they pass."""

    def __init__(self, product: Product, record_proof: Callable[[Proof], None]) -> None:
        self._product, self._record_proof = product, record_proof

    @property
    def value(self) -> torch.Tensor | None:
        """(rows, heads or fewer key heads, keys, width): what the probabilities multiplied."""
        return self._product.value

    @property
    def output(self) -> torch.Tensor | None:
        """(rows, heads, queries, width): what the model computed of it."""
        return self._product.output

    def blocks(self, rows: slice = EVERY) -> Iterator[Block]:
        """The product's blocks, unchanged; once they are through, their proof is recorded.

        Raises:
            CaptureError: the model computes in a dtype for which no tolerance is known.
        """
        worst: float | None = None
        for block in self._product.blocks(rows):
            apart = self._measure_error(block)
            worst = worst if apart is None else _larger(worst, apart)
            yield block
        self._record_proof(self._build_proof(worst))

    def _build_proof(self, worst: float | None) -> Proof:
        output = self.output
        if worst is None or output is None:
            return UNSEEN
        if output.dtype not in TOLERANCES:
            raise CaptureError(f"attention in {output.dtype} is not known; run the model in float")
        largest = float(output.abs().max()) if output.numel() else 0.0
        error = worst if largest == 0.0 else worst / largest
        return Proof(error if math.isfinite(error) else math.inf, TOLERANCES[output.dtype])

    def _measure_error(self, block: Block) -> float | None:
        """How far a block times its values is from the output."""
        value, output = self.value, self.output
        if value is None or output is None:
            return None
        rows, heads, queries, keys = block.values.shape
        shared = output.shape[1] // value.shape[1]
        part = value[block.rows, key_heads(block.heads, shared), :keys].to(block.values.dtype)
        together = block.values.reshape(rows, part.shape[1], -1, keys)
        got = (together @ part).reshape(rows, heads, queries, -1)
        apart = (got - output[block.rows, block.heads, block.queries]).abs()
        return float(apart.max()) if apart.numel() else 0.0


def _larger(one: float | None, other: float) -> float:
    """The larger error; one that is not a number is infinite."""
    other = math.inf if math.isnan(other) else other
    return other if one is None else max(one, other)

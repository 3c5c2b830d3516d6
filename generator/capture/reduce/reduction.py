"""What every reduction is: fed block by block, told when a forward pass ends, asked once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Generic, TypeVar

import torch

from generator.capture.calls import AttentionCall, Block

R_co = TypeVar("R_co", covariant=True)


@dataclass(frozen=True)
class Frame:
    """The call a reduction is for, and how many batch rows each sample has in it."""

    call: AttentionCall
    per_sample: int


class Reduction(ABC, Generic[R_co]):
    """One call, reduced; several forward passes add up."""

    @abstractmethod
    def add(self, block: Block, real: torch.Tensor | None) -> None:
        """Take a block; `real` (rows, queries) bool says which queries count, all when None."""

    def end(self) -> None:
        """All blocks of this call in one forward pass are in."""

    @abstractmethod
    def finish(self) -> R_co:
        """What is left; nothing is added after."""


def to_host(values: torch.Tensor) -> torch.Tensor:
    """The same, of any shape, as float32 on the processor; itself where it is that already."""
    if values.dtype == torch.float32 and not values.is_cuda:
        return values
    return values.float().cpu()


def mask_queries(values: torch.Tensor, real: torch.Tensor | None) -> torch.Tensor:
    """(rows, heads, queries, ...) with the queries that do not count at 0.

    `real` is (rows, queries) bool; None: all count.
    """
    if real is None:
        return values
    after = (1,) * (values.dim() - 3)
    return values * real.reshape(real.shape[0], 1, real.shape[1], *after)


def count_real_rows(values: torch.Tensor, real: torch.Tensor | None) -> torch.Tensor | int:
    """How many rows and heads count for each query: (queries,), or one number for all.

    `values` is (rows, heads, queries, ...), or that of one row; `real` is (rows, queries) bool.
    """
    rows, heads = values.shape[:2]
    return rows * heads if real is None else real.sum(0).cpu() * heads

"""How many threads a model runs on: one where it is small, for handing work around costs more.

On two busy processors a small transformer took ten times as long on two threads as on one. One
thread also adds numbers up in one order, whatever machine it runs on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

SMALL = 5_000_000  # parameters


@contextmanager
def limit_threads(parameters: int) -> Iterator[None]:
    """One thread while a small model is at work; afterwards as many as before."""
    before = torch.get_num_threads()
    if parameters < SMALL:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)

"""Memory that the blocks of a call take turns in: fresh pages cost more than the work on them."""

from __future__ import annotations

import math

import torch


class Workspace:
    """Buffers by name, grown to the largest block asked for; each use overwrites the last."""

    def __init__(self, dtype: torch.dtype, device: torch.device) -> None:
        self._dtype, self._device = dtype, device
        self._held: dict[str, torch.Tensor] = {}
        self._views: dict[tuple[str, tuple[int, ...]], torch.Tensor] = {}

    def take(self, name: str, size: tuple[int, ...]) -> torch.Tensor:
        """A contiguous tensor of that size, holding anything."""
        known = self._views.get((name, size))
        if known is not None:
            return known
        count = math.prod(size)
        held = self._held.get(name)
        if held is None or held.numel() < count:
            held = self._held[name] = torch.empty(count, dtype=self._dtype, device=self._device)
            self._views = {key: view for key, view in self._views.items() if key[0] != name}
        found = self._views[name, size] = held[:count].view(size)
        return found

"""Memory that the blocks of a call take turns in: fresh pages cost more than the work on them."""

from __future__ import annotations

import math

import torch


class Workspace:
    """Buffers by name, grown to the largest block asked for; each use overwrites the last."""

    def __init__(self, dtype: torch.dtype, device: torch.device) -> None:
        self._dtype, self._device = dtype, device
        self._buffers: dict[str, torch.Tensor] = {}
        self._views: dict[tuple[str, tuple[int, ...]], torch.Tensor] = {}

    def take(self, name: str, size: tuple[int, ...]) -> torch.Tensor:
        """A contiguous tensor of shape `size`, holding anything."""
        view = self._views.get((name, size))
        if view is not None:
            return view
        count = math.prod(size)
        buffer = self._buffers.get(name)
        if buffer is None or buffer.numel() < count:
            buffer = self._buffers[name] = torch.empty(
                count, dtype=self._dtype, device=self._device
            )
            self._views = {at: one for at, one in self._views.items() if at[0] != name}
        view = self._views[name, size] = buffer[:count].view(size)
        return view

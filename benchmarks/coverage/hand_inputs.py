"""Inputs said by hand in `families.yaml`, where a config does not tell what its model takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from generator.doctor.example_input import Inputs


def build_inputs(shapes: Mapping[str, Any]) -> Inputs:
    """Inputs of stated shapes; a mapping says `values`, or of `zeros` the shape."""
    return {name: _build_tensor(name, shape) for name, shape in shapes.items()}


def _build_tensor(name: str, shape: Any) -> torch.Tensor:
    """Ones for a mask, zeros for padding, numbers below 5 for ids and steps, else random ones."""
    if isinstance(shape, Mapping) and "zeros" in shape:
        return torch.zeros(*shape["zeros"], dtype=torch.bool)
    if isinstance(shape, Mapping):
        return torch.tensor(shape["values"])
    if name.endswith(("mask", "padding")):
        return torch.full(tuple(shape), int(name.endswith("mask")))
    if name.endswith(("_ids", "timesteps", "_codes", "freq")):
        return torch.randint(1, 5, tuple(shape))
    return torch.randn(*shape)

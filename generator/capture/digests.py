"""SHA-256 of models and of what they are given, complete enough to key a cache with.

Tensors count by dtype, shape and bytes; plain values as they are; anything else by its type
only, and then `Unhashable` says that two of them cannot be told apart.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from generator.hashing import sha256_array, sha256_json

PLAIN = (bool, int, float, str, type(None))


class Unhashable(Exception):
    """A value has no digest; what depends on it cannot be cached."""


def tensor_digest(tensor: torch.Tensor) -> str:
    """Dtype, shape and bytes of a tensor of any shape, whatever its dtype and device."""
    plain = tensor.detach().cpu().contiguous()
    try:
        return sha256_array(plain.numpy())
    except TypeError:  # numpy has no bfloat16 and no 8-bit floats: the bytes stand for them
        raw: np.ndarray = plain.reshape(-1).view(torch.uint8).numpy()
        return sha256_json([str(plain.dtype), list(plain.shape), sha256_array(raw)])


def argument_digest(value: Any, *, strict: bool = False) -> Any:
    """A JSON value that stands for an argument.

    Raises:
        Unhashable: with `strict`, for a value that is neither tensor, plain, list nor mapping.
    """
    if isinstance(value, torch.Tensor):
        return {"sha256": tensor_digest(value)}
    if isinstance(value, PLAIN):
        return value if isinstance(value, str) or value is None else repr(value)
    if isinstance(value, list | tuple):
        return [argument_digest(item, strict=strict) for item in value]
    if isinstance(value, dict):
        return {str(k): argument_digest(item, strict=strict) for k, item in value.items()}
    if strict:
        raise Unhashable(type(value).__name__)
    return {"type": type(value).__qualname__}


def model_digest(model: nn.Module) -> str:
    """SHA-256 over every parameter and buffer: name, dtype, shape, bytes."""
    tensors = [*model.named_parameters(), *model.named_buffers()]
    return sha256_json({name.replace("_orig_mod.", ""): tensor_digest(t) for name, t in tensors})


def model_cache_key(model: nn.Module, digest: str) -> str:
    """The model's digest, its configuration and its modules' plain attributes: a cache key."""
    config = getattr(model, "config", None)
    to_json = getattr(config, "to_json_string", None) or getattr(config, "model_dump_json", None)
    plain = {
        f"{name}:{type(module).__qualname__}": {
            key: repr(value)
            for key, value in vars(module).items()
            if isinstance(value, PLAIN) and key != "training"
        }
        for name, module in model.named_modules()
    }
    return sha256_json([digest, str(to_json()) if to_json else "", plain])

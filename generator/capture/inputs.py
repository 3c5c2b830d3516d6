"""What a caller hands in → the keyword and positional arguments of the model's forward.

An integer array is token ids; a float array is embeddings, past values or the first positional
argument, whichever the model takes; a mapping is passed as it is. Nothing else is guessed.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from generator.hashing import sha256_arrays

Arguments = dict[str, Any]


@dataclass(frozen=True)
class ModelInput:
    """The arguments of one forward call.

    Attributes:
        arguments: by parameter name.
        main: the name of the argument whose first axis is the samples.
        integer: whether the main argument was token ids.
    """

    arguments: Arguments
    main: str
    integer: bool

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the main argument."""
        return tuple(self.arguments[self.main].shape)

    @property
    def samples(self) -> int:
        """The batch size."""
        return self.shape[0] if self.shape else 1

    def real_queries(self, queries: int, decoding: bool) -> torch.Tensor | None:
        """(samples, queries) bool from the caller's own attention mask; None when none fits.

        A decoder's queries have a mask of their own where the input has decoder arguments.
        """
        apart = decoding and any(name.startswith("decoder_") for name in self.arguments)
        mask = self.arguments.get("decoder_attention_mask" if apart else "attention_mask")
        if isinstance(mask, torch.Tensor) and tuple(mask.shape) == (self.samples, queries):
            return mask > 0
        return None

    def digest(self) -> str:
        """SHA-256 of every array handed in, by argument name."""
        held = {k: v for k, v in self.arguments.items() if isinstance(v, torch.Tensor)}
        return sha256_arrays({name: as_numpy(value) for name, value in held.items()})


def as_numpy(tensor: torch.Tensor) -> np.ndarray:
    """The tensor's bits as an array; bfloat16, which numpy lacks, as its 16-bit patterns."""
    plain = tensor.detach().cpu()
    if plain.dtype == torch.bfloat16:
        plain = plain.view(torch.int16)
    return np.asarray(plain.numpy())


def model_input(model: nn.Module, data: Any) -> ModelInput:
    """Arguments for `model` from an array, a tensor or a mapping.

    Raises:
        ValueError: an argument the model requires is missing (named), or the data is empty.
    """
    parameters = forward_parameters(model)
    if isinstance(data, Mapping):
        given = _from_mapping(model, data)
    else:
        given = _from_array(model, data, parameters)
    _require(model, given.arguments, parameters)
    if 0 in given.shape:
        raise ValueError(f"input data is empty (shape {given.shape})")
    return given


def forward_parameters(model: nn.Module) -> dict[str, inspect.Parameter]:
    """The parameters of the model's forward; a compiled model's are those of the original."""
    inner = getattr(model, "_orig_mod", model)
    return dict(inspect.signature(inner.forward).parameters)


def _from_mapping(model: nn.Module, data: Mapping[str, Any]) -> ModelInput:
    moved = {name: _moved(model, value) for name, value in data.items()}
    main = next((n for n, v in moved.items() if isinstance(v, torch.Tensor) and v.dim()), None)
    if main is None:
        raise ValueError("the input mapping holds no array")
    return ModelInput(moved, main, not moved[main].is_floating_point())


def _moved(model: nn.Module, value: Any) -> Any:
    if isinstance(value, np.ndarray):
        value = torch.from_numpy(np.ascontiguousarray(value))
    return value.to(_device(model)) if isinstance(value, torch.Tensor) else value


def _from_array(
    model: nn.Module, data: Any, parameters: Mapping[str, inspect.Parameter]
) -> ModelInput:
    tensor = data if isinstance(data, torch.Tensor) else torch.as_tensor(np.asarray(data))
    if not tensor.is_floating_point():
        name = "input_ids" if "input_ids" in parameters else _first(parameters)
        return ModelInput({name: tensor.to(_device(model), torch.long)}, name, True)
    tensor = tensor.to(_device(model), _dtype(model))
    if "past_values" in parameters:
        observed = {"past_observed_mask": torch.ones_like(tensor)}
        kept = observed if "past_observed_mask" in parameters else {}
        return ModelInput({"past_values": tensor, **kept}, "past_values", False)
    embeds = "inputs_embeds" in parameters and hasattr(model, "get_input_embeddings")
    name = "inputs_embeds" if embeds else _first(parameters)
    return ModelInput({name: tensor}, name, False)


def _first(parameters: Mapping[str, inspect.Parameter]) -> str:
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    for name, parameter in parameters.items():
        if parameter.kind in positional:
            return name
    raise ValueError("the model's forward takes no positional argument; pass a mapping")


def _require(
    model: nn.Module, given: Arguments, parameters: Mapping[str, inspect.Parameter]
) -> None:
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    missing = [
        name
        for name, parameter in parameters.items()
        if parameter.default is inspect.Parameter.empty
        and parameter.kind not in variable
        and name not in given
    ]
    if missing:
        raise ValueError(
            f"{type(model).__name__}.forward needs {', '.join(missing)}; "
            f"pass a mapping with every argument by name"
        )


def _parameter(model: nn.Module) -> torch.Tensor | None:
    held = (p for p in model.parameters() if p.is_floating_point())
    return next(held, None)


def _device(model: nn.Module) -> torch.device:
    parameter = next(model.parameters(), None)
    return parameter.device if parameter is not None else torch.device("cpu")


def _dtype(model: nn.Module) -> torch.dtype:
    parameter = _parameter(model)
    return parameter.dtype if parameter is not None else torch.float32

"""What a caller hands in → the keyword and positional arguments of the model's forward.

An integer array is token ids; a float array is embeddings, past values or the first positional
argument, whichever the model takes; a mapping is passed as it is. Nothing else is guessed.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import nn

from generator.capture.digests import argument_digest
from generator.capture.refusals import check_visible
from generator.hashing import sha256_json

Arguments = dict[str, Any]
Parameters = Mapping[str, inspect.Parameter]
# The argument whose first axis is the samples, where a mapping holds one of these.
MAIN_NAMES = ("input_ids", "inputs_embeds", "past_values", "pixel_values", "input_values")
# Masks that say which positions are padding; True or -inf marks padding.
PADDING_NAMES = {
    "encoder": ("src_key_padding_mask", "key_padding_mask"),
    "decoder": ("tgt_key_padding_mask",),
}
STOCK = (
    *(nn.MultiheadAttention, nn.Transformer, nn.TransformerEncoder, nn.TransformerDecoder),
    *(nn.TransformerEncoderLayer, nn.TransformerDecoderLayer),
)


@dataclass(frozen=True)
class ModelInput:
    """The arguments of one forward call.

    Attributes:
        arguments: by parameter name.
        main: the name of the argument that holds the samples.
        integer: whether the main argument was token ids.
        batch_axis: the axis of `main` that holds the samples; None for one unbatched sample.
    """

    arguments: Arguments
    main: str
    integer: bool
    batch_axis: int | None = 0

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the main argument."""
        return tuple(self.arguments[self.main].shape)

    @property
    def samples(self) -> int:
        """The batch size."""
        return 1 if self.batch_axis is None or not self.shape else self.shape[self.batch_axis]

    def find_real_queries(self, queries: int, decoding: bool) -> torch.Tensor | None:
        """(samples, queries) bool from the caller's own mask of padding; None when none fits.

        A decoder's queries have a mask of their own where the input has decoder arguments.
        """
        apart = decoding and any(name.startswith(("decoder_", "tgt")) for name in self.arguments)
        keeps = self.arguments.get("decoder_attention_mask" if apart else "attention_mask")
        if isinstance(keeps, torch.Tensor) and self._fits(keeps, queries):
            return keeps > 0
        for name in PADDING_NAMES["decoder" if apart else "encoder"]:
            drops = self.arguments.get(name)
            if isinstance(drops, torch.Tensor) and self._fits(drops, queries):
                return ~drops if drops.dtype == torch.bool else drops > -1e4
        return None

    def _fits(self, mask: torch.Tensor, queries: int) -> bool:
        return tuple(mask.shape) == (self.samples, queries)

    def copy_with_gradients(self) -> tuple[ModelInput, list[torch.Tensor]]:
        """The same with copies of its float tensors that take gradients, and those copies.

        Each has the shape of its original.
        """
        arguments = {
            name: value.detach().clone().requires_grad_()
            if isinstance(value, torch.Tensor) and value.is_floating_point()
            else value
            for name, value in self.arguments.items()
        }
        copies = [v for v in arguments.values() if isinstance(v, torch.Tensor) and v.requires_grad]
        return replace(self, arguments=arguments), copies

    def digest(self) -> str:
        """SHA-256 of every argument, by name: arrays by bytes, plain values as they are."""
        return sha256_json({name: argument_digest(v) for name, v in self.arguments.items()})


def model_input(model: nn.Module, data: Any) -> ModelInput:
    """Arguments for `model` from an array, a tensor or a mapping.

    Raises:
        ValueError: an argument the model requires is missing (named), or the data is empty.
        CaptureError: the model hides what it computes.
    """
    check_visible(model)
    parameters = forward_parameters(model)
    if isinstance(data, Mapping):
        inputs = _read_mapping(model, data, parameters)
    else:
        inputs = _read_array(model, data, parameters)
    _check_required(model, inputs.arguments, parameters)
    if 0 in inputs.shape:
        raise ValueError(f"input data is empty (shape {inputs.shape})")
    return inputs


def forward_parameters(model: nn.Module) -> dict[str, inspect.Parameter]:
    """The parameters of the model's forward; a compiled model's are those of the original."""
    return dict(inspect.signature(getattr(model, "_orig_mod", model).forward).parameters)


def _read_mapping(model: nn.Module, data: Mapping[str, Any], parameters: Parameters) -> ModelInput:
    arguments = {name: _move_to_model(model, value) for name, value in data.items()}
    order = [*MAIN_NAMES, *parameters, *arguments]
    tensors = {n for n, v in arguments.items() if isinstance(v, torch.Tensor) and v.dim()}
    main = next((name for name in order if name in tensors), None)
    if main is None:
        raise ValueError("the input mapping holds no array")
    integer = not arguments[main].is_floating_point()
    return ModelInput(arguments, main, integer, _find_batch_axis(model, arguments[main]))


def _move_to_model(model: nn.Module, value: Any) -> Any:
    if isinstance(value, np.ndarray):
        value = torch.from_numpy(np.ascontiguousarray(value))
        value = value.to(_dtype(model)) if value.is_floating_point() else value
    return value.to(_device(model)) if isinstance(value, torch.Tensor) else value


def _read_array(model: nn.Module, data: Any, parameters: Parameters) -> ModelInput:
    tensor = (
        data if isinstance(data, torch.Tensor) else torch.as_tensor(np.asarray(data, order="C"))
    )
    if not tensor.is_floating_point():
        name = "input_ids" if "input_ids" in parameters else _find_first_positional(parameters)
        return ModelInput({name: tensor.to(_device(model), torch.long)}, name, True)
    tensor = tensor.to(_device(model), _dtype(model))
    if "past_values" in parameters:
        mask = {"past_observed_mask": torch.ones_like(tensor)}
        beside = mask if "past_observed_mask" in parameters else {}
        return ModelInput({"past_values": tensor, **beside}, "past_values", False)
    embeds = "inputs_embeds" in parameters and hasattr(model, "get_input_embeddings")
    name = "inputs_embeds" if embeds else _find_first_positional(parameters)
    return ModelInput({name: tensor}, name, False, _find_batch_axis(model, tensor))


def _find_batch_axis(model: nn.Module, main: torch.Tensor) -> int | None:
    """0, but for stock layers: sequence first unless told otherwise, unbatched with two axes."""
    if not isinstance(model, STOCK):
        return 0
    if main.dim() == 2:
        return None
    inside = (m for m in model.modules() if isinstance(m, nn.MultiheadAttention))
    return 0 if next(inside).batch_first else 1


def _find_first_positional(parameters: Parameters) -> str:
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    for name, parameter in parameters.items():
        if parameter.kind in positional:
            return name
    raise ValueError("the model's forward takes no positional argument; pass a mapping")


def _check_required(model: nn.Module, arguments: Arguments, parameters: Parameters) -> None:
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    missing = [
        name
        for name, parameter in parameters.items()
        if parameter.default is inspect.Parameter.empty
        and parameter.kind not in variable
        and name not in arguments
    ]
    if missing:
        raise ValueError(
            f"{type(model).__name__}.forward needs {', '.join(missing)}; "
            f"pass a mapping with every argument by name"
        )


def _device(model: nn.Module) -> torch.device:
    parameter = next(model.parameters(), None)
    return parameter.device if parameter is not None else torch.device("cpu")


def _dtype(model: nn.Module) -> torch.dtype:
    floats = (p for p in model.parameters() if p.is_floating_point())
    parameter = next(floats, None)
    return parameter.dtype if parameter is not None else torch.float32

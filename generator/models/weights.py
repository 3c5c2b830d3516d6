"""The weights of a model folder: `model.safetensors`, read strictly and written plainly.

In: a network and a folder. Out: the network with every weight the file holds, and no other.
Never: a pickle, which can run code when it is read; a download; a weight left as it was made.
"""

from __future__ import annotations

from pathlib import Path

import safetensors
import torch
from safetensors.torch import load_file, save
from torch import Tensor, nn

from generator.errors import InputError, clip_line
from generator.inputs import require_file
from generator.models.sensor_config import CONFIG_FILE, WEIGHTS_FILE
from generator.models.weights_header import describe_missing
from generator.words import quote_text


def read_weights(model: nn.Module, folder: Path) -> None:
    """Give the model the folder's weights.

    Raises:
        InputError: the file is missing or no safetensors file, or weights are missing, left over
            or of another shape than the configuration says, or no finite numbers.

    """
    weights = _load_weights(folder)
    for name, tensor in weights.items():
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            raise InputError(
                f"{folder / WEIGHTS_FILE}: the tensor {quote_text(name)} holds what is no finite "
                f"number; train or save the model again"
            )
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        reason = " ".join(str(error).split())
        raise InputError(
            clip_line(f"{folder}: {WEIGHTS_FILE} does not fit {CONFIG_FILE}: {reason}")
        ) from error


def write_weights(model: nn.Module, folder: Path, metadata: dict[str, str] | None = None) -> None:
    """Write the model's weights; the folder is there already."""
    weights = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    (folder / WEIGHTS_FILE).write_bytes(save(weights, metadata))


def _load_weights(folder: Path) -> dict[str, Tensor]:
    path = folder / WEIGHTS_FILE
    try:
        require_file(path)
        return load_file(path)
    except FileNotFoundError:
        raise InputError(f"{path}: {describe_missing(folder)}") from None
    except safetensors.SafetensorError as error:
        raise InputError(f"{path}: not a safetensors file ({error})") from error

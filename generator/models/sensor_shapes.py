"""The tensors that a sensor transformer of this program has, told from its configuration alone.

In: a SensorModelConfig and the header of a file. Out: nothing, or a refusal by tensor with both
shapes. Never: torch, a network built.
"""

from __future__ import annotations

from pathlib import Path

from generator.errors import InputError
from generator.models.claimed_sizes import refuse_false_sizes
from generator.models.sensor_config import CONFIG_FILE, WEIGHTS_FILE, SensorModelConfig
from generator.models.weights_header import Header, refuse_numbers
from generator.words import count_noun, quote_text

Shapes = dict[str, tuple[int, ...]]


def refuse_other_weights(folder: Path, config: SensorModelConfig, header: Header) -> None:
    """Nothing, where the header is of the model that the config describes.

    Raises:
        InputError: a size is claimed that no tensor has, a tensor is missing, left over, of
            another shape or of whole numbers; by file and key or tensor.
    """
    refuse_false_sizes(folder / CONFIG_FILE, {"layers": config.layers}, header)
    wanted, path = list_shapes(config), folder / WEIGHTS_FILE
    for name in sorted(wanted.keys() ^ header.keys()):
        says = "is missing" if name in wanted else "is left over"
        raise InputError(
            f"{path}: does not fit {CONFIG_FILE}: the tensor {quote_text(name)} {says}; the config "
            f"says {count_noun(config.layers, 'layer')}, {len(wanted)} tensors in all, and the "
            f"file holds {len(header)}"
        )
    for name, shape in wanted.items():
        if header[name].shape != shape:
            raise InputError(
                f"{path}: does not fit {CONFIG_FILE}: the tensor {quote_text(name)} is "
                f"{_format_shape(header[name].shape)}, the config says {_format_shape(shape)}"
            )
    refuse_numbers(path, header, header)


def list_shapes(config: SensorModelConfig) -> Shapes:
    """Name -> shape of every tensor of the model."""
    width, outputs = config.width, config.target.outputs
    ends = {**_list_norm("norm", width), **_list_linear("read_out", width, outputs)}
    if config.architecture == "variate-transformer":
        shapes = _list_linear("embed", config.window, width)
        shapes["sensor_code"] = (len(config.sensors), width)
        for layer in range(config.layers):
            shapes |= _list_block(f"blocks.{layer}", width)
        return shapes | ends
    shapes = _list_linear("embed", len(config.sensors), width)
    for layer in range(config.layers):
        shapes |= _list_encoder_layer(f"encoder.layers.{layer}", width)
    return shapes | ends


def _list_block(at: str, width: int) -> Shapes:
    return {
        **_list_norm(f"{at}.attention_norm", width),
        **_list_linear(f"{at}.query_key_value", width, 3 * width),
        **_list_linear(f"{at}.merge", width, width),
        **_list_norm(f"{at}.network_norm", width),
        **_list_linear(f"{at}.network.0", width, 2 * width),
        **_list_linear(f"{at}.network.2", 2 * width, width),
    }


def _list_encoder_layer(at: str, width: int) -> Shapes:
    return {
        f"{at}.self_attn.in_proj_weight": (3 * width, width),
        f"{at}.self_attn.in_proj_bias": (3 * width,),
        **_list_linear(f"{at}.self_attn.out_proj", width, width),
        **_list_linear(f"{at}.linear1", width, 2 * width),
        **_list_linear(f"{at}.linear2", 2 * width, width),
        **_list_norm(f"{at}.norm1", width),
        **_list_norm(f"{at}.norm2", width),
    }


def _list_linear(at: str, given: int, made: int) -> Shapes:
    return {f"{at}.weight": (made, given), f"{at}.bias": (made,)}


def _list_norm(at: str, width: int) -> Shapes:
    return {f"{at}.weight": (width,), f"{at}.bias": (width,)}


def _format_shape(shape: tuple[int, ...]) -> str:
    return " by ".join(f"{side:,}" for side in shape) or "a single number"

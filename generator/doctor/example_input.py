"""Random inputs for any Hugging Face model, made from its forward signature and its config.

In: a model. Out: inputs, the simplest first, and the first that runs. Never: a tokenizer, a
processor, a file.
"""

from __future__ import annotations

import inspect
import re
import traceback
from collections.abc import Iterable, Iterator
from itertools import chain

import torch
from torch import nn

from generator.errors import InputError

SAMPLES, TOKENS, DECODED, PADDED, SAMPLED = 2, 14, 9, 4, 4_000
Inputs = dict[str, torch.Tensor]
PIXELS = ("pixel_values", "pixel_values_videos", "pixels", "images", "image")
BANDS = (
    *("num_mel_bins", "feature_size", "n_mels", "input_dim", "input_feat_per_channel"),
    "feature_projection_input_dim",
)
SOUND = ("input_features", "input_values", "audio_values", "speech_inputs", "padding_features")


def find_running_input(model: nn.Module, candidates: Iterable[Inputs]) -> Inputs:
    """The first of some inputs, tensors of any shape by argument, that the model runs on.

    Raises:
        InputError: none does; the first error is told, in one line with its place.
    """
    first: Exception | None = None
    for one in candidates:
        try:
            with torch.random.fork_rng(), torch.no_grad():
                model(**one)
        except Exception as error:  # noqa: BLE001 - the next one may run
            first = first or error
        else:
            return one
    reason = describe_error(first) if first else "its forward takes nothing that is known here"
    raise InputError(f"{type(model).__name__}: no input made from its config runs: {reason}")


def describe_error(error: Exception) -> str:
    """An error as one line with the place it came from."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    lines = [line for line in str(error).splitlines() if line.strip()]
    message = re.sub(r"/\S*/site-packages/", "", " ".join(line.strip() for line in lines[:3]))[:240]
    return f"{type(error).__name__}: {message} ({place.filename.rsplit('/', 1)[-1]}:{place.lineno})"


def make_candidates(model: nn.Module) -> Iterator[Inputs]:
    """Inputs to try: tokens alone, the model's main input, both together.

    Each is tensors by argument, of the shapes that the config asks for, random and unitless.
    """
    names = tuple(inspect.signature(model.forward).parameters)
    main = getattr(model, "main_input_name", "input_ids")
    main = main if isinstance(main, str) else main[0]
    text = _make_text(model, names)
    if "input_ids" in names:
        yield text | _make_decoder(model, names)
        yield {k: v for k, v in text.items() if k != "attention_mask"} | _make_decoder(model, names)
    for other in chain(
        _make_series(model, names), _make_pixels(model, names), _make_sound(model, names)
    ):
        if main in other or "input_ids" not in names:
            yield other | _make_decoder(model, names)
        if "input_ids" in names:
            yield other | text | _make_decoder(model, names)
    yield from _make_embeddings(model, names)


def read_setting(model: nn.Module, *names: str, default: int) -> int:
    """The first of these settings that the config or one of its parts holds as a number."""
    parts = [model.config, *(v for v in vars(model.config).values() if hasattr(v, "to_dict"))]
    for name in names:
        for part in parts:
            value = getattr(part, name, None)
            if isinstance(value, list | tuple) and value and isinstance(value[0], int):
                value = value[0]
            if isinstance(value, int) and not isinstance(value, bool):
                return value
    return default


def _make_ids(model: nn.Module, length: int) -> torch.Tensor:
    size = min(read_setting(model, "vocab_size", "text_vocab_size", default=100), 200)
    return torch.randint(5, max(size - 8, 6), (SAMPLES, length))


def _make_text(model: nn.Module, names: tuple[str, ...]) -> Inputs:
    mask = torch.ones(SAMPLES, TOKENS, dtype=torch.long)
    mask[1, TOKENS - PADDED :] = 0
    tensors = {"input_ids": _make_ids(model, TOKENS), "attention_mask": mask}
    if "bbox" in names:
        tensors["bbox"] = torch.zeros(SAMPLES, TOKENS, 4, dtype=torch.long)
    return {name: tensors[name] for name in tensors if name in names}


def _make_decoder(model: nn.Module, names: tuple[str, ...]) -> Inputs:
    if "decoder_input_ids" not in names:
        return {}
    return {"decoder_input_ids": _make_ids(model, DECODED)}


def _make_embeddings(model: nn.Module, names: tuple[str, ...]) -> Iterator[Inputs]:
    width = read_setting(model, "hidden_size", "d_model", "embed_dim", "hidden_dim", default=64)
    for name in ("inputs_embeds", "hidden_states", "inputs", "encoder_hidden_states"):
        if name in names:
            yield {name: torch.randn(SAMPLES, TOKENS, width)}


def _make_pixels(model: nn.Module, names: tuple[str, ...]) -> Iterator[Inputs]:
    size = read_setting(model, "image_size", "img_size", "input_size", "crop_size", default=32)
    channels = read_setting(
        model, "num_channels", "in_channels", "in_chans", "image_channels", default=3
    )
    frames = read_setting(model, "num_frames", "frames_per_clip", "tubelet_size", default=2)
    if "grid_thw" in names and "hidden_states" in names:
        yield _make_patches(model, names, "hidden_states")
    for name in (one for one in PIXELS if one in names):
        if {"grid_thw", "image_grid_thw", "spatial_shapes"} & set(names):
            yield _make_patches(model, names, name)
        for edge in dict.fromkeys((size, 32, 64, 128, 224)):
            if edge > 512:
                continue
            yield {name: torch.randn(SAMPLES, channels, edge, edge)}
            if edge <= 64:
                yield {name: torch.randn(SAMPLES, frames, channels, edge, edge)}


def _make_patches(model: nn.Module, names: tuple[str, ...], name: str) -> Inputs:
    """Two images of 4 x 4 flattened patches each, for models that take a grid beside them."""
    patch = read_setting(model, "patch_size", default=8)
    channels = read_setting(model, "num_channels", "in_channels", default=3)
    frames = read_setting(model, "temporal_patch_size", default=1)
    grid = {"image_grid_thw": torch.tensor([[1, 4, 4]] * SAMPLES)}
    grid["grid_thw"] = grid["image_grid_thw"]
    grid["spatial_shapes"] = torch.tensor([[4, 4]] * SAMPLES)
    grid["pixel_attention_mask"] = torch.ones(SAMPLES, 16, dtype=torch.long)
    grid["merge_sizes"] = torch.ones(SAMPLES, dtype=torch.long)
    beside = {key: value for key, value in grid.items() if key in names}
    flat = frames * channels * patch * patch
    rows = (SAMPLES, 16, flat) if "spatial_shapes" in beside else (SAMPLES * 16, flat)
    return {name: torch.randn(*rows)} | beside


def _make_sound(model: nn.Module, names: tuple[str, ...]) -> Iterator[Inputs]:
    bands = read_setting(model, *BANDS, default=16)
    most = read_setting(
        model, "max_source_positions", "max_length", "max_position_embeddings", default=32
    )
    for name in (one for one in SOUND if one in names):
        if name == "input_features":
            for steps in dict.fromkeys((64, 2 * most, most, 128, 200)):
                if steps > 3_000:
                    continue
                beside = {
                    key: torch.ones(SAMPLES, steps, dtype=torch.long)
                    for key in ("input_features_mask",)
                    if key in names
                }
                yield {name: torch.randn(SAMPLES, bands, steps)} | beside
                yield {name: torch.randn(SAMPLES, steps, bands)} | beside
                yield {name: torch.randn(SAMPLES, 1, steps, bands)}
        else:
            for wave in (SAMPLED, 16_000):
                yield {name: torch.randn(SAMPLES, wave)}
                yield {name: torch.randn(SAMPLES, 1, wave)}
            for steps in dict.fromkeys((most, 64)):
                yield {name: torch.randn(SAMPLES, steps, bands)}


def _make_series(model: nn.Module, names: tuple[str, ...]) -> Iterator[Inputs]:
    if "past_values" not in names:
        return
    config = model.config
    length = read_setting(model, "context_length", "seq_length", default=32)
    if "past_time_features" in names:
        past = length + max(getattr(config, "lags_sequence", [0]) or [0])
        ahead = read_setting(model, "prediction_length", default=8)
        features = read_setting(model, "num_time_features", default=0)
        yield {
            "past_values": torch.rand(SAMPLES, past),
            "past_time_features": torch.rand(SAMPLES, past, features),
            "past_observed_mask": torch.ones(SAMPLES, past),
            "future_values": torch.rand(SAMPLES, ahead),
            "future_time_features": torch.rand(SAMPLES, ahead, features),
        }
        return
    channels = read_setting(model, "num_input_channels", default=1)
    yield {"past_values": torch.randn(SAMPLES, length, channels)}
    yield {"past_values": torch.randn(SAMPLES, length)}

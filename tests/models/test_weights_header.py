"""Headers of weights are read before anything is built, and held against the config."""

from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file
from transformers import AlbertConfig, AlbertModel, BertConfig, BertModel, GPT2Config, GPT2Model

from generator.errors import InputError
from generator.inputs import open_input
from generator.models.claimed_sizes import refuse_false_sizes
from generator.models.config_file import read_config_file
from generator.models.sensor_config import SensorModelConfig
from generator.models.sensor_shapes import list_shapes
from generator.models.sensor_transformers import build_sensor_model
from generator.models.weights_header import (
    INDEX_FILE,
    TensorHeader,
    read_folder_header,
    read_header,
    refuse_numbers,
)

ENTRY = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}


def write(path: Path, header: Any, body: bytes = bytes(8)) -> None:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


@pytest.mark.parametrize(
    ("header", "body", "says"),
    [
        ({"a": ENTRY}, bytes(7), "another number of bytes than it holds"),
        ({"a": ENTRY}, bytes(9), "another number of bytes than it holds"),
        ({"a": ENTRY, "b": ENTRY}, bytes(8), "lie over each other"),
        ({"a": {**ENTRY, "shape": [3]}}, bytes(8), "is not that of its bytes"),
        ({"a": {**ENTRY, "dtype": "Q9"}}, bytes(8), "that safetensors does not know"),
        ({"a": {**ENTRY, "shape": [1 << 40, 1 << 40]}}, bytes(8), "larger than any file"),
        (b'{"a"', bytes(8), "not JSON"),
        ({}, b"", "holds no tensor"),
        (f'{{"a": {json.dumps(ENTRY)}, "a": {json.dumps(ENTRY)}}}'.encode(), bytes(8), "twice"),
    ],
)
def test_a_header_that_lies_is_refused(header: Any, body: bytes, says: str, tmp_path: Path) -> None:
    """By file, in one line; the same file without the lie is read."""
    path = tmp_path / "model.safetensors"
    write(path, {"a": ENTRY})
    assert read_header(path) == {"a": TensorHeader("F32", (2,))}
    write(path, header, body)
    with pytest.raises(InputError, match=says) as refusal:
        read_header(path)
    assert str(refusal.value).startswith(f"{path}: ")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"abc", "too short"),
        (b"\xff" * 90, "longer header"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b"<!doctype html>", "a web page"),
        (b"PK\x03\x04" + bytes(90), "a zip"),
        (b"\x80\x04" + bytes(90), "a pickle"),
    ],
)
def test_another_file_is_called_what_it_is(data: bytes, says: str, tmp_path: Path) -> None:
    """Saved as weights by mistake."""
    path = tmp_path / "model.safetensors"
    path.write_bytes(data)
    with pytest.raises(InputError, match=says):
        read_header(path)


def test_shards_hold_what_their_index_says(tmp_path: Path) -> None:
    """Each file is there and holds its tensors, and no tensor is left out."""
    save_file({"a": np.zeros(2, np.float32)}, tmp_path / "one.safetensors")
    save_file({"b": np.zeros(3, np.float32)}, tmp_path / "two.safetensors")

    def index(**places: str) -> None:
        (tmp_path / INDEX_FILE).write_text(json.dumps({"weight_map": places}))

    index(a="one.safetensors", b="two.safetensors")
    assert set(read_folder_header(tmp_path)) == {"a", "b"}
    for places, says in (
        ({"a": "one.safetensors", "b": "gone.safetensors"}, "not found"),
        ({"a": "one.safetensors", "c": "two.safetensors"}, 'has no tensor "c"'),
        ({"a": "../one.safetensors"}, "no name of a file beside it"),
        ({"a": "one.safetensors"}, None),
        ({}, "weight_map is missing"),
    ):
        index(**places)
        if says is None:
            assert set(read_folder_header(tmp_path)) == {"a"}
            continue
        with pytest.raises(InputError, match=says):
            read_folder_header(tmp_path)


@pytest.mark.parametrize("number", ["I8", "I64", "U8", "BOOL", "C64", "F8_E4M3"])
def test_numbers_that_would_be_cast_are_refused(number: str) -> None:
    """By tensor; halves and their like are right, and so is a count of batches."""
    path = Path("net/model.safetensors")
    with pytest.raises(InputError, match=f'the tensor "w" is of {number} numbers'):
        refuse_numbers(path, {"w": TensorHeader(number, (2,))}, ["w"])
    fine = {name: TensorHeader(name, (2,)) for name in ("F16", "BF16", "F32", "F64")}
    fine["norm.num_batches_tracked"] = TensorHeader("I64", ())
    refuse_numbers(path, fine, fine)


@pytest.mark.parametrize("architecture", ["variate-transformer", "timestep-transformer"])
def test_shapes_told_from_a_config_are_those_of_the_network(architecture: str) -> None:
    """Every tensor that torch would make, and no other."""
    config = SensorModelConfig.model_validate(
        {
            "architecture": architecture,
            "sensors": ("a", "b", "c"),
            "window": 5,
            "scaling": {name: {"mean": 0, "scale": 1} for name in "abc"},
            "target": {"name": "y", "task": "class", "classes": ("u", "v", "w")},
            "width": 8,
            "layers": 2,
            "heads": 2,
        }
    )
    state = build_sensor_model(config).state_dict()
    assert list_shapes(config) == {name: tuple(one.shape) for name, one in state.items()}


def make_families() -> list[tuple[Any, torch.nn.Module]]:
    small = {"hidden_size": 8, "num_attention_heads": 2, "intermediate_size": 16, "vocab_size": 20}
    albert = AlbertConfig(**small, embedding_size=4, num_hidden_layers=12)
    bert = BertConfig(**small, num_hidden_layers=2)
    gpt = GPT2Config(n_embd=8, n_layer=2, n_head=2, vocab_size=20, n_positions=16)
    with torch.device("meta"):
        return [(albert, AlbertModel(albert)), (bert, BertModel(bert)), (gpt, GPT2Model(gpt))]


@pytest.mark.parametrize(("config", "module"), make_families())
def test_layers_that_share_weights_are_not_refused(config: Any, module: torch.nn.Module) -> None:
    """Real families pass; the same config with a million layers, or a huge size, does not."""
    header = {name: TensorHeader("F32", tuple(t.shape)) for name, t in module.state_dict().items()}
    stated = config.to_dict()
    refuse_false_sizes(Path("config.json"), stated, header)
    for name in ("num_hidden_layers", "hidden_size", "vocab_size"):
        key = config.attribute_map.get(name, name)
        with pytest.raises(InputError, match=f"config.json: {key} is 1,000,000, but "):
            refuse_false_sizes(Path("config.json"), {**stated, key: 1_000_000}, header)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"scaling": {"heat": {"mean": Infinity}}}', "scaling.heat.mean is inf"),
        ('{"step_seconds": NaN}', "step_seconds is nan"),
        ('{"a": [1, 1e999]}', "a is inf"),
        ('{"a": {"__float__": "Infinity"}}', "a is inf"),
        ('{"a": ' + "9" * 400 + "}", "a is inf"),
        ('{"a": 1, "a": 2}', 'the key "a" stands twice'),
        ('{"a": ' * 60 + "1" + "}" * 60, "nested deeper"),
        ("[1]", "holds no mapping"),
        ("", "is empty"),
        ("\ufeff{}", "byte order mark"),
    ],
)
def test_json_is_read_strictly(text: str, says: str, tmp_path: Path) -> None:
    """Not as Python reads it: what is no finite number is refused by file and key."""
    path = tmp_path / "config.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=says):
        read_config_file(path)


def test_a_limit_that_limits_nothing_may_be_infinite(tmp_path: Path) -> None:
    """Some families publish it so."""
    path = tmp_path / "config.json"
    path.write_text('{"time_step_limit": [0.0, Infinity]}')
    assert read_config_file(path)["time_step_limit"][1] == float("inf")


def bind(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(path))


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (os.mkfifo, "a pipe"),
        (Path.mkdir, "a folder"),
        (bind, "a socket"),
        (lambda path: path.symlink_to("/dev/zero"), "a device"),
    ],
)
def test_what_is_no_file_is_not_opened(
    make: Callable[[Path], object], kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor waited for: behind a link as well."""
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "it")
    (tmp_path / "link").symlink_to("it")
    for name in ("it", "link"):
        with pytest.raises(InputError, match=f"is {kind}, not a file"):
            open_input(tmp_path / name)

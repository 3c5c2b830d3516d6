"""Hugging Face folders: read strictly, from this disk only, and asked like our own models."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import PatchTSTForRegression

from generator.agents.sensor_agent import SensorAgent
from generator.capture.extract import Extraction, extract_attention
from generator.capture.inputs import model_input
from generator.errors import InputError
from generator.kinds import TokenKind
from generator.models.huggingface_config import SUPPORTED
from generator.models.patch_folder import load_patch_model, save_patch_model
from generator.models.sensor_patchtst import ARCHITECTURES
from generator.models.source import load_model
from tests.models.patchtst_folders import SENSORS, change_config, make_contract, write_folder


def readings(windows: int = 4) -> np.ndarray:
    """(window, 30, 3) plausible readings, differing between sensors."""
    return np.abs(np.random.default_rng(0).normal([10, 0, 5], [3, 1, 4], (windows, 30, 3)))


def standardised(values: np.ndarray) -> torch.Tensor:
    """The readings as the contract scales them, by hand."""
    air, fuel, co = np.moveaxis(values, -1, 0)
    columns = [(air - 10) / 2, fuel, (np.log1p(co) - 1) / 2]
    return torch.from_numpy(np.stack(columns, axis=-1).astype(np.float32))


def test_what_is_told_to_be_supported_can_be_built() -> None:
    """`check` names architectures without loading them: the same ones, in the same order."""
    assert tuple(ARCHITECTURES) == SUPPORTED


def test_values_are_hugging_faces_own_in_the_targets_unit(tmp_path: Path) -> None:
    """A prediction is 100 + 50 times what the model's own forward gives for scaled readings."""
    own = write_folder(tmp_path)
    loaded = load_model("huggingface", tmp_path, "net")
    with torch.no_grad():
        raw = own(past_values=standardised(readings())).regression_outputs[:, 0].numpy()
    np.testing.assert_allclose(loaded.predict(readings()), 100 + 50 * raw, rtol=1e-5)


def test_an_event_is_the_second_class(tmp_path: Path) -> None:
    """A probability is the softmax of the classifier's two logits, second class."""
    own = write_folder(tmp_path, "event")
    with torch.no_grad():
        logits = own(past_values=standardised(readings())).prediction_logits
    expected = logits.softmax(-1)[:, 1].numpy()
    np.testing.assert_allclose(load_patch_model(tmp_path).predict(readings()), expected, rtol=1e-5)


def test_what_the_folder_says_is_kept(tmp_path: Path) -> None:
    """Sensors, window, step, target and digests of both files come with the model."""
    write_folder(tmp_path)
    loaded = load_model("huggingface", tmp_path, "net")
    assert (loaded.sensors, loaded.window, loaded.step_seconds) == (SENSORS, 30, 60)
    assert (loaded.target, loaded.target_unit, loaded.description) == ("co", "ppm", "small")
    assert (loaded.architecture, loaded.source) == ("PatchTSTForRegression", "huggingface")
    assert loaded.tokens is TokenKind.PATCHES
    assert [file.name for file in loaded.files] == ["config.json", "model.safetensors"]
    assert not loaded.module.training


@pytest.mark.parametrize("read_out", [False, True], ids=["mean", "class-token"])
def test_maps_are_the_eager_models_own(tmp_path: Path, read_out: bool) -> None:
    """Every layer and head equals transformers' eager attentions, averaged over the sensors."""
    write_folder(tmp_path, use_cls_token=read_out)
    model = load_patch_model(tmp_path)
    given = model_input(model, model.prepare_input(readings()))
    got = extract_attention(model, given, Extraction(all_heads=True, sample=2))
    eager = PatchTSTForRegression.from_pretrained(tmp_path, attn_implementation="eager").eval()
    with torch.no_grad():
        maps = eager(past_values=standardised(readings()), output_attentions=True).attentions
    own = torch.stack(maps).view(2, 4, 3, 4, 7 + read_out, 7 + read_out)
    assert got.rows_per_sample == 3
    np.testing.assert_allclose(got.weights, own[:, 2].mean(1).numpy(), atol=1e-5)


def test_sensors_keep_their_order(tmp_path: Path) -> None:
    """The batch rows of one sample are its sensors in the contract's order, none mixed."""
    write_folder(tmp_path)
    model = load_patch_model(tmp_path)
    eager = PatchTSTForRegression.from_pretrained(tmp_path, attn_implementation="eager").eval()
    inputs = standardised(readings(1))
    with torch.no_grad():
        whole = eager(past_values=inputs, output_attentions=True).attentions[0]
        for at in range(3):
            alone = torch.zeros_like(inputs)
            alone[:, :, at] = inputs[:, :, at]
            maps = eager(past_values=alone, output_attentions=True).attentions[0]
            assert torch.allclose(maps[at], whole[at], atol=1e-6)
            given = model_input(model, alone)
            got = extract_attention(model, given, Extraction(all_heads=True))
            np.testing.assert_allclose(got.weights[0], maps.mean(0).numpy(), atol=1e-5)


def test_saved_and_loaded_is_the_same_model(tmp_path: Path) -> None:
    """What we write, we and transformers read back; written again it has the same bytes."""
    write_folder(tmp_path / "hf")
    model = load_patch_model(tmp_path / "hf")
    save_patch_model(model, tmp_path / "a")
    save_patch_model(load_patch_model(tmp_path / "a"), tmp_path / "b")
    for name in ("config.json", "model.safetensors"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    theirs, info = PatchTSTForRegression.from_pretrained(
        tmp_path / "a", output_loading_info=True, local_files_only=True
    )
    assert not info["missing_keys"]
    assert not info["unexpected_keys"]
    assert all(torch.equal(model.state_dict()[k], v) for k, v in theirs.state_dict().items())


def test_an_agent_takes_such_a_folder(tmp_path: Path) -> None:
    """An agent answers with a Hugging Face folder as with one of ours, by the same calls."""

    class Watcher(SensorAgent):
        registered, weights = "watcher", tmp_path

    write_folder(tmp_path)
    agent = Watcher()
    assert agent.get_sensor_names() == list(SENSORS)
    assert tuple(agent.model.prepare_input(readings()).shape) == (4, 30, 3)
    assert [p.unit for p in agent.process(readings(2))] == ["ppm", "ppm"]


def test_loading_says_nothing_and_leaves_the_log_level(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Transformers' advice does not reach the terminal, and its own setting is put back."""
    write_folder(tmp_path, do_mask_input=True)
    level = logging.getLogger("transformers").level
    capfd.readouterr()
    caplog.clear()
    load_patch_model(tmp_path)
    assert (capfd.readouterr(), caplog.records) == (("", ""), [])
    assert logging.getLogger("transformers").level == level


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"attention_reports": None}, "the key attention_reports is missing"),
        ({"attention_reports": {"sensors": ["a"]}}, r"attention_reports: window: .* more"),
        ({"architectures": ["BertModel"]}, "architecture BertModel is not supported; supported: "
         "PatchTSTForClassification, PatchTSTForRegression; any other transformer .*Python"),
        ({"architectures": None}, "architecture not stated is not supported"),
        ({"auto_map": {"AutoModel": "x.Y"}}, "auto_map asks for Python code .* never run"),
        ({"model_type": "bert"}, "model_type is bert, these architectures need patchtst"),
        ({"context_length": 31}, "context_length is 31, it must be 30 here"),
        ({"num_input_channels": 2}, "num_input_channels is 2, it must be 3 here"),
        ({"num_targets": 2}, "num_targets is 2, it must be 1 here"),
        ({"channel_attention": True}, "channel_attention is True, it must be False here"),
        ({"loss": "nll"}, "loss is nll, it must be mse here"),
        ({"d_model": "wide"}, "no PatchTST configuration: .*d_model"),
        ({"d_model": -2}, "no PatchTST can be built"),
        ({"activation_function": "nope"}, "no PatchTST can be built"),
        ({"num_attention_heads": 5}, "divisible by num_heads"),
        ({"attention_reports": make_contract("event")},
         "PatchTSTForRegression is for task value, the target's is event"),
        ({"d_model": 8}, r"model\.safetensors does not fit config\.json: .*size mismatch"),
        ({"num_hidden_layers": 3}, r"does not fit config\.json: .*Missing key"),
        ({"num_hidden_layers": 1}, r"does not fit config\.json: .*Unexpected key"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)  # fmt: skip
def test_what_cannot_be_used_is_named(
    change: dict[str, object], words: str, tmp_path: Path
) -> None:
    """Each mistake in a folder is an InputError that names the file and the key."""
    write_folder(tmp_path)
    change_config(tmp_path, **change)
    with pytest.raises(InputError, match=words):
        load_patch_model(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", "\x00"])
def test_a_config_that_is_no_mapping_is_named(text: str, tmp_path: Path) -> None:
    """A broken config.json is an InputError, not a traceback."""
    write_folder(tmp_path)
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(InputError, match=r"config\.json: (not JSON|holds no mapping)"):
        load_patch_model(tmp_path)


def test_a_pickle_is_not_read(tmp_path: Path) -> None:
    """A folder with pytorch_model.bin alone is refused, and the remedy said."""
    own = write_folder(tmp_path)
    (tmp_path / "model.safetensors").unlink()
    torch.save(own.state_dict(), tmp_path / "pytorch_model.bin")
    with pytest.raises(InputError, match=r"pytorch_model\.bin is a pickle.*safe_serialization"):
        load_patch_model(tmp_path)


def test_a_weight_left_out_is_an_error(tmp_path: Path) -> None:
    """Transformers would start such a weight at random with a warning; here it stops the run."""
    write_folder(tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    weights.pop("head.projection.bias")
    save_file(weights, tmp_path / "model.safetensors")
    with pytest.raises(InputError, match=r"Missing key.*head\.projection\.bias"):
        load_patch_model(tmp_path)


def test_an_empty_folder_lacks_its_config(tmp_path: Path) -> None:
    """The file that is missing is named."""
    with pytest.raises(InputError, match=r"config\.json: not found; a Hugging Face"):
        load_patch_model(tmp_path)


def test_naming_the_sources_imports_no_transformers() -> None:
    """A manifest is checked without torch and transformers."""
    program = (
        "import sys, generator.manifest, generator.build.plan;"
        "print([m for m in ('torch', 'transformers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert json.loads(done.stdout) == []

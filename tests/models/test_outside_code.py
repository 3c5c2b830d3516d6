"""A model's configuration asks for code from elsewhere: refused by file and key, nothing called."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from transformers import BertConfig, BertModel
from transformers.utils.import_utils import KERNELS_MIN_VERSION

from generator.errors import InputError
from generator.models.outside_code import (
    drop_kernel_names,
    has_unreadable_kernel,
    refuse_outside_code,
    refuse_outside_files,
)
from tests.conftest import ROOT

PATH = Path("models/pump/config.json")
HUB = 'asks for a kernel from a hub ("some-org/some-kernel"), which is never fetched or run; '
KERNEL = "some-org/some-kernel"
BERT = BertConfig(
    vocab_size=20, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8
)


@pytest.mark.parametrize(
    ("config", "key", "asks"),
    [
        ({"attn_implementation": KERNEL}, "attn_implementation", HUB),
        ({"_attn_implementation": KERNEL}, "_attn_implementation", HUB),
        ({"attn_implementation": {"text_config": KERNEL}}, "attn_implementation", HUB),
        ({"text_config": {"attn_implementation": KERNEL}}, "text_config.attn_implementation", HUB),
        ({"parts": [{"attn_implementation": KERNEL}]}, "parts.attn_implementation", HUB),
        ({"auto_map": {"AutoModel": "net.Net"}}, "auto_map", "asks for Python code from the model"),
        ({"vision_config": {"auto_map": {"": "n.N"}}}, "vision_config.auto_map", "asks for Python"),
        ({"custom_generate": "org/way"}, "custom_generate", "asks for Python code that generates"),
        ({"trust_remote_code": True}, "trust_remote_code", "asks to run Python code"),
        (
            {"configuration_files": ["config.4.0.0.json"]},
            "configuration_files",
            "asks that another",
        ),
        ({"quantization_config": {"quant_method": "fp8"}}, "quantization_config", "asks for quant"),
        (
            {"text_config": {"compression_config": {"a": 1}}},
            "text_config.compression_config",
            "asks",
        ),
        ({"experts_implementation": "sonicmoe"}, "experts_implementation", "asks for a kernel"),
        ({"backbone": "org/net"}, "backbone", "asks for a part from elsewhere"),
        ({"vision": {"architecture": "hf_hub:org/net"}}, "vision.architecture", "asks for a part"),
        ({"backbone": "resnet50", "use_timm_backbone": False}, "backbone", "asks for a part"),
    ],
)
def test_what_asks_for_code_is_refused_by_file_and_key(
    config: dict[str, Any], key: str, asks: str
) -> None:
    """At any depth, in one line."""
    with pytest.raises(InputError) as refusal:
        refuse_outside_code(PATH, config)
    assert str(refusal.value).startswith(f"{PATH}: {key} {asks}")


@pytest.mark.parametrize("name", ["some-org/k@main", "some-org/k:run", "paged|some-org/k"])
def test_every_way_to_name_a_kernel_of_a_hub_is_one(name: str) -> None:
    """With a revision, a function, or a wrapper before it."""
    with pytest.raises(InputError, match="asks for a kernel from a hub"):
        refuse_outside_code(PATH, {"attn_implementation": name})


def test_what_lies_beside_a_config_is_refused_by_its_file(tmp_path: Path) -> None:
    """An adapter names another model by its place; the config of generation may ask for code."""
    (tmp_path / "generation_config.json").write_text('{"max_length": 20}')
    refuse_outside_files(tmp_path)
    (tmp_path / "generation_config.json").write_text('{"custom_generate": "org/way"}')
    with pytest.raises(InputError, match=r"generation_config\.json: custom_generate asks for"):
        refuse_outside_files(tmp_path)
    (tmp_path / "adapter_config.json").write_text('{"base_model_name_or_path": "org/base"}')
    with pytest.raises(InputError, match=r"adapter_config\.json: .*base_model_name_or_path names"):
        refuse_outside_files(tmp_path)


def test_labels_ask_for_nothing() -> None:
    """Names of classes and of where a model came from are not followed."""
    labels = {"architectures": ["org/Net"], "_name_or_path": "org/net", "auto_map": None}
    refuse_outside_code(PATH, {**labels, "attn_implementation": "sdpa"})
    refuse_outside_code(PATH, {"backbone": "resnet50", "use_timm_backbone": True})
    refuse_outside_code(PATH, {"experts_implementation": "eager", "backbone": None})


def test_a_known_kernel_is_replaced_by_one_that_can_be_read() -> None:
    """Its name goes, at any depth; what can be read stays."""
    config = {"attn_implementation": "flash_attention_2", "parts": {"attn_implementation": "sdpa"}}
    assert has_unreadable_kernel(config)
    assert drop_kernel_names(config) == {"parts": {"attn_implementation": "sdpa"}}
    assert not has_unreadable_kernel({"attn_implementation": "eager"})


STAND_IN = """
import pathlib
CALLS = pathlib.Path(__file__).with_name("calls")
class Anything:
    def __init__(self, *_, **__):
        CALLS.write_text("called")
def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return Anything
"""


def test_a_package_of_kernels_is_never_called(tmp_path: Path) -> None:
    """With one installed, `doctor` refuses the folder with code 2 and one line."""
    done = diagnose(tmp_path, {"attn_implementation": KERNEL})
    assert (done.returncode, done.stdout) == (2, "")
    assert HUB in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "packages" / "kernels" / "calls").exists()


def test_the_stand_in_is_what_transformers_would_call(tmp_path: Path) -> None:
    """Loaded without our check, the same folder calls it: the test above could fail."""
    load = "from transformers import AutoModel; AutoModel.from_pretrained('model')"
    run(tmp_path, {"attn_implementation": KERNEL}, ["-c", load])
    assert (tmp_path / "packages" / "kernels" / "calls").exists()


def test_a_model_saved_with_a_kernel_that_is_not_here_is_read(tmp_path: Path) -> None:
    """flash_attention_2 in a config says how it was trained; no stand-in is fetched for it."""
    done = diagnose(tmp_path, {"attn_implementation": "flash_attention_2"}, packages="none")
    assert done.returncode == 0, done.stderr
    assert "encoder" in done.stdout


def diagnose(
    folder: Path, keys: dict[str, Any], packages: str = "packages"
) -> subprocess.CompletedProcess[str]:
    """`doctor` on a small BERT whose config has these keys too."""
    return run(folder, keys, ["-m", "generator", "doctor", "model"], packages)


def run(
    folder: Path, keys: dict[str, Any], command: list[str], search: str = "packages"
) -> subprocess.CompletedProcess[str]:
    """Python beside a small BERT whose config has these keys too, and a package `kernels`."""
    BertModel(BERT).save_pretrained(folder / "model")
    path = folder / "model" / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **keys}))
    packages = folder / "packages"
    (packages / "kernels").mkdir(parents=True)
    (packages / "kernels" / "__init__.py").write_text(STAND_IN)
    described = packages / f"kernels-{KERNELS_MIN_VERSION}.dist-info"
    described.mkdir()
    about = f"Metadata-Version: 2.1\nName: kernels\nVersion: {KERNELS_MIN_VERSION}\n"
    (described / "METADATA").write_text(about)
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(folder / search)])},
        capture_output=True,
        text=True,
        check=False,
    )

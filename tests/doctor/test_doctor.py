"""`doctor` says in seconds what can be read of a model, and of what it cannot, why."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from jsonschema import validate
from safetensors.torch import load_file, save_file
from torch import nn
from transformers import (
    BertConfig,
    BertModel,
    InformerConfig,
    InformerModel,
    MambaConfig,
    MambaModel,
    T5Config,
    T5Model,
    ViTConfig,
    ViTModel,
)

from generator.capture import mode
from generator.capture.inputs import model_input
from generator.doctor.diagnosis import Diagnosis, diagnose
from generator.doctor.patient import make_patient
from generator.doctor.table import format_diagnosis
from generator.doors.commands import main
from generator.errors import ExitCode, InputError

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "examples" / "process_heat" / "models"
SMALL = {"vocab_size": 64, "hidden_size": 32, "num_hidden_layers": 2, "intermediate_size": 32}
BERT = BertConfig(**SMALL, num_attention_heads=4)
T5 = T5Config(vocab_size=64, d_model=16, d_kv=4, d_ff=16, num_layers=1, num_heads=4)
VIT = ViTConfig(
    hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32, image_size=32
)
MAMBA = MambaConfig(vocab_size=64, hidden_size=32, num_hidden_layers=1, state_size=4)


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """(exit code, stdout, stderr) of the command."""
    code = main(["doctor", *arguments])
    out = capsys.readouterr()
    return code, out.out, out.err


@pytest.mark.parametrize("folder", sorted(p.name for p in SHIPPED.iterdir() if p.is_dir()))
def test_shipped_models_are_read_whole(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every example: all maps shown, each with its proof, exit 0."""
    code, out, _ = told(capsys, str(SHIPPED / folder), "--json")
    found = json.loads(out)
    assert code == ExitCode.DONE
    assert found["schema"] == "attention-reports/doctor/1"
    assert found["gaps"] == []
    assert all(layer["shown"] and layer["proof"] < 1e-5 for layer in found["layers"])
    validate(found, Diagnosis.model_json_schema(by_alias=True, mode="serialization"))


@pytest.mark.parametrize(
    ("model", "groups"),
    [
        (BertModel(BERT), {"encoder"}),
        (T5Model(T5), {"encoder", "decoder", "cross"}),
        (ViTModel(VIT), {"encoder"}),
    ],
)
def test_any_hugging_face_folder_is_looked_at(
    model: nn.Module, groups: set[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Text, an encoder with a decoder, pictures: input is made from the model's own config."""
    model.save_pretrained(tmp_path)  # type: ignore[operator]
    code, out, _ = told(capsys, str(tmp_path), "--json")
    assert code == ExitCode.DONE
    assert {layer["group"] for layer in json.loads(out)["layers"]} == groups


def test_the_table_says_all_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Module, what it attends to, how it was read, sizes, proof, and a verdict."""
    BertModel(BERT).save_pretrained(tmp_path)
    _, out, _ = told(capsys, str(tmp_path))
    assert "encoder.layer.0.attention.self" in out
    assert "self, all keys" in out
    assert "sdpa" in out
    assert "14 x 14" in out
    assert out.rstrip().endswith("all 2 maps reproduce the model's own output")


def test_a_model_without_attention_is_told_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Mamba: what it does instead, what to do, exit 1."""
    MambaModel(MAMBA).save_pretrained(tmp_path)
    code, out, _ = told(capsys, str(tmp_path))
    assert code == ExitCode.SOME_RUNS_FAILED
    assert "carries a state from step to step" in out
    assert "use input effects" in out
    assert out.rstrip().endswith("no attention matrix is computed in this model's forward pass")


def test_what_a_token_holds_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder's own patches; positions that nobody knows are called so."""
    code, out, _ = told(capsys, str(SHIPPED / "thermal_patchtst"))
    assert code == ExitCode.DONE
    assert "tokens: Each token is a stretch of time of one series" in out
    assert "8 rows of all sensors; special: [CLS] (0)" in out
    ViTModel(VIT).save_pretrained(tmp_path)
    _, out, _ = told(capsys, str(tmp_path))
    assert "tokens: What a token stands for is not known" in out
    assert "not known" in out.split("a key holds")[1]


def test_each_layers_keys_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Informer: 12 steps, then 6 and 3 tokens that hold ever more of them."""
    config = InformerConfig(
        prediction_length=3,
        context_length=12,
        lags_sequence=[0],
        num_time_features=1,
        d_model=16,
        encoder_layers=3,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=16,
        decoder_ffn_dim=16,
    )
    InformerModel(config).save_pretrained(tmp_path)
    _, out, _ = told(capsys, str(tmp_path), "--json")
    assert [(layer["group"], layer["keys"], layer["key_holds"]) for layer in _layers(out)] == [
        ("encoder", 12, "1 row of the one series"),
        ("encoder", 6, "2 to 3 rows of the one series"),
        ("encoder", 3, "4 to 7 rows of the one series"),
        ("decoder", 3, "special: [step +1] (0), [step +2] (1), [step +3] (2)"),
        ("cross", 3, "4 to 7 rows of the one series"),
    ]


def _layers(out: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(out)["layers"]
    return found


class Gated(nn.Module):
    """A layer that can be read, and one that weighs by gates."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.gated_attention = nn.Sequential(nn.Linear(8, 8))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.attention(x, x, x)[0]
        return torch.sigmoid(self.gated_attention(x) @ x.mT) @ x


def test_a_gap_is_named_with_what_to_do() -> None:
    """The unread module, a reason, a remedy; the diagnosis is not clean."""
    model = Gated()
    found = diagnose(make_patient(model, model_input(model, torch.randn(2, 4, 8))), "gated")
    assert [gap.module for gap in found.gaps] == ["gated_attention"]
    assert "layers=[...]" in found.gaps[0].instead
    assert not found.readable


class Optional(nn.Module):
    """A cross-attention that runs only where it is given something to attend to."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.cross_attention = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, x: torch.Tensor, other: torch.Tensor | None = None) -> torch.Tensor:
        x = self.attention(x, x, x)[0]
        return x if other is None else self.cross_attention(x, other, other)[0]


def test_what_the_input_never_reached_is_said() -> None:
    """Nothing is known of a module that did not run; with an input that reaches it, it is read."""
    model, x = Optional(), torch.randn(2, 4, 8)
    found = diagnose(make_patient(model, model_input(model, x)), "optional")
    assert found.not_reached == ("cross_attention",)
    assert "not reached by this input, so nothing is known of: cross_attention" in format_diagnosis(
        found
    )
    whole = diagnose(
        make_patient(model, model_input(model, {"x": x, "other": torch.randn(2, 5, 8)})), "optional"
    )
    assert whole.not_reached == ()
    assert [layer.module for layer in whole.layers] == ["attention", "cross_attention"]


def test_a_wrong_map_is_said_to_be_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """Probabilities of another scale than the kernel's: not shown, and not readable."""
    right = mode.build_scaled_dot_product

    def wrong(*args: Any, **kwargs: Any) -> Any:
        product = right(*args, **kwargs)
        return replace(product, scale=3 * product.scale)

    monkeypatch.setattr(mode, "build_scaled_dot_product", wrong)
    model = nn.MultiheadAttention(8, 2, batch_first=True)
    data = {**dict.fromkeys(("query", "key", "value"), torch.randn(2, 4, 8)), "need_weights": False}
    found = diagnose(make_patient(model, model_input(model, data)), "wrong")
    assert [layer.shown for layer in found.layers] == [False]
    assert not found.readable
    assert "NOT SHOWN" in format_diagnosis(found)
    assert format_diagnosis(found).endswith("0 of 1 maps reproduce the model's own output")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("model.onnx", "ONNX is not supported: its graph holds fused operations"),
        ("pytorch_model.bin", "a pickle is not supported: loading one can run any code"),
        ("model.pt", "a pickle or TorchScript is not supported"),
        ("model.gguf", "GGUF is not supported"),
        ("notes.txt", "config.json: not found"),
    ],
)
def test_other_formats_are_refused_in_one_line(
    name: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it is, why not, what to do; exit 2."""
    (tmp_path / name).write_bytes(b"")
    code, out, err = told(capsys, str(tmp_path))
    assert (code, out) == (ExitCode.USAGE, "")
    assert says in err
    assert "save_pretrained() or safetensors" in err
    assert len(err.strip().splitlines()) == 1


def test_code_in_a_folder_is_never_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """auto_map is refused before anything is loaded."""
    BertModel(BERT).save_pretrained(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({**config, "auto_map": {"AutoModel": "x.Y"}}))
    code, _, err = told(capsys, str(tmp_path))
    assert code == ExitCode.USAGE
    assert "auto_map asks for Python code" in err


def test_missing_weights_are_not_made_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A layer that the file lacks: named, exit 2."""
    BertModel(BERT).save_pretrained(tmp_path)
    held = load_file(tmp_path / "model.safetensors")
    kept = {name: tensor for name, tensor in held.items() if "layer.1" not in name}
    save_file(kept, tmp_path / "model.safetensors", metadata={"format": "pt"})
    code, _, err = told(capsys, str(tmp_path))
    assert code == ExitCode.USAGE
    assert "weights are missing, encoder.layer.1" in err


class Breaks(nn.Module):
    """Raises whatever it is given."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise RuntimeError("sensor frozen")


def test_a_model_that_raises_is_told_in_one_line() -> None:
    """Its own words, and where they came from."""
    with pytest.raises(InputError, match=r"could not be run on random input: .*sensor frozen"):
        diagnose(make_patient(Breaks(), model_input(Breaks(), torch.ones(1, 2))), "broken")


def test_a_manifests_model_is_known_by_its_id(capsys: pytest.CaptureFixture[str]) -> None:
    """An id of reports.yaml, and one that is not there."""
    manifest = str(ROOT / "reports.yaml")
    from generator.manifest import load_manifest

    first = next(iter(load_manifest(manifest).models))
    code, out, _ = told(capsys, first, "-f", manifest)
    assert code == ExitCode.DONE
    assert first in out
    code, _, err = told(capsys, "nobody", "-f", manifest)
    assert code == ExitCode.USAGE
    assert first in err

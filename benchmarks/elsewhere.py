"""Models of other people, in an environment of their own: what is read of them, and is it right?

In: the folders of trained models. Out: results/elsewhere.json and .md. The environment is made
beside the project's, because torchvision's PyPI build does not load with PyTorch's CPU build:

    python -m venv ENV && ENV/bin/pip install torch==2.13.0 transformers==5.23.0 typer scikit-learn
    ENV/bin/pip install --no-deps -e . timm x-transformers einops einx pytorch-forecasting lightning
    ENV/bin/pip install --no-deps torchvision==0.28.0 rxnmapper rxnfp
    ENV/bin/python -m benchmarks.elsewhere --trained FOLDER --trained FOLDER

A trained model is a Hugging Face folder, as rxnmapper and rxnfp carry them in their wheels.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from torch import nn

from benchmarks.coverage.map_differences import compare_maps
from benchmarks.tables import read_environment, write
from benchmarks.whole_maps import WholeMaps
from generator.capture.inputs import ModelInput
from generator.capture.proof import Prover
from generator.capture.running import SEED, run
from generator.errors import CaptureError

TIMM = (
    *("vit_tiny_patch16_224", "deit_tiny_patch16_224", "deit3_small_patch16_224"),
    *("beit_base_patch16_224", "beitv2_base_patch16_224", "eva02_tiny_patch14_224"),
    *("swin_tiny_patch4_window7_224", "swinv2_tiny_window8_256", "swinv2_cr_tiny_224"),
    *("cait_xxs24_224", "xcit_nano_12_p16_224", "mvitv2_tiny", "levit_128s", "pvt_v2_b0"),
    *("twins_svt_small", "coat_tiny", "crossvit_tiny_240", "tnt_s_legacy_patch16_224"),
    *("maxvit_tiny_rw_224", "coatnet_nano_rw_224", "volo_d1_224", "nest_tiny", "visformer_tiny"),
    *(
        "convit_tiny",
        "davit_tiny",
        "gcvit_xxtiny",
        "hiera_tiny_224",
        "pit_ti_224",
        "vitamin_small_224",
    ),
    *(
        "efficientformerv2_s0",
        "edgenext_xx_small",
        "mobilevit_xxs",
        "mobilevitv2_050",
        "samvit_base_patch16_224",
    ),
    *("efficientvit_m0", "efficientvit_b0", "fastvit_sa12", "repvit_m0_9", "poolformer_s12"),
)
X_TRANSFORMERS: dict[str, dict[str, Any]] = {
    "plain": {},
    "rotary": {"rotary_pos_emb": True},
    "T5 bias": {"rel_pos_bias": True},
    "ALiBi": {"alibi_pos_bias": True},
    "one key head": {"attn_one_kv_head": True},
    "key heads of two": {"attn_kv_heads": 2},
    "query-key norm": {"attn_qk_norm": True},
    "talking heads": {"attn_pre_talking_heads": True, "attn_post_talking_heads": True},
    "sparse top 4": {"attn_sparse_topk": 4},
    "memory keys": {"attn_num_mem_kv": 3},
    "gated values": {"attn_gate_values": True},
    "flash": {"attn_flash": True},
}


@dataclass(frozen=True)
class Line:
    """One model: what was read, its largest self-proof error, and how far from a reference."""

    model: str
    outcome: str
    maps: int = 0
    proof: float | None = None
    apart: float | None = None
    same_output: bool | None = None
    not_read: str = ""


def check_model(
    name: str, model: nn.Module, given: dict[str, Any], reference: Callable[[], list[Any]]
) -> Line:
    """One forward pass under capture, beside the plain one and beside a reference."""
    outputs: list[Any] = []
    main = next(iter(given))
    try:
        plain = _run_forward(model, given)
        whole = WholeMaps()
        prover = Prover(whole)
        handle = model.register_forward_hook(lambda _m, _i, output: outputs.append(output))
        trail = run(model, ModelInput(given, main, not given[main].is_floating_point()), prover)
        handle.remove()
    except CaptureError as error:
        return Line(name, "refused", not_read=str(error)[:160])
    except Exception as error:  # noqa: BLE001 - other people's code may fail in any way
        return Line(name, "does not run here", not_read=f"{type(error).__name__}: {error}"[:160])
    proofs = [proof for proof in prover.proofs if proof is not None]
    gaps = trail.find_unread(call.module for call in whole.calls)
    held = all(proof.holds for proof in proofs)
    apart, unlike = compare_maps(whole.maps, [one.float() for one in reference()])
    word = "no attention matrix" if not proofs else "proved" if held else "unproved"
    worst = max((proof.error for proof in proofs), default=None)
    note = ", ".join(gaps[:2]) + (f"; {len(unlike)} of theirs have no like" if unlike else "")
    return Line(name, word, len(proofs), worst, apart, _is_same(plain, outputs[-1]), note)


def check_timm() -> Iterator[Line]:
    """Random weights, one picture each; the reference is timm's own unfused attention."""
    timm = importlib.import_module("timm")
    layers = importlib.import_module("timm.layers")
    for name in TIMM:
        try:
            torch.manual_seed(SEED)
            model = timm.create_model(name, pretrained=False, num_classes=3).eval()
        except Exception as error:  # noqa: BLE001 - a name may be gone
            yield Line(f"timm {name}", "does not run here", not_read=f"{error}"[:120])
            continue
        given = {"x": torch.randn(1, *model.default_cfg["input_size"])}

        def unfused(name: str = name, state: Any = model.state_dict(), given: Any = given) -> Any:  # noqa: B008
            layers.set_fused_attn(False)
            other = timm.create_model(name, pretrained=False, num_classes=3).eval()
            layers.set_fused_attn(True)
            other.load_state_dict(state)
            whole = WholeMaps()
            run(other, ModelInput(given, "x", integer=False), whole)
            return whole.maps

        yield check_model(f"timm {name}", model, given, unfused)


def check_x_transformers() -> Iterator[Line]:
    """Two layers of each kind; the reference is the attention the library returns itself."""
    library = importlib.import_module("x_transformers")
    for name, options in X_TRANSFORMERS.items():
        torch.manual_seed(SEED)
        layers = library.Decoder(dim=32, depth=2, heads=4, attn_dim_head=8, **options)
        model = library.TransformerWrapper(num_tokens=64, max_seq_len=32, attn_layers=layers).eval()
        given = {"x": torch.randint(0, 64, (2, 12))}

        def theirs(model: Any = model, given: Any = given, options: Any = options) -> list[Any]:
            if options.get("attn_flash"):
                return []
            with torch.no_grad():
                return list(model(**given, return_attn=True)[1])

        yield check_model(f"x-transformers {name}", model, given, theirs)


def check_tft() -> Iterator[Line]:
    """The interpretable attention of the Temporal Fusion Transformer, which returns its own map."""
    modules = importlib.import_module(
        "pytorch_forecasting.models.temporal_fusion_transformer.sub_modules"
    )
    torch.manual_seed(SEED)
    model = modules.InterpretableMultiHeadAttention(n_head=4, d_model=32).eval()
    given = {name: torch.randn(2, 12, 32) for name in ("q", "k", "v")}

    def theirs() -> list[Any]:
        with torch.no_grad():
            maps = model(**given)[1]  # (samples, queries, heads, keys)
            return [maps[:, None, :, head] for head in range(maps.shape[2])]

    yield check_model("pytorch-forecasting TFT attention", model, given, theirs)


def check_trained(folders: list[Path]) -> Iterator[Line]:
    """Trained weights; the reference is transformers' eager attention on the same input."""
    from transformers import AutoConfig, AutoModel  # loads slowly

    make: Any = AutoModel.from_config
    for folder in folders:
        stated = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        kind = stated.pop("model_type", "bert")  # rxnfp's BERT is older than that key
        config = AutoConfig.for_model(kind, **stated)
        state = torch.load(folder / "pytorch_model.bin", map_location="cpu", weights_only=True)
        prefix = f"{config.model_type}."
        own = {name.removeprefix(prefix): tensor for name, tensor in state.items()}
        ids = torch.randint(10, min(config.vocab_size, 500), (2, 40))
        given = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        model, eager = make(config).eval(), make(config, attn_implementation="eager").eval()
        missing = model.load_state_dict(own, strict=False).missing_keys
        eager.load_state_dict(model.state_dict())
        learned = f"{sum(p.numel() for p in model.parameters()):,} parameters"

        def theirs(eager: Any = eager, given: Any = given) -> list[Any]:
            return list(_run_forward(eager, given | {"output_attentions": True}).attentions)

        name = f"trained {config.model_type} of {_find_package(folder)} ({learned})"
        kept = [one for one in missing if "pooler" not in one and "position_ids" not in one]
        line = check_model(name, model, given, theirs)
        yield line if not kept else Line(name, "does not run here", not_read=f"missing {kept[:2]}")


def _find_package(folder: Path) -> str:
    return next((part for part in folder.parts if part in ("rxnmapper", "rxnfp")), folder.name)


def _run_forward(model: nn.Module, given: dict[str, Any]) -> Any:
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(SEED)
        return model(**given)


def _is_same(one: Any, other: Any) -> bool:
    """Whether the first tensor of two outputs holds the same bits."""
    first, second = (
        next(iter(o.values())) if isinstance(o, dict) else o[0] if isinstance(o, tuple) else o
        for o in (one, other)
    )
    return bool(torch.equal(first, second))


def stub_torchvision() -> None:
    """Torchvision's operators are missing beside a CPU build; importing it asks for their names."""
    library = torch.library.Library("torchvision", "DEF")
    library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    vars(stub_torchvision)["kept"] = library


def main(
    trained: Annotated[list[Path], typer.Option()] = [],  # noqa: B006
    output: Path = Path(__file__).parent / "results",
) -> None:
    """Look at every model, and write the table."""
    torch.set_num_threads(1)
    stub_torchvision()
    facts = read_environment()
    packages = ("timm", "x-transformers", "pytorch-forecasting")
    facts["beside"] = {name: version(name) for name in packages}
    tables = {
        "timm": check_timm(),
        "x-transformers": check_x_transformers(),
        "TFT": check_tft(),
        "Trained models": check_trained(trained),
    }
    rows = {title: [_build_row(line) for line in lines] for title, lines in tables.items()}
    write(output, "elsewhere", facts, rows)


def _build_row(line: Line) -> dict[str, Any]:
    return {
        "model": line.model,
        "outcome": line.outcome,
        "maps": line.maps,
        "self-proof": "" if line.proof is None else f"{line.proof:.1e}",
        "from reference": "" if line.apart is None else f"{line.apart:.1e}",
        "output unchanged": "" if line.same_output is None else line.same_output,
        "not read": line.not_read,
    }


if __name__ == "__main__":
    typer.run(main)

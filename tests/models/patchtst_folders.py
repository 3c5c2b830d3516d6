"""Small PatchTST folders, as Hugging Face's own `save_pretrained` writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from transformers import PatchTSTConfig, PatchTSTForClassification, PatchTSTForRegression

SENSORS = ("air", "fuel", "co")
SHAPE = {
    "num_input_channels": 3,
    "context_length": 30,
    "patch_length": 6,
    "patch_stride": 4,
    "d_model": 16,
    "ffn_dim": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_targets": 1,
    "scaling": None,
}


def make_contract(task: str = "value") -> dict[str, Any]:
    """What stands under `attention_reports`; air is 10 +- 2, the target 100 +- 50."""
    return {
        "sensors": SENSORS,
        "window": 30,
        "step_seconds": 60,
        "scaling": {
            "air": {"mean": 10, "scale": 2},
            "fuel": {"mean": 0, "scale": 1},
            "co": {"mean": 1, "scale": 2, "log": True},
        },
        "target": {"name": "co", "unit": "ppm", "task": task, "mean": 100, "scale": 50},
        "description": "small",
    }


def write_folder(
    folder: Path, task: str = "value", **shape: Any
) -> PatchTSTForRegression | PatchTSTForClassification:
    """A folder that Hugging Face wrote, plus our key; the model it holds, in eval mode."""
    torch.manual_seed(5)
    event = task == "event"
    config = PatchTSTConfig(**(SHAPE | ({"num_targets": 2} if event else {}) | shape))
    model = PatchTSTForClassification(config) if event else PatchTSTForRegression(config)
    for parameter in model.parameters():  # far from the even attention of a new model
        parameter.data = torch.randn_like(parameter) * 0.4
    model.save_pretrained(folder)
    change_config(folder, attention_reports=make_contract(task))
    return model.eval()


def change_config(folder: Path, **changes: Any) -> None:
    """Change keys of the folder's config; None takes a key away."""
    path = folder / "config.json"
    stated = json.loads(path.read_text()) | changes
    path.write_text(json.dumps({k: v for k, v in stated.items() if v is not None or k in SHAPE}))

"""The trained models of the campaign, kept in a folder so that they can be asked again.

In: a case and a folder. Out: the loaded model, trained first where it is not there yet.
Never: a half-written model: its folder is renamed when it is whole.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from benchmarks.truth.cases import Case
from benchmarks.truth.fitting import fit, steps_of
from benchmarks.truth.plant_windows import draw_training
from benchmarks.truth.plants import PLANTS, Plant
from benchmarks.truth.signals import NAMES
from benchmarks.truth.tasks import ASKS, Task
from generator.datasets.windows import SensorWindows
from generator.models.sensor_config import SensorContract, SensorScaling, SensorTarget, TrainedOn
from generator.models.sensor_input import standardise_windows
from generator.models.source import LoadedModel
from generator.records import Record

KEPT = Path(".truth-cache")
NOTE = "trained.json"
AT_ONCE, SCALED_ON = 2048, 5000


class TrainingNote(Record):
    """How a model was trained."""

    seconds: float
    device: str
    steps: int
    torch: str


@dataclass(frozen=True)
class Material:
    """What the models of one plant and task learn from."""

    contract: SensorContract
    inputs: Tensor
    targets: Tensor


def load_or_train(case: Case, kept: Path, device: str = "cpu") -> LoadedModel:
    """The case's model, in eval mode on the CPU; trained on `device` where it is not kept."""
    folder = folder_of(case, kept)
    if not folder.exists():
        _train(case.trained, folder, device)
    return case.parts[2].load(folder, str(case).replace("/", "-"))


def folder_of(case: Case, kept: Path) -> Path:
    """Where a case's model is kept."""
    return kept / str(case.trained)


def read_note(case: Case, kept: Path) -> TrainingNote:
    """How a kept model was trained."""
    return TrainingNote.model_validate_json((folder_of(case, kept) / NOTE).read_bytes())


@lru_cache(maxsize=1)
def prepare_material(plant: str, ask: str, device: str = "cpu") -> Material:
    """The training windows of a plant and a task, standardised; the last asked for is held."""
    windows = draw_training(PLANTS[plant], ASKS[ask]).windows
    contract = build_contract(PLANTS[plant], ASKS[ask], windows)
    parts = [standardise_windows(contract, some) for some in windows.iter_batches(AT_ONCE)]
    scaled = (windows.target - contract.target.mean) / contract.target.scale
    targets = torch.from_numpy(scaled.astype(np.float32))
    return Material(contract, torch.cat(parts).to(device), targets.to(device))


def build_contract(plant: Plant, ask: Task, windows: SensorWindows) -> SensorContract:
    """What a model reads and predicts, scaled by the first training windows."""
    seen = windows.gather_values(np.arange(min(len(windows), SCALED_ON)))
    means, scales = seen.mean(axis=(0, 1)), seen.std(axis=(0, 1))
    event = ask.task == "event"
    return SensorContract(
        sensors=NAMES,
        window=windows.length,
        scaling={
            name: SensorScaling(mean=float(mean), scale=float(scale))
            for name, mean, scale in zip(NAMES, means, scales, strict=True)
        },
        target=SensorTarget(
            name=ask.name,
            task=ask.task,
            horizon_rows=ask.horizon,
            mean=0.0 if event else float(windows.target.mean()),
            scale=1.0 if event else float(windows.target.std()),
        ),
        description=f"seeded plant: {plant.words}",
        trained=TrainedOn(dataset=plant.name, groups=windows.grouped.names),
    )


def _train(case: Case, folder: Path, device: str) -> None:
    plant, _, kind = case.parts
    found = prepare_material(case.plant, case.ask, device)
    torch.manual_seed(case.seed)
    steps = steps_of(kind.recipe, plant.effort)
    started = time.perf_counter()
    model = kind.build(found.contract)
    fit(model, found.inputs, found.targets, kind.recipe, case.seed, steps)
    seconds = time.perf_counter() - started
    trained = TrainingNote(
        seconds=round(seconds, 2), device=device, steps=steps, torch=torch.__version__
    )
    _save(case, model, folder, trained)


def _save(case: Case, model: torch.nn.Module, folder: Path, trained: TrainingNote) -> None:
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    case.parts[2].save(model.cpu(), part)
    (part / NOTE).write_text(trained.model_dump_json(indent=1) + "\n", encoding="utf-8")
    part.rename(folder)

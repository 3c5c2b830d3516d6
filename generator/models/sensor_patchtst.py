"""Hugging Face's PatchTST as a sensor model: a token is a stretch of one sensor (Nie et al. 2023).

In: a PatchTST configuration and a sensor contract. Out: an untrained network that fits both.
Never: a file, the network, a configuration silently bent to fit.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from logging import ERROR
from typing import Any, Literal

from huggingface_hub.errors import StrictDataclassError
from torch import Tensor
from transformers import PatchTSTConfig, PatchTSTForClassification, PatchTSTForRegression
from transformers.utils import logging

from generator.models.sensor_config import SensorContract
from generator.models.sensor_model import Pooling, SensorModel

FAMILY = "patchtst"


class SensorPatchRegression(  # type: ignore[no-untyped-call]
    SensorModel, PatchTSTForRegression
):
    """Predicts a value: the one target of the regression head, standardised."""

    architecture = "PatchTSTForRegression"
    task: Literal["event", "value"] = "value"
    outputs = 1

    @property
    def pooling(self) -> Pooling | None:
        """Which rows of the last layer the answer is read from."""
        return patch_pooling(self.config)

    def answer(self, inputs: Tensor) -> Tensor:
        """(window, time, sensor) -> (window,), standardised."""
        output: Tensor = self(past_values=inputs).regression_outputs
        return output[:, 0]


class SensorPatchClassification(  # type: ignore[no-untyped-call]
    SensorModel, PatchTSTForClassification
):
    """Predicts an event: the second of two classes."""

    architecture = "PatchTSTForClassification"
    task: Literal["event", "value"] = "event"
    outputs = 2

    @property
    def pooling(self) -> Pooling | None:
        """Which rows of the last layer the answer is read from."""
        return patch_pooling(self.config)

    def answer(self, inputs: Tensor) -> Tensor:
        """(window, time, sensor) -> (window,): log odds of the second class."""
        logits: Tensor = self(past_values=inputs).prediction_logits
        return logits[:, 1] - logits[:, 0]


def patch_pooling(config: PatchTSTConfig) -> Pooling | None:
    """What the heads read: the read-out token where there is one, else the mean or the largest."""
    if config.use_cls_token:
        return "cls"
    return "mean" if config.pooling_type == "mean" else None


SensorPatchModel = SensorPatchRegression | SensorPatchClassification
PatchKind = type[SensorPatchRegression] | type[SensorPatchClassification]
ARCHITECTURES: dict[str, PatchKind] = {
    kind.architecture: kind for kind in (SensorPatchClassification, SensorPatchRegression)
}


def build_patch_config(stated: dict[str, Any]) -> PatchTSTConfig:
    """A PatchTST configuration; ValueError where the keys are not PatchTST's."""
    family = stated.get("model_type")
    if family != FAMILY:
        raise ValueError(f"model_type is {family}, these architectures need {FAMILY}")
    try:
        return PatchTSTConfig.from_dict(stated)
    except (TypeError, StrictDataclassError) as error:
        raise ValueError(f"no PatchTST configuration: {error}") from error


def build_patch_model(
    architecture: str, config: PatchTSTConfig, contract: SensorContract
) -> SensorPatchModel:
    """An untrained model; seed torch first. ValueError where config and contract do not fit."""
    kind = ARCHITECTURES[architecture]
    _check_fit(kind, config, contract)
    try:
        with _silence_transformers():
            model = kind(config)
    except (ArithmeticError, LookupError, RuntimeError, TypeError) as error:
        raise ValueError(f"no PatchTST can be built: {error}") from error
    model.contract = contract
    return model


def _check_fit(kind: PatchKind, config: PatchTSTConfig, contract: SensorContract) -> None:
    """The keys that must say what the sensor contract says, or what this program can read."""
    if contract.target.task != kind.task:
        raise ValueError(
            f"{kind.architecture} is for task {kind.task}, the target's is {contract.target.task}"
        )
    needed = {
        "num_input_channels": len(contract.sensors),
        "context_length": contract.window,
        "num_targets": kind.outputs,
        "channel_attention": False,  # else some maps are over sensors and some over time
        "loss": "mse",  # else the head gives a distribution, not a value
    }
    for key, value in needed.items():
        if getattr(config, key) != value:
            raise ValueError(f"{key} is {getattr(config, key)}, it must be {value} here")


@contextmanager
def _silence_transformers() -> Iterator[None]:
    """No advice of transformers on the terminal; its own setting is put back."""
    before = logging.get_verbosity()
    logging.set_verbosity(ERROR)
    try:
        yield
    finally:
        logging.set_verbosity(before)

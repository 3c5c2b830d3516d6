"""What a Hugging Face folder's `config.json` says to us: the architecture and a sensor contract.

In: a model folder. Out: its config, an architecture's name, a SensorContract (it stands under the
key `attention_reports`). Never: torch or transformers, a weight, code from the folder.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from generator.errors import InputError, clip_line
from generator.models.claimed_sizes import refuse_false_sizes
from generator.models.config_file import read_config_file
from generator.models.outside_code import refuse_outside_code, refuse_outside_files
from generator.models.sensor_config import (
    CONFIG_FILE,
    WEIGHTS_FILE,
    SensorContract,
    describe_first_problem,
)
from generator.models.weights_header import read_weights_header, refuse_numbers

OUR_KEY = "attention_reports"
SUPPORTED = ("PatchTSTForClassification", "PatchTSTForRegression")
ELSE = "any other transformer can be explained from Python: AttentionVisualizer(model)"


def read_contract(folder: Path) -> SensorContract:
    """The sensor contract of a folder.

    Raises:
        InputError: the config is missing or broken, asks for what is not supported, or holds no
            contract.
    """
    stated = read_config(folder)
    read_architecture(folder, stated)
    return parse_contract(folder, stated)


def check_weights(folder: Path) -> None:
    """Nothing, where a folder's weights can be of the model that its config claims.

    Raises:
        InputError: as `read_config` and `refuse_other_sizes`.
    """
    refuse_other_sizes(folder, read_config(folder))


def refuse_other_sizes(folder: Path, stated: dict[str, Any]) -> None:
    """Nothing, where a folder's weights can be of the model that its config claims.

    Raises:
        InputError: the header cannot be read, a tensor is of whole numbers, or the config claims
            more layers or larger sizes than the weights have.
    """
    header = read_weights_header(folder)
    refuse_numbers(folder / WEIGHTS_FILE, header, header)
    own = {key: value for key, value in stated.items() if key != OUR_KEY}
    refuse_false_sizes(folder / CONFIG_FILE, own, header)


def read_config(folder: Path) -> dict[str, Any]:
    """The keys of a folder's config; InputError where it is missing or cannot be read."""
    path = folder / CONFIG_FILE
    try:
        return read_config_file(path)
    except FileNotFoundError:
        raise InputError(f"{path}: not found; a Hugging Face model folder needs it") from None


def read_architecture(folder: Path, stated: dict[str, Any]) -> str:
    """The one architecture that a config names; InputError where it is not supported."""
    path = folder / CONFIG_FILE
    refuse_outside_code(path, stated)
    refuse_outside_files(folder)
    named = stated.get("architectures")
    name = named[0] if isinstance(named, list) and len(named) == 1 else named
    if not isinstance(name, str) or name not in SUPPORTED:
        raise InputError(
            f"{path}: architecture {clip_line(str(name or 'not stated'), 60)} is not supported; "
            f"supported: {', '.join(SUPPORTED)}; {ELSE}"
        )
    return name


def parse_contract(folder: Path, stated: dict[str, Any]) -> SensorContract:
    """What a config says under our key; InputError where that is missing or wrong."""
    path = folder / CONFIG_FILE
    if stated.get(OUR_KEY) is None:
        raise InputError(
            f"{path}: the key {OUR_KEY} is missing; it says sensors, scaling, window, "
            f"step_seconds and target, which Hugging Face's own keys do not"
        )
    try:
        return SensorContract.model_validate_json(json.dumps(stated[OUR_KEY]))
    except ValidationError as error:
        raise InputError(f"{path}: {OUR_KEY}: {describe_first_problem(error)}") from error

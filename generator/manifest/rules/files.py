"""The files a manifest names: do they exist, and are they what they must be.

In: located values and the manifest's folder. Out: mistakes; paths made absolute.
Never: a file opened, an address fetched, a variable or `~` filled in.
"""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from generator.inputs import find_kind
from generator.manifest.located import Located
from generator.manifest.mistakes import KeyPath, Mistake
from generator.manifest.rules.values import to_mapping
from generator.spec.ids import MAX_PATH
from generator.spec.manifest import find_data_files, to_absolute
from generator.words import quote_text

Check = Callable[[Path, str], str]
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")


def find_input_mistakes(tree: Located, folder: Path) -> Iterator[Mistake]:
    """A mistake for each path of a dataset, its labels, its twins or a model that is no use."""
    root = to_mapping(tree.values)
    for section, check in (("datasets", _find_data_problem), ("models", _find_model_problem)):
        for name, spec in to_mapping(root.get(section)).items():
            yield from _check_path(tree, folder, (section, name, "path"), to_mapping(spec), check)
    for name, spec in to_mapping(root.get("datasets")).items():
        target = to_mapping(to_mapping(spec).get("target"))
        yield from _check_path(
            tree, folder, ("datasets", name, "target", "path"), target, _find_data_problem
        )
        yield from _check_path(
            tree, folder, ("datasets", name, "twins"), to_mapping(spec), _find_data_problem
        )


def _check_path(
    tree: Located, folder: Path, at: KeyPath, spec: dict[str, object], check: Check
) -> Iterator[Mistake]:
    typed = spec.get(str(at[-1]))
    if isinstance(typed, str) and 0 < len(typed) <= MAX_PATH:
        problem = _find_address_problem(typed) or check(folder, typed)
        if problem:
            yield tree.at_value(at, problem)


def _find_address_problem(typed: str) -> str:
    return (
        f"{quote_text(typed)} is an address; only files are read" if _ADDRESS.match(typed) else ""
    )


def _find_data_problem(folder: Path, typed: str) -> str:
    try:
        files = find_data_files(folder, typed)
        if not files:
            return f"no file matches {quote_text(typed)}"
        return next((said for path in files if (said := _find_file_problem(path, typed))), "")
    except OSError as error:
        return f"{quote_text(typed)} cannot be read: {error.strerror}"


def _find_file_problem(path: Path, typed: str) -> str:
    name = quote_text(typed if not glob.has_magic(typed) else path.name)
    if not path.exists():
        return f"no such file: {name}"
    kind = find_kind(path.stat().st_mode)
    if kind:
        return f"{name} is not a file but {kind}"
    return "" if os.access(path, os.R_OK) else f"{name} cannot be read: permission denied"


def _find_model_problem(folder: Path, typed: str) -> str:
    path = to_absolute(folder, typed)
    try:
        if not path.exists():
            return f"no such folder: {quote_text(typed)}"
        if not path.is_dir():
            return f"{quote_text(typed)} is not a folder"
        names = {entry.name for entry in path.iterdir()}
        read = sorted(name for name in names if name.endswith((".json", ".safetensors")))
        said = next((told for name in read if (told := _find_file_problem(path / name, name))), "")
    except OSError as error:
        return f"{quote_text(typed)} cannot be read: {error.strerror}"
    if said:
        return f"{quote_text(typed)}: {said}"
    if "config.json" not in names:
        return f"{quote_text(typed)} holds no config.json"
    if not any(name.endswith(".safetensors") for name in names):
        return f"{quote_text(typed)} holds no .safetensors file; weights load from safetensors only"
    return ""

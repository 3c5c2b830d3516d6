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

from generator.manifest.located import Located
from generator.manifest.mistakes import KeyPath, Mistake
from generator.manifest.rules.references import mapping
from generator.spec.manifest import absolute, data_files
from generator.spec.schema import MAX_PATH
from generator.words import shown

Check = Callable[[Path, str], str]
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")


def input_mistakes(tree: Located, folder: Path) -> Iterator[Mistake]:
    """A mistake for each path of a dataset, its labels, its twins or a model that is no use."""
    root = mapping(tree.values)
    for section, check in (("datasets", _data_problem), ("models", _model_problem)):
        for name, spec in mapping(root.get(section)).items():
            yield from _problem(tree, folder, (section, name, "path"), mapping(spec), check)
    for name, spec in mapping(root.get("datasets")).items():
        target = mapping(mapping(spec).get("target"))
        yield from _problem(
            tree, folder, ("datasets", name, "target", "path"), target, _data_problem
        )
        yield from _problem(tree, folder, ("datasets", name, "twins"), mapping(spec), _data_problem)


def _problem(
    tree: Located, folder: Path, at: KeyPath, spec: dict[str, object], check: Check
) -> Iterator[Mistake]:
    typed = spec.get(str(at[-1]))
    if isinstance(typed, str) and 0 < len(typed) <= MAX_PATH:
        problem = _address_problem(typed) or check(folder, typed)
        if problem:
            yield tree.at_value(at, problem)


def _address_problem(typed: str) -> str:
    return f"{shown(typed)} is an address; only files are read" if _ADDRESS.match(typed) else ""


def _data_problem(folder: Path, typed: str) -> str:
    try:
        files = data_files(folder, typed)
        if not files:
            return f"no file matches {shown(typed)}"
        return next((said for path in files if (said := _file_problem(path, typed))), "")
    except OSError as error:
        return f"{shown(typed)} cannot be read: {error.strerror}"


def _file_problem(path: Path, typed: str) -> str:
    name = shown(typed if not glob.has_magic(typed) else path.name)
    if not path.exists():
        return f"no such file: {name}"
    if not path.is_file():
        return f"{name} is not a file"
    return "" if os.access(path, os.R_OK) else f"{name} cannot be read: permission denied"


def _model_problem(folder: Path, typed: str) -> str:
    path = absolute(folder, typed)
    try:
        if not path.exists():
            return f"no such folder: {shown(typed)}"
        if not path.is_dir():
            return f"{shown(typed)} is not a folder"
        names = {entry.name for entry in path.iterdir()}
    except OSError as error:
        return f"{shown(typed)} cannot be read: {error.strerror}"
    if "config.json" not in names:
        return f"{shown(typed)} holds no config.json"
    if not any(name.endswith(".safetensors") for name in names):
        return f"{shown(typed)} holds no .safetensors file; weights load from safetensors only"
    return ""

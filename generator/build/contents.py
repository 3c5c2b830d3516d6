"""What a manifest says of its files against what is in them: columns, and what a model reads.

In: a manifest without mistakes. Out: nothing, or a ManifestError with each mistake at its place.
Only headers and JSON files are read. Never: a row, a number of a weight, torch.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import cast

from generator.datasets.table import read_column_names
from generator.errors import InputError
from generator.manifest import ManifestError, Mistake
from generator.manifest.located import Located
from generator.manifest.mistakes import KeyPath
from generator.models.sensor_config import SensorContract
from generator.models.weights_header import read_header
from generator.spec.datasets import DatasetSpec
from generator.spec.manifest import Manifest
from generator.spec.models import SOURCES
from generator.spec.reports import ReportSpec
from generator.words import quote_text, suggest_name

ReadContract = Callable[[Path], SensorContract]
Readers = Mapping[str, ReadContract]
"""Source to how a model folder's contract is read."""
Wanted = tuple[str, KeyPath, bool]
"""A column, the key path that names it, and whether it is a key and not a value."""


def check_contents(manifest: Manifest, tree: Located) -> None:
    """Compare a manifest with the headers of its files; `tree` has the places of its values.

    Raises:
        ManifestError: with all mistakes, one a line, in the order of the file.
    """
    mistakes = [*_check_columns(tree, manifest), *_check_models(tree, manifest)]
    if not mistakes:  # what is wrong with a config tells more than how its weights do not fit it
        mistakes = list(_check_weights(tree, manifest))
    if mistakes:
        raise ManifestError(manifest.file, mistakes)


def _check_columns(tree: Located, manifest: Manifest) -> Iterator[Mistake]:
    for name, spec in manifest.datasets.items():
        at: KeyPath = ("datasets", name)
        files = manifest.find_data_files(name)
        yield from _find_missing(tree, files, (*at, "path"), list(_list_data_columns(spec, at)))
        files = manifest.find_label_files(name)
        yield from _find_missing(
            tree, files, (*at, "target", "path"), list(_list_label_columns(spec, at))
        )
        files = manifest.find_twin_files(name)
        yield from _find_missing(tree, files, (*at, "twins"), list(_list_twin_columns(spec, at)))


def _list_data_columns(spec: DatasetSpec, at: KeyPath) -> Iterator[Wanted]:
    """The columns that the data's own files must hold."""
    key = "join" if spec.target.join else "column"
    yield spec.target.join or spec.target.column, (*at, "target", key), False
    yield from _list_twin_columns(spec, at)


def _list_label_columns(spec: DatasetSpec, at: KeyPath) -> Iterator[Wanted]:
    """The columns that the label files must hold."""
    if spec.target.join:
        yield spec.target.join, (*at, "target", "join"), False
        yield spec.target.column, (*at, "target", "column"), False


def _list_twin_columns(spec: DatasetSpec, at: KeyPath) -> Iterator[Wanted]:
    """The columns that the files of twin runs must hold: all but the target's."""
    if spec.time:
        yield spec.time.column, (*at, "time", "column"), False
    if spec.group:
        yield spec.group, (*at, "group"), False
    for sensor in spec.sensors:
        yield sensor, (*at, "sensors", sensor), True


def _find_missing(
    tree: Located, files: Sequence[Path], at: KeyPath, wanted: Sequence[Wanted]
) -> Iterator[Mistake]:
    """What the first file that lacks anything lacks; a file that cannot be read lacks itself."""
    for file in files:
        try:
            columns = read_column_names(file)
        except InputError as error:
            yield tree.at_value(at, str(error))
            return
        missing = [each for each in wanted if each[0] not in columns]
        for column, path, is_key in missing:
            hint = suggest_name(column, columns)
            says = f"{file.name} has no column {quote_text(column)} ({hint})"
            yield tree.at_key(path, says) if is_key else tree.at_value(path, says)
        if missing:
            return


def _find_contract_reader(source: str) -> ReadContract | None:
    """How a built-in source reads a contract; other packages' sources say theirs on loading."""
    if source not in SOURCES:
        return None
    return cast(ReadContract, import_module(SOURCES[source]).read_contract)


def _check_models(tree: Located, manifest: Manifest) -> Iterator[Mistake]:
    readers = {spec.source: _find_contract_reader(spec.source) for spec in manifest.models.values()}
    kept = {source: cache(read) for source, read in readers.items() if read}
    for index, report in enumerate(manifest.reports):
        yield from _check_report_model(tree, manifest, index, report, kept)
    for model, spec in manifest.models.items():
        for at, sibling in enumerate(spec.siblings):
            for says in _compare_sibling(manifest, model, sibling, kept):
                yield tree.at_value(("models", model, "siblings", at), says)


def _check_report_model(
    tree: Located, manifest: Manifest, index: int, report: ReportSpec, readers: Readers
) -> Iterator[Mistake]:
    """What a report's dataset lacks of what its model reads, or why that cannot be told."""
    model = manifest.find_model_id(report)
    read, folder = readers.get(manifest.models[model].source), manifest.model_folder(model)
    if read is None:
        return
    try:
        config = read(folder)
    except InputError as error:
        says = str(error).removeprefix(f"{folder}{os.sep}")
        yield tree.at_value(("models", model, "path"), says)
        return
    for says in _compare_dataset(manifest, report, model, config):
        yield tree.at_value(("reports", index, "dataset"), says)


def _check_weights(tree: Located, manifest: Manifest) -> Iterator[Mistake]:
    """What the headers of the weights show: unreadable, cut short, or of another model."""
    for model, spec in manifest.models.items():
        folder = manifest.model_folder(model)
        module = import_module(SOURCES[spec.source]) if spec.source in SOURCES else None
        check = getattr(module, "check_weights", _read_headers)
        try:
            check(folder)
        except InputError as error:
            says = str(error).removeprefix(f"{folder}{os.sep}")
            yield tree.at_value(("models", model, "path"), says)


def _read_headers(folder: Path) -> None:
    """All weights of a folder whose source does not say which of them it reads."""
    for path in sorted(folder.rglob("*.safetensors")):
        read_header(path)


def _compare_sibling(
    manifest: Manifest, model: str, sibling: str, readers: Readers
) -> Iterator[str]:
    """How a sibling is not the same model trained again, as far as the two files tell."""
    own_source, source = (manifest.models[name].source for name in (model, sibling))
    read = readers.get(source)
    if own_source != source:
        yield f"{sibling} is no refit of {model}: it has another source"
    if own_source != source or read is None:
        return
    try:
        other = read(manifest.model_folder(sibling))
        own = read(manifest.model_folder(model))
    except InputError as error:
        yield str(error).removeprefix(f"{manifest.folder}{os.sep}")
        return
    for what in ("architecture", "sensors", "window", "target"):
        if getattr(own, what, None) != getattr(other, what, None):
            yield f"{sibling} is no refit of {model}: it differs in {what}"


def _compare_dataset(
    manifest: Manifest, report: ReportSpec, model: str, config: SensorContract
) -> Iterator[str]:
    """How a dataset is not what a model was made for, as far as the two files tell."""
    spec, data = manifest.datasets[report.dataset], f"dataset {report.dataset}"
    for name in config.sensors:
        if name not in spec.sensors:
            near = suggest_name(name, spec.sensors)
            yield f"model {model} reads {quote_text(name)}, which {data} does not name ({near})"
    if config.window != spec.window.length:
        cut = f"{data} cuts {spec.window.length}"
        yield f"model {model} reads windows of {config.window} rows, {cut}"
    if config.target.name != spec.target.column:
        own = f"the target of {data} is {quote_text(spec.target.column)}"
        yield f"model {model} predicts {quote_text(config.target.name)}, {own}"
    elif spec.target.task not in (None, config.target.task):
        own = f"the target of {data} has task: {spec.target.task}"
        yield f"model {model} predicts task: {config.target.task}, {own}"

"""Model sources: built in, or installed by another package; never a path from a manifest."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from generator.errors import InputError
from generator.installed import MODELS
from generator.models import source
from generator.spec.models import SOURCES
from generator.spec.schema import build_manifest_schema
from tests.conftest import ROOT

COMBUSTION = ROOT / "generator" / "starter" / "models" / "combustion"


def offer(monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    """An installed source 'kiln' that lies there."""
    point = EntryPoint("kiln", where, MODELS)
    monkeypatch.setattr(
        source, "find_installed_point", lambda group, name: point if name == "kiln" else None
    )


def test_the_manifest_knows_every_built_in_source() -> None:
    """The schema shows their names; each module says what a source must."""
    modules = [import_module(module) for module in SOURCES.values()]
    assert all(callable(module.load) and callable(module.read_contract) for module in modules)
    specs = build_manifest_schema()["$defs"]
    assert specs["ModelSpec"]["properties"]["source"]["examples"] == [*SOURCES]


def test_an_installed_source_loads_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The function behind the name is given folder and id, and its model is handed on."""
    offer(monkeypatch, "generator.models.safetensors:load")
    model = source.load_model("kiln", COMBUSTION, "mine")
    assert (model.id, model.window) == ("mine", 64)


def test_a_built_in_name_cannot_be_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a package calls itself, 'safetensors' is ours."""
    point = EntryPoint("safetensors", "builtins:print", MODELS)
    monkeypatch.setattr(source, "find_installed_point", lambda group, name: point)
    assert source.load_model("safetensors", COMBUSTION, "mine").source == "safetensors"


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("generator.nowhere:load", r"'kiln': generator.nowhere:load cannot be loaded"),
        ("generator.models.safetensors:lode", r"cannot be loaded: .*lode"),
        ("pathlib:PurePath", r"'kiln' returned PurePosixPath for model mine; it must return"),
    ],
)
def test_a_bad_source_is_named(where: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed source that is none is an InputError that says why."""
    offer(monkeypatch, where)
    with pytest.raises(InputError, match=says):
        source.load_model("kiln", COMBUSTION, "mine")


def test_a_source_nobody_installed_is_told(tmp_path: Path) -> None:
    """An unknown name says what to do."""
    with pytest.raises(InputError, match="no model source 'kiln' is installed; install the pack"):
        source.load_model("kiln", tmp_path, "mine")

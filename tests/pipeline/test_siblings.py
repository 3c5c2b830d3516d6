"""A report on a model with siblings: what is on record, on the page, and in the key."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from torch import nn

from generator.build import siblings
from generator.build.plan import make_plan
from generator.errors import InputError
from generator.manifest import load_manifest
from generator.models.source import load_model
from generator.records import ClaimsRecord, RunRecord
from tests.pipeline.conftest import Project, make_starter

REPORT = "gl-018-boiler-house"
OWN = "  combustion: {source: safetensors, path: models/combustion}\n"
FEW = "Only 3 runs to judge the model by; at least 6 independent ones are needed."
NAMED = (
    "  combustion: {source: safetensors, path: models/combustion, siblings: [again]}\n"
    "  again: {source: safetensors, path: models/again}\n"
)


def with_sibling(folder: Path, shift: float) -> Project:
    """The starter, and its model again with every weight moved by a share of itself."""
    project = make_starter(folder)
    own, again = folder / "models" / "combustion", folder / "models" / "again"
    shutil.copytree(own, again)
    weights = load_file(own / "model.safetensors")
    noise = np.random.default_rng(0)
    moved = {
        name: (value * (1 + shift * noise.normal(size=value.shape))).astype(value.dtype)
        for name, value in weights.items()
    }
    save_file(moved, again / "model.safetensors")
    project.edit(OWN, NAMED)
    return project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return with_sibling(tmp_path_factory.mktemp("siblings") / "project", 0.001)


@pytest.fixture(scope="module")
def claims(project: Project) -> ClaimsRecord:
    project.build(only=(REPORT,))
    path = project.site / "reports" / REPORT / "provenance.json"
    found = RunRecord.model_validate_json(path.read_bytes()).claims
    assert found is not None
    return found


def test_the_sibling_is_on_record_as_it_is(claims: ClaimsRecord, project: Project) -> None:
    """Its files by digest, and whether it is good enough by the same rules as the model."""
    (run,) = claims.siblings
    assert run.id == "again"
    assert {file.name for file in run.files} == {"config.json", "model.safetensors"}
    assert run.passed == claims.adequacy.passed
    assert run.words == claims.adequacy.words == FEW
    page = (project.site / "reports" / REPORT / "index.html").read_text()
    assert "Other training run again (SHA-256)" in page
    assert run.sha256[:8] in page


def test_a_siblings_weights_belong_to_the_key(project: Project) -> None:
    """Another training run, another report; where it lies does not matter."""
    before = key_of(project)
    folder = project.folder / "models"
    (folder / "again").rename(folder / "moved")
    project.edit("models/again", "models/moved")
    assert key_of(project) == before
    config = folder / "moved" / "config.json"
    config.write_text(config.read_text() + "\n")
    assert key_of(project) != before


def key_of(project: Project) -> str:
    manifest = load_manifest(project.folder / "reports.yaml")
    (planned,) = make_plan(manifest, lambda _key: False, (REPORT,)).runs
    return planned.run.key


def test_the_same_weights_again_are_no_other_training_run(tmp_path: Path) -> None:
    """A copy says nothing about training again: a failed report, and why."""
    project = with_sibling(tmp_path / "project", 0.0)
    project.build(only=(REPORT,))
    page = (project.site / "reports" / REPORT / "index.html").read_text()
    assert (
        "models.combustion.siblings: again has the weights of combustion; "
        "name a training run from another seed"
    ) in page


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"module": nn.Linear(2, 2)}, "parameters"),
        ({"architecture": "another"}, "architecture"),
        ({"classes": ("x",)}, "classes"),
        ({"target_unit": "kW"}, "target unit"),
        ({"horizon_rows": 31}, "horizon rows"),
    ],
)
def test_another_model_under_a_siblings_name_is_refused(
    project: Project, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any], what: str
) -> None:
    """Told from the loaded models too: what another package's source reads shows only there."""
    manifest = load_manifest(project.folder / "reports.yaml")
    run = make_plan(manifest, lambda _key: False, (REPORT,)).runs[0].run
    own = load_model("safetensors", run.model_folder, "combustion")
    other = replace(own, digest="f" * 64, **changed)
    monkeypatch.setattr(siblings, "load_model", lambda *_: other)
    with pytest.raises(InputError) as caught:
        list(siblings.load_siblings(run, own))
    assert str(caught.value) == (
        f"models.combustion.siblings: again is no refit of combustion: it differs in {what}"
    )

"""Comparisons in a build: computed from the store, repeatable, and no more fragile than a page."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file
from scipy.stats import spearmanr

from generator.errors import ExitCode
from generator.models.sensor_transformers import load_sensor_model, save_sensor_model
from generator.records import ClaimsRecord, RunRecord
from generator.records.comparison import ComparisonRecord
from generator.verify import verify_site
from tests.pipeline.conftest import Project

FIRST, SECOND, TIMES = "gl-018-boiler-house", "second", "timesteps-boiler-house"
MANIFEST = f"""
  - {{id: {SECOND}, model: second, dataset: boiler-house, windows: {{count: 200, seed: 0}}}}
comparisons:
  - [{FIRST}, {SECOND}]
  - [{FIRST}, {TIMES}]
"""


def add_second_model(built: Project, folder: Path) -> Project:
    """The built starter with a shaken copy of its sensor model, and two comparisons."""
    project = built.copy(folder)
    model = load_sensor_model(folder / "models" / "combustion")
    torch.manual_seed(1)
    with torch.no_grad():
        for weight in model.parameters():
            weight += 0.1 * torch.randn_like(weight)
    save_sensor_model(model, folder / "models" / "second")
    project.edit("\nagents:", "  second: {source: safetensors, path: models/second}\n\nagents:")
    path = folder / "reports.yaml"
    path.write_text(path.read_text().rstrip("\n") + MANIFEST)
    return project


@pytest.fixture(scope="module")
def built_pairs(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project, built once."""
    project = add_second_model(built, tmp_path_factory.mktemp("pairs") / "project")
    result, _ = project.build()
    assert [outcome.state for outcome in result.comparisons] == ["built", "built"]
    assert result.exit_code == ExitCode.DONE
    return project


def comparison(project: Project, a: str, b: str) -> ComparisonRecord:
    folder = project.site / "compare" / f"{a}--{b}"
    return ComparisonRecord.model_validate_json((folder / "provenance.json").read_bytes())


def claims(project: Project, report: str) -> ClaimsRecord:
    path = project.site / "reports" / report / "provenance.json"
    found = RunRecord.model_validate_json(path.read_bytes()).claims
    assert found is not None
    return found


def explained(project: Project, report: str) -> int:
    path = project.site / "reports" / report / "provenance.json"
    dataset = RunRecord.model_validate_json(path.read_bytes()).dataset
    assert dataset is not None
    return dataset.explained


def maps(project: Project, report: str) -> np.ndarray:
    return load_file(project.site / "reports" / report / "attention.safetensors")["attention"]


def test_published_figures_follow_from_the_published_maps(built_pairs: Project) -> None:
    """Rho from the column means, and each head's likeness from its map, in numpy's own words."""
    found = comparison(built_pairs, FIRST, SECOND).attention
    assert found is not None
    assert found.ranks is not None
    a, b = maps(built_pairs, FIRST), maps(built_pairs, SECOND)
    columns = [m.mean(axis=(0, 1, 2), dtype=np.float64) for m in (a, b)]
    assert found.ranks.spearman == pytest.approx(spearmanr(*columns)[0])
    flat = [m.reshape(-1, 64).astype(np.float64) - 1 / 8 for m in (a, b)]
    flat = [m / np.linalg.norm(m, axis=1, keepdims=True) for m in flat]
    best = (flat[0] @ flat[1].T).max(axis=1)
    assert [m.likeness for m in found.matches_a] == pytest.approx(best.tolist(), abs=1e-6)


def test_sensors_and_time_steps_stay_apart(built_pairs: Project) -> None:
    """The two reports of the starter: a reason and no ranking."""
    record = comparison(built_pairs, FIRST, TIMES)
    assert record.attention is not None
    assert not record.attention.comparable
    assert record.attention.positions == ()
    assert record.windows == explained(built_pairs, FIRST) == explained(built_pairs, TIMES) > 100
    assert [pair.measure for pair in record.scores] == ["ROC AUC", "average precision"]


def test_claims_are_compared_whatever_the_tokens_are(built_pairs: Project) -> None:
    """Every claim of both published records about a shared group, verdict beside verdict."""
    for other in (SECOND, TIMES):
        record = comparison(built_pairs, FIRST, other)
        sides = [claims(built_pairs, report) for report in (FIRST, other)]
        groups = [{c.id: c.verdict for c in side.of("group")} for side in sides]
        assert record.claims is not None
        assert {c.id: (c.verdict_a, c.verdict_b) for c in record.claims.groups} == {
            name: (verdict, groups[1][name])
            for name, verdict in groups[0].items()
            if name in groups[1]
        }
        assert (record.claims.ranks is None) == bool(record.claims.ranks_reason)
        assert "claims.csv" in {file.path for file in record.artifacts}


def test_the_built_site_is_whole(built_pairs: Project) -> None:
    """Nothing to find for `verify`, comparisons included."""
    assert verify_site(built_pairs.site) == []


def test_a_rebuild_from_the_store_has_the_same_bytes(built_pairs: Project) -> None:
    """Taken from the store, published the same."""
    before = (built_pairs.site / "SHA256SUMS").read_bytes()
    result, listener = built_pairs.build()
    assert {outcome.state for outcome in result.outcomes} == {"current"}
    assert listener.stages == [("site", "rendering pages")]
    assert (built_pairs.site / "SHA256SUMS").read_bytes() == before


def test_a_comparison_with_a_report_left_out_says_so(built: Project, tmp_path: Path) -> None:
    """`--only` one side, no other in the store: no failure, a page that says what is not there."""
    project = add_second_model(built, tmp_path / "project")
    project.forget(TIMES)
    result, _ = project.build(only=(FIRST,))
    assert [outcome.state for outcome in result.comparisons] == ["left out", "left out"]
    assert result.exit_code == ExitCode.DONE
    page = project.site / "compare" / f"{FIRST}--{SECOND}" / "index.html"
    assert f"report {SECOND} is not on this site" in page.read_text()
    assert verify_site(project.site) == []


def test_a_failed_side_fails_its_comparison_only(built_pairs: Project, tmp_path: Path) -> None:
    """The second model's weights are cut off: its pair has a reason, the other pair stands."""
    project = built_pairs.copy(tmp_path / "project")
    weights = project.folder / "models" / "second" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    result, _ = project.build()
    assert [outcome.state for outcome in result.comparisons] == ["failed", "built"]
    assert result.exit_code == ExitCode.SOME_RUNS_FAILED
    document = json.loads(
        (project.site / "compare" / f"{FIRST}--{SECOND}" / "comparison.json").read_bytes()
    )
    assert document["missing"].startswith(f"report {SECOND} failed at loading model:")
    assert document["attention"] is None

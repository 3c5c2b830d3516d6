"""A build, from manifest to site: complete, kept, repeatable, and unharmed by one failure."""

from __future__ import annotations

import csv
import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from safetensors.numpy import load_file

from generator.errors import ExitCode, UsageError
from generator.kinds import TokenKind
from generator.records import RunRecord
from generator.store import Store
from tests.pipeline.conftest import Project, make_starter
from tests.site.test_site_pages import NEVER, spoken

FILES = {
    "summary.json",
    "sensors.csv",
    "positions.csv",
    "heads.csv",
    "layers.csv",
    "claims.csv",
    "instruments.csv",
    "attention.safetensors",
    "report.html",
    "provenance.json",
    "index.html",
}
FIGURES = {"heatmap", "flow", "network", "distribution", "timeseries", "summary", "heads"}


def record(project: Project, report: str) -> RunRecord:
    path = project.site / "reports" / report / "provenance.json"
    return RunRecord.model_validate_json(path.read_bytes())


def reports(project: Project) -> list[str]:
    return sorted(p.name for p in (project.site / "reports").iterdir() if p.is_dir())


def test_a_report_leaves_what_the_contract_lists(built: Project) -> None:
    """Pages, tables, exact maps, pictures, the stand-alone file, provenance."""
    assert len(reports(built)) == 2
    for report in reports(built):
        folder = built.site / "reports" / report
        assert {p.name for p in folder.iterdir() if p.is_file()} == FILES
        assert {p.stem for p in (folder / "figures").iterdir()} == FIGURES
        assert (folder / "maps" / "mean.js").exists()


def test_every_claim_of_the_record_is_a_row(built: Project) -> None:
    """In the published table, in the record's order, with its verdict."""
    for report in reports(built):
        claims = record(built, report).claims
        assert claims is not None
        with (built.site / "reports" / report / "claims.csv").open(newline="") as stream:
            found = [(row["id"], row["verdict"]) for row in csv.DictReader(stream)]
        assert found == [(claim.id, claim.verdict.value) for claim in claims.claims]


def test_twin_runs_are_on_record_and_move_what_they_differ_in(built: Project) -> None:
    """Every tested window differs in oxygen alone; the file is named with its digest."""
    twins = (built.folder / "data" / "twins.parquet").read_bytes()
    for report in reports(built):
        claims = record(built, report).claims
        assert claims is not None
        (file,) = claims.donors.twin_files
        assert (file.name, file.sha256) == ("twins.parquet", hashlib.sha256(twins).hexdigest())
        assert claims.donors.twins == max(claim.windows for claim in claims.of("group")) > 0
        for claim in claims.of("group"):
            assert claim.twin_sd is not None
            assert (claim.twin_sd > 0) == ("oxygen_ppm" in claim.subject)


def test_the_whole_site_passes_sha256sum(built: Project) -> None:
    """A stock tool finds every published file as it was summed."""
    check = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    assert subprocess.run(check, cwd=built.site, check=False).returncode == 0


def test_published_maps_are_valid_attention_with_every_head(built: Project) -> None:
    """Exact float32 maps, all heads; rows sum to 1."""
    for report in reports(built):
        maps = load_file(built.site / "reports" / report / "attention.safetensors")["attention"]
        found = record(built, report).attention
        assert found is not None
        assert maps.shape == found.shape
        assert maps.dtype == np.float32
        assert maps.shape[1] == 4
        np.testing.assert_allclose(maps.sum(-1), 1, atol=1e-5)


def test_sensors_are_named_only_where_tokens_are_sensors(built: Project) -> None:
    """The time-step report names times; no sensor stands at one of its positions."""
    by_kind = {}
    for report in reports(built):
        found, sensors = record(built, report).attention, record(built, report).dataset
        assert found is not None
        assert sensors is not None
        by_kind[found.tokens] = (set(found.names), {row.sensor.name for row in sensors.sensors})
    names, sensors_named = by_kind[TokenKind.SENSORS]
    assert names == sensors_named
    times, sensors_named = by_kind[TokenKind.TIMESTEPS]
    assert not times & sensors_named
    assert {"now", "-10 s"} < times


def test_every_sensor_is_in_one_group_and_every_claim_has_its_reason(built: Project) -> None:
    """The claims of a real run: judged or not, each says why; instruments and gate are there."""
    for report in reports(built):
        found = record(built, report)
        assert found.claims is not None
        assert found.model is not None
        names = [name for group in found.claims.groups for name in group]
        assert sorted(names) == sorted(found.model.sensors)
        assert [c.subject for c in found.claims.of("group")] == list(found.claims.groups)
        assert all(claim.reason.endswith(".") for claim in found.claims.claims)
        assert [row.sensor for row in found.claims.instruments] == list(found.model.sensors)
        assert found.quality is not None
        assert found.quality.adequacy == found.claims.adequacy


@pytest.mark.parametrize("word", NEVER)
def test_no_page_of_a_built_site_promises_too_much(built: Project, word: str) -> None:
    """Every page that a build makes, the stand-alone reports too."""
    pattern = re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE)
    pages = sorted(built.site.rglob("*.html"))
    assert {page.name for page in pages} == {"index.html", "report.html"}
    assert [str(page) for page in pages if pattern.search(spoken(page))] == []


def test_an_unchanged_rebuild_extracts_nothing(built: Project) -> None:
    """Everything comes from the store: no stage but the pages, and the same bytes."""
    before = (built.site / "SHA256SUMS").read_bytes()
    result, listener = built.build()
    assert {outcome.state for outcome in result.outcomes} == {"current"}
    assert listener.stages == [("site", "rendering pages")]
    assert (built.site / "SHA256SUMS").read_bytes() == before


@pytest.fixture(scope="module")
def half_broken(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of the built project whose second model lost the end of its weights."""
    project = built.copy(tmp_path_factory.mktemp("broken") / "project")
    weights = next((project.folder / "models").glob("*timesteps*")) / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    return project


def test_one_failed_report_leaves_the_others_standing(half_broken: Project) -> None:
    """It has a page that says what failed, the other is as before, and the code is 1."""
    result, listener = half_broken.build()
    assert [outcome.state for outcome in result.outcomes] == ["current", "failed"]
    assert result.exit_code == ExitCode.SOME_RUNS_FAILED
    failed = result.outcomes[1]
    page = (half_broken.site / "reports" / failed.id / "index.html").read_text()
    assert "model.safetensors" in page
    assert "model.safetensors" in failed.detail
    assert (failed.id, "failed", failed.detail) in listener.ends
    assert failed.detail.startswith("models/")  # as the manifest gives it
    assert str(half_broken.folder) not in page + failed.detail
    assert failed.id in (half_broken.site / "index.html").read_text()
    kept = result.outcomes[0].id
    assert (half_broken.site / "reports" / kept / "attention.safetensors").exists()


def test_a_failed_run_is_tried_again(half_broken: Project) -> None:
    """A failure is not kept in the store."""
    result, _ = half_broken.build()
    assert result.outcomes[1].state == "failed"


def test_a_changed_setting_makes_only_its_own_run_stale(built: Project, tmp_path: Path) -> None:
    """Fewer windows for one report: that one is built anew, the other is current."""
    project = built.copy(tmp_path / "project")
    first = reports(project)[0]
    assert Store(project.store).has(record(project, first).key)
    project.edit("count: 200", "count: 20")
    result, _ = project.build()
    assert sorted(outcome.state for outcome in result.outcomes) == ["built", "current"]


def test_a_foreign_folder_is_refused_before_anything_runs(built: Project, tmp_path: Path) -> None:
    """A folder with somebody's files is left alone, and no run has started."""
    project = built.copy(tmp_path / "project", "site", ".attention-reports")
    project.site.mkdir()
    (project.site / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="is not empty and was not built by this program"):
        project.build()
    assert not project.store.exists()
    assert (project.site / "thesis.txt").read_text() == "mine"


def test_clocks_lie_beside_the_site_not_in_it(built: Project) -> None:
    """When and how long: build.json, which no digest covers."""
    assert '"started"' in (built.folder / "build.json").read_text()
    assert not (built.site / "build.json").exists()


@pytest.mark.parametrize("damage", ["gone", "cut"])
def test_a_damaged_record_is_stale(built: Project, tmp_path: Path, damage: str) -> None:
    """A file that is missing or short makes its run run again; it is never published so."""
    project = built.copy(tmp_path / "project")
    key = record(project, reports(project)[0]).key
    store, file = Store(project.store), Store(project.store).files(key) / "attention.safetensors"
    assert store.has(key)
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-1])
    assert not store.has(key)


def test_a_dead_sensor_in_another_order_and_one_nobody_reads_are_no_harm(
    built: Project, tmp_path: Path
) -> None:
    """The manifest lists sensors backwards and one more, and one is dead: ranges stay right."""
    project = built.copy(tmp_path / "project", ".attention-reports")
    folder = project.folder
    before = record(project, "gl-018-boiler-house").dataset
    table = folder / "data" / "combustion.parquet"
    data = pl.read_parquet(table)
    data.with_columns(unread=data["air_flow"] * 0 + 7, nox_emission=None).write_parquet(table)
    shutil.copy(table, folder / "data" / "twins.parquet")
    text = (folder / "reports.yaml").read_text()
    listed = re.findall(r"^      \w+: \{unit.*\n", text, re.M)
    project.edit("".join(listed), "".join(["      unread: {}\n", *reversed(listed)]))
    result, _ = project.build(only=("gl-018-boiler-house",))
    assert [outcome.state for outcome in result.outcomes] == ["built"]
    after = record(project, "gl-018-boiler-house").dataset
    assert before is not None
    assert after is not None
    expected = {row.sensor.name: row for row in before.sensors}
    found = {row.sensor.name: row for row in after.sensors}
    assert found["unread"].mean == 7
    assert found["unread"].explained_low is None
    assert found["nox_emission"].high is found["nox_emission"].explained_high is None
    assert found["fuel_flow"] == expected["fuel_flow"]


def test_reports_left_out_are_told_of(tmp_path: Path) -> None:
    """--only builds one report; the other is on no page, and a line says so."""
    project = make_starter(tmp_path / "project")
    result, listener = project.build(only=("gl-018-boiler-house",))
    assert [outcome.id for outcome in result.outcomes] == ["gl-018-boiler-house"]
    told = {run_id: (state, detail) for run_id, state, detail in listener.ends}
    assert told["gl-018-boiler-house"][0] == "built"
    assert told["timesteps-boiler-house"][0] == "not built"
    assert "--only leaves it out" in told["timesteps-boiler-house"][1]

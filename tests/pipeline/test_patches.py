"""A Hugging Face model from a manifest: stretches of time are named, sensors are not compared."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from generator.kinds import SpecialToken
from generator.records import RunRecord
from generator.store import Store
from tests.models.patchtst_folders import write_folder
from tests.pipeline.conftest import Project

MANIFEST = """
version: 1
purpose: interpretability
site: {title: Patches}
datasets:
  boiler:
    path: boiler.csv
    time: {column: time, zone: UTC}
    group: run
    sensors: {air: {unit: kg/h, tag: FT-1}, fuel: {unit: kg/h}, co: {unit: ppm}}
    target: {column: co, horizon: 5min}
    window: {length: 30, stride: 10}
    holdout: {fraction: 0.5, by: group}
    simulated: true
models:
  net: {source: huggingface, path: net}
reports:
  - id: patches
    model: net
    dataset: boiler
    tokens: {kind: patches, length: 9, stride: 5, start: 1, special: [0]}
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A site of one report: patches of 9 rows, 5 apart, a class token, one row dropped."""
    folder = tmp_path_factory.mktemp("patches")
    write_folder(folder / "net", patch_length=9, patch_stride=5, use_cls_token=True)
    values = np.abs(np.random.default_rng(1).normal(size=(400, 3)))
    stamps = pl.datetime_range(
        pl.datetime(2026, 1, 1), pl.datetime(2026, 1, 1, 6, 39), "1m", eager=True
    )
    frame = pl.DataFrame({"time": stamps, "run": np.repeat(["a", "b"], 200)})
    frame.with_columns(pl.DataFrame(values, schema=["air", "fuel", "co"])).write_csv(
        folder / "boiler.csv"
    )
    (folder / "reports.yaml").write_text(MANIFEST)
    project = Project(folder)
    result, _ = project.build()
    assert [outcome.state for outcome in result.outcomes] == ["built"], result
    return project


def record(project: Project) -> RunRecord:
    """The record of the one report."""
    store = Store(project.store)
    entry = next((project.store / "runs").glob("*/record.json"))
    found = store.read(entry.parent.name)
    assert found is not None
    return found


def test_positions_are_stretches_of_time(built: Project) -> None:
    """The class token comes first, then rows 1-9, 6-14, ... of 30, a minute each, by hand."""
    attention = record(built).attention
    assert attention is not None
    assert attention.names == (
        "[CLS]",
        "-28 min to -20 min",
        "-23 min to -15 min",
        "-18 min to -10 min",
        "-13 min to -5 min",
        "-8 min to now",
    )
    assert attention.rows_per_sample == 3


def test_what_each_token_holds_is_on_record(built: Project) -> None:
    """Rows of each stretch, by hand; no sensor of its own; [CLS] by its kind, without rows."""
    attention = record(built).attention
    assert attention is not None
    assert attention.coverage is not None
    assert (attention.coverage.window, attention.coverage.sensors) == (30, ("air", "fuel", "co"))
    assert [token.rows for token in attention.coverage.tokens] == [
        *((), ((1, 9),), ((6, 14),), ((11, 19),), ((16, 24),), ((21, 29),)),
    ]
    assert {token.sensors for token in attention.coverage.tokens} == {None}
    assert attention.coverage.tokens[0].special is SpecialToken.CLASS


def test_a_read_out_token_answers_no_question(built: Project) -> None:
    """[CLS] is no time span: rankings leave it out, and the page says what it holds."""
    attention = record(built).attention
    assert attention is not None
    assert [p.name for p in attention.positions if p.special] == ["[CLS]"]
    page = (built.site / "reports" / "patches" / "index.html").read_text()
    table = page.split('id="what-was-attended-to"')[1].split("</table>")[0]
    assert "[CLS]" not in table
    assert "Apart from these, <strong>[CLS]</strong> received" in page
    answer, _, looked = page.partition('id="what-the-model-looked-at"')
    assert "[CLS]" not in answer.split('id="the-answer"')[1]
    assert "The special token [CLS], which stands for no time, holds" in looked
    overview = (built.site / "index.html").read_text()
    assert "[CLS]" not in overview


def test_dropped_rows_are_on_record(built: Project) -> None:
    """30 rows less 9 do not divide by 5: the model reads no first row, and the page says so."""
    model = record(built).model
    assert model is not None
    assert model.unread_rows == 1
    page = (built.site / "reports" / "patches" / "index.html").read_text()
    assert "does not read the first 1 row of each window" in page


def test_the_page_says_that_sensors_cannot_be_compared(built: Project) -> None:
    """In words: the mean over three sensors; and no sensor stands in the ranking."""
    page = (built.site / "reports" / "patches" / "index.html").read_text()
    assert "the mean over the 3 sensors" in page
    assert "sensors cannot be compared" in page
    attention = record(built).attention
    assert attention is not None
    assert not {"air", "fuel", "co"} & {position.label for position in attention.positions}

"""What pages say where something is missing, not known, or not as it should be."""

from __future__ import annotations

import re

import pytest

from generator.pages import make_pages
from generator.records import (
    DatasetRecord,
    Quality,
    RunFailure,
    RunRecord,
    RunRequest,
    SensorGroup,
)
from tests.site import records_for_pages as hand_made


def pages_of(record: RunRecord) -> dict[str, str]:
    """The Markdown of every page of a site with one report, by path."""
    return {page.path: page.text() for page in make_pages(hand_made.SITE, [record])}


def changed(dataset: dict[str, object], quality: dict[str, object]) -> RunRecord:
    """The hand-made sensor run with some facts of its data and quality replaced."""
    record = hand_made.make_sensor_run()[0]
    assert record.dataset is not None
    assert record.quality is not None
    data: DatasetRecord = record.dataset.model_copy(update=dataset)
    measured: Quality = record.quality.model_copy(update=quality)
    return record.model_copy(update={"dataset": data, "quality": measured})


def report(record: RunRecord) -> str:
    return pages_of(record)[f"reports/{record.id}/index.md"]


def test_a_sensor_without_any_reading_has_dashes() -> None:
    """Dead from the first row, or not read by the model: the tables show an en dash."""
    dead = dict.fromkeys(
        ("low", "mean", "high", "explained_low", "explained_high", "outside_training")
    )
    rows = hand_made.make_dataset().sensors
    pages = pages_of(changed({"sensors": (rows[0].model_copy(update=dead), *rows[1:])}, {}))
    for path in ("datasets/boiler-house/index.md", "reports/gl-018-boiler-house/index.md"):
        rows_of_it = [line for line in pages[path].splitlines() if '"row">fuel_flow' in line]
        assert 3 in [row.count('<td class="rp-number">–</td>') for row in rows_of_it]


def test_sensors_that_cannot_be_told_apart_are_named_where_sensors_are() -> None:
    """Beside a ranking of sensors; not where tokens are time steps and none may be named."""
    pair = SensorGroup(
        sensors=("fuel_flow", "air_flow"), calculated=(), weakest=0.98, strongest=0.98
    )
    told = "<strong>fuel_flow, air_flow</strong> move together or are calculated from one another"
    assert told in report(changed({"sensor_groups": (pair,)}, {}))
    assert "</strong> move together" not in report(changed({}, {}))
    steps = hand_made.make_timestep_run()[0]
    assert steps.dataset is not None
    data = steps.dataset.model_copy(update={"sensor_groups": (pair,)})
    assert "</strong> move together" not in report(steps.model_copy(update={"dataset": data}))


def test_held_out_data_is_never_seen_only_where_that_is_known() -> None:
    """Three answers to one question: none of it, some of it, not known."""
    assert "(14 of 48), never seen in training" in report(changed({}, {"overlap": 0}))
    unknown = report(changed({}, {"overlap": None}))
    assert "never seen in training" not in unknown
    assert "; whether the model saw them in training is not known" in unknown
    seen = report(changed({}, {"overlap": 3}))
    assert "never seen in training" not in seen
    assert "; the model was trained on 3 of these 14" in seen


@pytest.mark.parametrize("beats", [True, False])
def test_a_score_on_training_data_is_never_green(beats: bool) -> None:
    """The lamp says what is wrong, and no chip of any page says that the model did well."""
    made = hand_made.make_quality(beats=beats)
    record = changed({}, {"overlap": 3, "scores": made.scores, "adequacy": made.adequacy})
    pages = pages_of(record)
    lamp = report(record).partition("Is the model good enough?")[0].rpartition("rp-lamp--")[2]
    assert lamp.startswith("warn" if beats else "bad")
    assert "trained on 3 of the 14 held-out groups" in report(record)
    green = {chip for text in pages.values() for chip in re.findall(r"chip--good\">([^<]*)", text)}
    assert green <= {"Tested and held", "Met"}  # of claims, not of the model
    if beats:
        said = "scored partly on data it was trained on"
        assert said in pages["index.md"].casefold()
        assert said in pages["reports/index.md"].casefold()


def test_data_without_groups_has_whole_sentences() -> None:
    """Nothing is counted that is not there: no 'from 0', no 'Separate s'."""
    none = {"groups": 0, "explained_groups": 0, "group_word": ""}
    pages = pages_of(changed(none, {"groups": 0, "overlap": None}))
    text = "".join(pages.values())
    assert "held-out windows</dd>" in text
    assert "from 0 " not in text
    assert "Separate s" not in text


FAILED = RunRecord(
    id="late",
    key=hand_made.make_digest("late"),
    settings={"heads": "all"},
    versions=hand_made.VERSIONS,
    failure=RunFailure(
        stage="drawing and exporting",
        message="no space left",
        asked=RunRequest(model="m-1", dataset="d-1", agent="A-1", simulated=True),
    ),
)


def test_a_failed_report_says_what_was_asked_for() -> None:
    """Agent, model, dataset, settings, versions, and that the data is simulated."""
    pages = pages_of(FAILED)
    page = pages["reports/late/index.md"]
    for word in ("A-1", "m-1", "d-1", "all", "0.1.0", "Simulated data", "no space left"):
        assert word in page
    for word in ("A-1", "m-1", "d-1", "Simulated"):
        assert word in pages["index.md"]
    assert "none was read" not in page


def test_what_was_asked_for_is_no_link_to_a_page_that_is_not_there() -> None:
    """A model that was never loaded has no page; its id is plain text."""
    assert "models/m-1" not in "".join(pages_of(FAILED).values())

"""Tokens that hold no reading: named on their own, in no ranking, with no sensor's tag."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.pages.run_view import make_run_view
from generator.records import RunRecord
from generator.site import build_site
from tests.site.files_for_pages import write_artifacts
from tests.site.records_for_pages import SITE, make_sensor_run

NUMBER_WORDS = {
    1: "The special token [REG 1], which stands for no sensor, holds 20.0%",
    2: "The special tokens [REG 1] and [REG 2], which stand for no sensor, hold 40.0%",
    4: "The special tokens [REG 1], [REG 2], [REG 3] and 1 more, which stand for no sensor, hold "
    "80.0%",
}


def with_registers(record: RunRecord, count: int) -> RunRecord:
    """The record with its first tokens made registers, of a fifth of the importance each."""
    assert record.attention is not None
    changed = tuple(
        position.model_copy(
            update={
                "name": f"[REG {at + 1}]",
                "label": f"[REG {at + 1}]",
                "importance": 0.2,
                "special": True,
            }
        )
        if at < count
        else position
        for at, position in enumerate(record.attention.positions)
    )
    attention = record.attention.model_copy(update={"positions": changed})
    return record.model_copy(update={"attention": attention})


@pytest.mark.parametrize("count", NUMBER_WORDS)
def test_the_answer_counts_special_tokens_and_ranks_none(count: int, tmp_path: Path) -> None:
    """One, two, or more than are listed: their share in words, and no row of the table."""
    record, weights = make_sensor_run()
    record = with_registers(write_artifacts(record, weights, tmp_path / "files"), count)
    build_site(SITE, [record], {record.id: tmp_path / "files"}, tmp_path / "site")
    page = (tmp_path / "site" / "reports" / record.id / "index.html").read_text(encoding="utf-8")
    assert NUMBER_WORDS[count] in " ".join(page.split())
    table = page.split('id="what-was-attended-to"')[1].split("</table>")[0]
    assert "[REG" not in table
    assert "Apart from these, <strong>[REG 1]</strong> received" in page


def test_a_special_token_has_no_sensors_tag() -> None:
    """Even one that is called like a calculated sensor of the dataset."""
    record, _ = make_sensor_run()
    assert record.attention is not None
    view = make_run_view(record)
    tagged = next(p for p in record.attention.positions if view.tag(p))
    calculated = next(p for p in record.attention.positions if view.calculated(p))
    assert view.tag(tagged.model_copy(update={"special": True})) == ""
    assert not view.calculated(calculated.model_copy(update={"special": True}))

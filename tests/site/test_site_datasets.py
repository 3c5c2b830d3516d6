"""The page of a dataset: its profile in words, pictures, files; and what it says without one."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import polars as pl
import pytest

from generator.datasets.profile.facts import profile_dataset
from generator.exports.profile import make_profile_files
from generator.hashing import sha256_file
from generator.notice import NOTICE
from generator.pages import make_pages
from generator.pages.trace_drawing import HEIGHT, MARGIN, make_picture
from generator.records import RunRequest
from generator.records.dataset_profile import PROFILE_SCHEMA, DatasetProfile
from generator.site import build_site
from generator.spec.datasets import DatasetSpec
from generator.verify import verify_site
from tests.site import records_for_pages as hand_made

PAGE = "datasets/boiler-house/index.md"


def some_profile(folder: Path, name: str = "<b>x</b>", **spec: object) -> DatasetProfile:
    """A profile of 200 rows: two runs, one sensor from 0 to 199, its last reading missing."""
    path = folder / "data.parquet"
    readings = [*map(float, range(199)), None]
    pl.DataFrame({name: readings, "run": [0] * 100 + [1] * 100}).write_parquet(path)
    whole = {
        "path": "x",
        "time": None,
        "group": "run",
        "sensors": {name: {"unit": "kW"}},
        "target": {"column": name, "horizon": 0},
        "window": {"length": 2, "stride": 1},
        "holdout": {"fraction": 0.5, "by": "group"},
        "simulated": True,
        **spec,
    }
    found = profile_dataset(DatasetSpec.model_validate(whole), [path])
    asked = failed_profile()
    return asked.model_copy(update={"found": found, "failure": ""})


def failed_profile() -> DatasetProfile:
    return DatasetProfile(
        id="boiler-house",
        key=hand_made.make_digest("profile"),
        sha256=hand_made.make_digest("boiler-house"),
        files=(),
        simulated=True,
        licence="CC-BY-4.0",
        credit="A & B",
        failure="column 'at' holds String, not times",
    )


def page(profile: DatasetProfile) -> str:
    pages = make_pages(hand_made.SITE, [hand_made.make_sensor_run()[0]], profiles=[profile])
    return {each.path: each.text() for each in pages}[PAGE]


def test_every_sensor_has_a_picture_and_its_facts(tmp_path: Path) -> None:
    """The picture has a title and a description; a hostile name is text."""
    text = page(some_profile(tmp_path))
    assert text.count("<svg") == 1
    assert "&lt;b&gt;x&lt;/b&gt; over all rows (simulated)</title>" in text
    assert "<b>x</b>" not in text
    assert re.search(r"<dt>Missing</dt><dd>1</dd>", text)
    assert "A &amp; B" in text
    assert "Simulated data" in text


def test_a_failed_profile_says_why_and_keeps_the_reports(tmp_path: Path) -> None:
    """The reason stands on the page, with the reports below."""
    text = page(failed_profile())
    assert "column &#39;at&#39; holds String, not times" in text
    assert "reports/gl-018-boiler-house/index.html" in text


def test_a_dataset_whose_reports_all_failed_has_its_page(tmp_path: Path) -> None:
    """Only the profile knows the data; the failed report is listed on its page."""
    failed = hand_made.make_failed_run()
    assert failed.failure is not None
    wanted = RunRequest(model="m", dataset="elsewhere", agent=None, simulated=True)
    failure = failed.failure.model_copy(update={"asked": wanted})
    asked = failed.model_copy(update={"failure": failure, "dataset": None})
    profile = some_profile(tmp_path).model_copy(update={"id": "elsewhere"})
    pages = make_pages(hand_made.SITE, [asked], profiles=[profile])
    text = next(p.text() for p in pages if p.path == f"datasets/{profile.id}/index.md")
    assert f"reports/{asked.id}/index.html" in text


@pytest.mark.parametrize(("within", "word"), [(0.1, "Holds<"), (0.001, "Does not hold<")])
def test_a_law_is_a_lamp_with_words(tmp_path: Path, within: float, word: str) -> None:
    """Flow and speed 1 % apart after the training part."""
    speed = [float(10 + i % 50) for i in range(200)]
    later = [s * (1 if i < 100 else 1.01) for i, s in enumerate(speed)]
    pl.DataFrame({"n": speed, "v": later}).write_parquet(tmp_path / "p.parquet")
    check = {"law": "pump-affinity", "speed": "n", "flow": "v", "within": within}
    spec = {"path": "x", "time": None, "sensors": {"n": {}}, "simulated": True,
            "target": {"column": "v", "horizon": 0}, "window": {"length": 2, "stride": 1},
            "holdout": {"fraction": 0.5, "by": "time"}, "checks": [check]}  # fmt: skip
    facts = profile_dataset(DatasetSpec.model_validate(spec), [tmp_path / "p.parquet"])
    text = page(failed_profile().model_copy(update={"found": facts, "failure": ""}))
    assert f'rp-lamp__state">{word}' in text


def test_sensors_that_move_together_are_named(tmp_path: Path) -> None:
    """Air runs with fuel, the third sensor by itself; with one sensor the page says nothing."""
    fuel = [float(i % 37) for i in range(400)]
    others = {"air": [17 * f for f in fuel], "alone": [float(i * 7919 % 101) for i in range(400)]}
    pl.DataFrame({"fuel": fuel, **others}).write_parquet(tmp_path / "g.parquet")
    spec = {"path": "x", "time": None, "sensors": {"fuel": {}, "air": {}, "alone": {}},
            "target": {"column": "fuel", "horizon": 0}, "window": {"length": 2, "stride": 1},
            "holdout": {"fraction": 0.5, "by": "time"}, "simulated": True}  # fmt: skip
    found = profile_dataset(DatasetSpec.model_validate(spec), [tmp_path / "g.parquet"])
    text = page(failed_profile().model_copy(update={"found": found, "failure": ""}))
    row = '<th scope="row">fuel, air</th> <td>none</td> <td class="rp-number">1.00</td>'
    assert row in text
    assert "over 200 rows of the training part" in text
    assert "Sensors that cannot be told apart" not in page(some_profile(tmp_path))


def test_the_picture_is_drawn_from_the_trace(tmp_path: Path) -> None:
    """The line climbs from bottom to top; run and hold-out begin in the middle."""
    found = some_profile(tmp_path).found
    assert found is not None
    drawn = make_picture(found, found.sensors[0])
    assert (drawn.width, drawn.held_out, drawn.borders) == (200, ((100.0, 100.0),), (100.0,))
    assert drawn.line.startswith(f"M0.5 {HEIGHT - MARGIN}L1.5 ")
    assert drawn.line.endswith(f"L198.5 {MARGIN}")
    assert drawn.missing == (("1.00", "M199 950h1v50h-1z"),)


def test_the_files_carry_schema_and_intended_use(tmp_path: Path) -> None:
    """profile.json reads back equal; the last column of sensors.csv is intended_use."""
    profile = some_profile(tmp_path)
    files = make_profile_files(profile)
    record = json.loads(files["profile.json"])
    assert (record["schema"], record["intended_use"]) == (PROFILE_SCHEMA, NOTICE)
    assert profile == DatasetProfile.model_validate_json(files["profile.json"])
    header, row = csv.reader(io.StringIO(files["sensors.csv"].decode()))
    assert (header[0], header[-1]) == ("sensor", "intended_use")
    assert (row[0], NOTICE in row[-1]) == ("<b>x</b>", True)


def test_the_site_sums_the_files_and_the_page_lists_them(tmp_path: Path) -> None:
    """Size and digest on the page are those of the files; the whole site has no finding."""
    profile = some_profile(tmp_path).model_copy(update={"id": "elsewhere"})
    build_site(hand_made.SITE, [], {}, tmp_path / "site", profiles=[profile])
    folder = tmp_path / "site" / "datasets" / "elsewhere"
    text = (folder / "index.html").read_text()
    sums = (tmp_path / "site" / "SHA256SUMS").read_text()
    for name in ("profile.json", "sensors.csv"):
        digest = sha256_file(folder / name)
        assert digest in text
        assert f"{digest}  datasets/elsewhere/{name}\n" in sums
    assert verify_site(tmp_path / "site") == []

"""The wording and the place of every mistake a person makes in a manifest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from generator.errors import ExitCode
from generator.manifest import ManifestError, load_manifest
from generator.manifest.structure import _KINDS, find_spec
from generator.notice import NOTICE
from generator.spec.schema import ManifestSpec

Complaints = Callable[[str | bytes], list[str]]

# (what stands in the right manifest, what is typed instead, what is said); the arrow marks the
# place that line and column must name.
CASES = [
    ("version: 1", "version: ▸2",
     "version: must be 1, the version of the format this program reads (found 2)"),
    ("version: 1", "version: ▸true",
     "version: must be 1, the version of the format this program reads (found true)"),
    ("purpose: interpretability", "purpose: ▸regulatory",
     f"purpose: must be interpretability (found regulatory). {NOTICE}"),
    ("site: {title: Boiler audit, ", "▸site: {",
     "site.title: is missing; for example title: Process heat attention audit"),
    ("title: Boiler audit", "title: ▸' '", "site.title: must not be empty"),
    ("title: Boiler audit", "title: ▸12",
     "site.title: must be text (found 12); put it in quotes"),
    ("title: Boiler audit", "title:▸", "site.title: must be text (found nothing)"),
    ("retention_years: 10", "retention_years: ▸101",
     "site.retention_years: must be at most 100 (found 101)"),
    ("organisation: Works", "▸organization: Works",
     "site.organization: unknown key (did you mean 'organisation'?)"),
    ("path: data/plant.csv", "path: ▸data/none.csv",
     'datasets.plant.path: no such file: "data/none.csv"'),
    ("path: data/plant.csv", "path: ▸data/*.parquet",
     'datasets.plant.path: no file matches "data/*.parquet"'),
    ("path: data/plant.csv", "path: ▸data",
     'datasets.plant.path: "data" is not a file but a folder'),
    ("plant:\n    path: data/plant.csv\n    time: {column: timestamp, zone: Europe/Berlin}\n",
     "▸plant:\n    path: data/plant.csv\n",
     "datasets.plant.time: is missing; for example time: "
     "{column: timestamp, zone: Europe/Berlin}"),
    ("zone: Europe/Berlin", "zone: ▸Europe/Berlim",
     'datasets.plant.time.zone: no time zone is called "Europe/Berlim" '
     "(did you mean 'Europe/Berlin'?)"),
    ("zone: Europe/Berlin", "zone: ▸../../etc/passwd",
     'datasets.plant.time.zone: no time zone is called "../../etc/passwd"; '
     "for example Europe/Berlin"),
    ("      oxygen: {", "      ▸timestamp: {}\n      oxygen: {",
     "datasets.plant.sensors.timestamp: is the time column, not a sensor"),
    ("      oxygen: {", "      ▸run: {}\n      oxygen: {",
     "datasets.plant.sensors.run: is the group column, not a sensor"),
    ("      oxygen: {", "      temp_1: ▸warm\n      oxygen: {",
     "datasets.plant.sensors.temp_1: must be a mapping (found warm)"),
    ("kind: calculated", "kind: ▸calculatd",
     "datasets.plant.sensors.excess_air.kind: must be one of measured, calculated, "
     "setpoint (found calculatd; did you mean 'calculated'?)"),
    ("kind: calculated, derived_from", "kind: measured, ▸derived_from",
     "datasets.plant.sensors.excess_air.derived_from: is for calculated sensors; "
     "say kind: calculated"),
    ("[oxygen]", "[▸oxigen]",
     'datasets.plant.sensors.excess_air.derived_from[0]: no sensor is called "oxigen" '
     "(did you mean 'oxygen'?)"),
    ("[oxygen]", "[oxygen, ▸oxygen]",
     'datasets.plant.sensors.excess_air.derived_from[1]: "oxygen" is listed twice'),
    ("[oxygen]", "[▸excess_air]",
     "datasets.plant.sensors.excess_air.derived_from[0]: a sensor cannot be derived "
     "from itself"),
    ("[oxygen]", "▸oxygen",
     "datasets.plant.sensors.excess_air.derived_from: must be a list (found oxygen)"),
    ("horizon: 5min", "horizon: ▸5 minutes",
     "datasets.plant.target.horizon: must be a duration such as 30s, 5min, 1h or 2d, "
     "or a count such as '30 rows' (found \"5 minutes\")"),
    ("horizon: 5min", "horizon: ▸30 rows",
     "datasets.plant.target.horizon: the data has a clock: say how long, such as 5min "
     "(found 30 rows)"),
    ("length: 64", "length: ▸1",
     "datasets.plant.window.length: must be at least 2 (found 1)"),
    ("length: 64", "length: ▸64.5",
     "datasets.plant.window.length: must be a whole number (found 64.5)"),
    ("{length: 64, stride: 16}", "▸64",
     "datasets.plant.window: must be a mapping (found 64)"),
    ("window: {length: 64, stride: 16}", "▸window: {stride: 16}",
     "datasets.plant.window.length: is missing; for example length: 64"),
    ("fraction: 0.3", "fraction: ▸1",
     "datasets.plant.holdout.fraction: must be less than 1 (found 1)"),
    ("fraction: 0.3, by: group", "fraction: ▸0, by: group",
     "datasets.plant.holdout.fraction: must be more than 0 (found 0)"),
    ("by: group", "by: ▸groups",
     "datasets.plant.holdout.by: must be one of group, time (found groups; "
     "did you mean 'group'?)"),
    ("simulated: true", "simulated: ▸no",
     "datasets.plant.simulated: must be true or false (found no)"),
    ("source: safetensors", "source: ▸pickle",
     'models.net.source: no installed model source is called "pickle" '
     '(known: huggingface, safetensors)'),
    ("path: models/net", "path: ▸models/none",
     'models.net.path: no such folder: "models/none"'),
    ("path: models/net", "path: ▸data", 'models.net.path: "data" holds no config.json'),
    ("path: models/net", "path: ▸data/plant.csv",
     'models.net.path: "data/plant.csv" is not a folder'),
    ("agent: test-agent", "agent: ▸test-agnet",
     'agents.A1.agent: no installed agent is called "test-agnet" '
     "(did you mean 'test-agent'?)"),
    ("test-agent, model: net", "test-agent, model: ▸nett",
     "agents.A1.model: no model is called \"nett\" (did you mean 'net'?)"),
    ("{id: by-model, model: net, dataset", "▸{id: by-model, dataset",
     "reports[0]: needs an agent or a model"),
    ("model: net, dataset", "agent: A1, ▸model: net, dataset",
     "reports[0].model: give an agent or a model, not both"),
    ("agent: A1, dataset", "agent: ▸GL-099, dataset",
     'reports[1].agent: no agent is called "GL-099" (known: A1)'),
    ("model: net, dataset: plant", "model: net, dataset: ▸plnt",
     "reports[0].dataset: no dataset is called \"plnt\" (did you mean 'plant'?)"),
    ("{id: by-model, ", "▸{", "reports[0].id: is missing; for example id: my-report"),
    ("id: by-agent", "id: ▸By-Model",
     'reports[1].id: the id "By-Model" is taken (line 21; case does not count)'),
    ("count: 40", "count: ▸0", "reports[1].windows.count: must be at least 1 (found 0)"),
    ("exports: [svg]", "exports: [svg, ▸svg]", 'reports[1].exports[1]: "svg" is listed twice'),
    ("exports: [svg]", "exports: [▸pdf]",
     "reports[1].exports[0]: must be one of html, png, svg, json, csv (found pdf)"),
    ("exports: [svg]", "tokens: ▸sensor",
     "reports[1].tokens: must be one of sensors, timesteps, patches, text, positions "
     "(found sensor; did you mean 'sensors'?)"),
    ("version: 1\n", "version: 1\n▸archives: []\n",
     "archives: unknown key (known: agents, comparisons, datasets, gates, limits, models, purpose, "
     "reports, site, thresholds, version)"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "said"), CASES, ids=[case[1] for case in CASES])
def test_each_mistake_has_its_place_and_its_words(
    complaints: Complaints, good: str, right: str, wrong: str, said: str
) -> None:
    """One slip, one line: of the value, of an unknown key, of the parent of a missing one."""
    before, after = good.replace(right, wrong, 1).split("▸")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    assert complaints(before + after) == [f"m.yaml:{line}:{column}: {said}"]


def test_the_example_of_the_design_is_counted_by_hand(complaints: Complaints) -> None:
    """Line 3, column 22, counted with a finger: four blanks, `window: {length: ` is 17 more."""
    said = complaints("datasets:\n  boiler-house:\n    window: {length: 1, stride: 16}\n")
    expected = "datasets.boiler-house.window.length: must be at least 2 (found 1)"
    assert f"m.yaml:3:22: {expected}" in said


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("model: net, dataset", "modle: net, dataset",
         ["21:5: reports[0]: needs an agent or a model",
          "21:20: reports[0].modle: unknown key (did you mean 'model'?)"]),
        ("    group: run\n", "",
         ["13:34: datasets.plant.holdout.by: needs a group column; name it under 'group', or "
          "hold out by time"]),
        ("{column: timestamp, zone: Europe/Berlin}", "null",
         ["12:40: datasets.plant.target.horizon: the data has no clock: count rows, such as "
          "'30 rows' (found 5min)"]),
    ],
)  # fmt: skip
def test_what_is_left_out_is_told_where_it_is_needed(
    complaints: Complaints, good: str, right: str, wrong: str, said: list[str]
) -> None:
    """A key that another one needs is asked for at the key that needs it."""
    assert complaints(good.replace(right, wrong, 1)) == [f"m.yaml:{line}" for line in said]


def test_a_right_manifest_is_not_complained_about(complaints: Complaints, good: str) -> None:
    """No mistake is seen where there is none."""
    assert complaints(good) == []


def test_all_mistakes_come_at_once_in_the_order_of_the_file(
    complaints: Complaints, good: str
) -> None:
    """Mistakes of every kind are listed together, sorted by line, then column."""
    text = good.replace("length: 64, stride: 16", "stride: 0, length: 1")
    text = text.replace("purpose: interpretability", "purpose: proof")
    text = text.replace("path: models/net", "path: gone").replace("seed: 7", "sed: 7")
    places = [line.split(": ")[0].split(":")[1:] for line in complaints(text)]
    assert places == [["2", "10"], ["13", "22"], ["13", "33"], ["17", "36"], ["22", "68"]]


def test_the_file_is_named_as_typed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`./x.yaml` stays `./x.yaml`."""
    monkeypatch.chdir(project)
    with pytest.raises(ManifestError) as caught:
        load_manifest("./data/../none.yaml")
    says = "no such file; 'attention-reports new DIR' writes a first one"
    assert f"./data/../none.yaml:1:1: {says}" == str(caught.value)
    assert ExitCode.USAGE is caught.value.exit_code


def test_every_required_key_below_the_top_has_an_example() -> None:
    """Whoever forgets a key is shown one."""
    for path in [("site",), ("datasets", "x"), ("datasets", "x", "time"),
                 ("datasets", "x", "target"), ("datasets", "x", "window"),
                 ("datasets", "x", "holdout"), ("models", "x"), ("agents", "x"),
                 ("reports", 0)]:  # fmt: skip
        fields = find_spec(path).model_fields
        bare = [name for name, f in fields.items() if f.is_required() and not f.examples]
        assert bare == [], path


def test_a_dataset_may_be_called_like_a_key() -> None:
    """Ids and keys are told apart by where they stand."""
    assert ManifestSpec.model_fields["datasets"].annotation
    assert "length" in find_spec(("datasets", "window", "window")).model_fields
    assert "stride" not in find_spec(("datasets", "window")).model_fields


def test_every_sentence_has_its_number() -> None:
    """The table of sentences names only limits that the checks supply."""
    known = dict.fromkeys(("found", "gt", "ge", "lt", "le", "max_length", "error", "message"), "7")
    assert all(pattern.format(**known) for pattern in _KINDS.values())

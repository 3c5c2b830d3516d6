"""What a manifest says of claims: groups, regime, expectations, budgets, thresholds, windows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import yaml

from generator.build.assessment import describe_population
from generator.build.explain import sample_population, select_explainable
from generator.build.plan import Run, make_plan
from generator.errors import InputError
from generator.manifest import load_manifest
from generator.records import EffectsBudget, Thresholds
from generator.spec.schema import build_manifest_schema
from tests.windows_by_hand import make_windows

Complaints = Callable[[str | bytes], list[str]]

DATA = "    simulated: true\n"
GROUPS = "    groups: {air and gas: [oxygen, excess_air]}\n"
REGIME = "    regime: [oxygen]\n"
AGENT = "  A1: {agent: test-agent, model: net}"
EXPECT = "  A1: {agent: test-agent, model: net, expect: {rests_on: [oxygen], not_on: [excess_air]}}"
REPORT = "windows: {count: 40, seed: 7}"
EVENTS = "windows: {count: 40, seed: 7, of: events}"
BUDGET = f"{EVENTS}, effects: {{donors: 4, steps: 8, integrated: 9, spans: 16, searched: 0}}"
LIMITS = "thresholds: {floor_sd: 0.2, supported_periods: 12}\n"


def whole(good: str) -> str:
    """The right manifest with every key of claims."""
    text = good.replace(DATA, DATA + GROUPS + REGIME).replace(AGENT, EXPECT)
    return text.replace(REPORT, BUDGET) + LIMITS


def test_what_is_said_of_claims_arrives(project: Path, good: str) -> None:
    """Every key, with the value it was given."""
    (project / "c.yaml").write_text(whole(good))
    found = load_manifest(project / "c.yaml")
    plant, agent, report = found.datasets["plant"], found.agents["A1"], found.reports[1]
    assert plant.groups == {"air and gas": ("oxygen", "excess_air")}
    assert plant.regime == ("oxygen",)
    assert (agent.expect.rests_on, agent.expect.not_on) == (("oxygen",), ("excess_air",))
    assert report.windows.of == "events"
    assert EffectsBudget(donors=4, steps=8, integrated=9, spans=16, searched=0) == report.effects
    assert Thresholds(floor_sd=0.2, supported_periods=12) == found.thresholds
    assert found.thresholds.changed == ("floor_sd", "supported_periods")


def test_what_is_left_out_has_its_stated_default(project: Path) -> None:
    """No groups, no regime, nothing expected, all windows, and thresholds that none changed."""
    found = load_manifest(project / "reports.yaml")
    plant, report = found.datasets["plant"], found.reports[0]
    assert (plant.groups, plant.regime, report.windows.of) == ({}, (), "all")
    assert (found.agents["A1"].expect.rests_on, found.agents["A1"].expect.not_on) == ((), ())
    assert (report.effects.donors, report.effects.steps, report.effects.spans) == (8, 16, 8)
    assert Thresholds() == found.thresholds
    assert found.thresholds.changed == ()


# (what stands in the manifest with all these keys, what is typed instead, what is said); the
# arrow marks the place that line and column must name.
CASES = [
    ("[oxygen, excess_air]}\n", "[oxygen, ▸exces_air]}\n",
     'datasets.plant.groups."air and gas"[1]: no sensor is called "exces_air" '
     "(did you mean 'excess_air'?)"),
    ("[oxygen, excess_air]}\n", "▸[oxygen]}\n",
     'datasets.plant.groups."air and gas": a group is of two or more sensors'),
    ("[oxygen, excess_air]}\n", "[oxygen, excess_air, ▸oxygen]}\n",
     'datasets.plant.groups."air and gas"[2]: "oxygen" is listed twice'),
    ("groups: {air and gas: [oxygen, excess_air]}", "groups: ▸[oxygen, excess_air]",
     "datasets.plant.groups: must be a mapping (found a list)"),
    ("air and gas: [oxygen, excess_air]", "air and gas: ▸oxygen",
     'datasets.plant.groups."air and gas": must be a list (found oxygen)'),
    ("regime: [oxygen]", "regime: [▸oxigen]",
     "datasets.plant.regime[0]: no sensor is called \"oxigen\" (did you mean 'oxygen'?)"),
    ("regime: [oxygen]", "regime: [oxygen, ▸oxygen]",
     'datasets.plant.regime[1]: "oxygen" is listed twice'),
    ("regime: [oxygen]", "regime: ▸oxygen", "datasets.plant.regime: must be a list (found oxygen)"),
    ("rests_on: [oxygen]", "rests_on: [▸oxigen]",
     "agents.A1.expect.rests_on[0]: no sensor is called \"oxigen\" (did you mean 'oxygen'?)"),
    ("not_on: [excess_air]", "not_on: [▸fuel]",
     'agents.A1.expect.not_on[0]: no sensor is called "fuel" (known: excess_air, oxygen)'),
    ("rests_on: [oxygen]", "▸rest_on: [oxygen]",
     "agents.A1.expect.rest_on: unknown key (did you mean 'rests_on'?)"),
    ("of: events", "of: ▸event",
     "reports[1].windows.of: must be one of all, events (found event; did you mean 'events'?)"),
    ("donors: 4", "donors: ▸1", "reports[1].effects.donors: must be at least 2 (found 1)"),
    ("donors: 4", "donors: ▸65", "reports[1].effects.donors: must be at most 64 (found 65)"),
    ("steps: 8", "steps: ▸3", "reports[1].effects.steps: must be at least 4 (found 3)"),
    ("spans: 16", "spans: ▸0", "reports[1].effects.spans: must be at least 1 (found 0)"),
    ("searched: 0", "▸serched: 0",
     "reports[1].effects.serched: unknown key (did you mean 'searched'?)"),
    ("floor_sd: 0.2", "floor_sd: ▸0", "thresholds.floor_sd: must be more than 0 (found 0)"),
    ("supported_periods: 12", "supported_periods: ▸2",
     "thresholds.supported_periods: must be at least 3 (found 2)"),
    ("floor_sd: 0.2", "▸flor_sd: 0.2",
     "thresholds.flor_sd: unknown key (did you mean 'floor_sd'?)"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "said"), CASES, ids=[case[1] for case in CASES])
def test_each_mistake_has_its_place_and_its_words(
    complaints: Complaints, good: str, right: str, wrong: str, said: str
) -> None:
    """One slip, one line, with what would be right."""
    text = whole(good)
    assert right in text
    before, after = text.replace(right, wrong, 1).split("▸")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    assert complaints(before + after) == [f"m.yaml:{line}:{column}: {said}"]


def test_a_right_manifest_of_claims_is_not_complained_about(
    complaints: Complaints, good: str
) -> None:
    """No mistake is seen where there is none."""
    assert complaints(whole(good)) == []


def test_a_regime_is_of_three_sensors_at_most(complaints: Complaints, good: str) -> None:
    """Donors alike in more than that would be hard to find."""
    more = "".join(f"      s{i}: {{}}\n" for i in range(4))
    text = whole(good).replace("      oxygen: {", f"{more}      oxygen: {{")
    (said,) = complaints(text.replace("regime: [oxygen]", "regime: [s0, s1, s2, s3]"))
    assert said == "m.yaml:21:13: datasets.plant.regime: must hold at most 3 items (found a list)"


def test_expectations_of_an_agent_that_is_not_reported_on_need_no_data(
    complaints: Complaints, good: str
) -> None:
    """Which sensors there are is known from the report's dataset alone."""
    unused = EXPECT.replace("A1", "A2").replace("[oxygen]", "[anything]")
    assert complaints(good.replace(AGENT, f"{AGENT}\n{unused}")) == []


def test_the_schema_takes_what_the_program_takes(good: str) -> None:
    """The JSON Schema accepts every key of claims."""
    jsonschema.validate(yaml.safe_load(whole(good)), build_manifest_schema())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("of: events", "of: event"),
        ("donors: 4", "donors: 1"),
        ("floor_sd: 0.2", "floor_sd: 0"),
        ("floor_sd: 0.2", "flor_sd: 0.2"),
        ("rests_on: [oxygen]", "rests: [oxygen]"),
        ("regime: [oxygen]", "regime: [a, b, c, d]"),
        ("air and gas: [oxygen, excess_air]", "air and gas: oxygen"),
    ],
)
def test_the_schema_refuses_what_the_program_refuses(good: str, old: str, new: str) -> None:
    """Limits and unknown keys stand in the JSON Schema too."""
    text = whole(good)
    assert old in text
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(text.replace(old, new, 1)), build_manifest_schema())


@pytest.fixture
def run(project: Path, good: str) -> Run:
    """The run of the report that asks for windows before an event."""
    only = "by-model, model: net, dataset: plant"
    (project / "c.yaml").write_text(good.replace(only, f"{only}, {EVENTS}"))
    plan = make_plan(load_manifest(project / "c.yaml"), lambda _key: False, ("by-model",))
    return plan.runs[0].run


def test_only_windows_before_an_event_are_explained(run: Run) -> None:
    """All of them, in the order of the data; the report draws from these."""
    target = (np.arange(300) % 3 == 0).astype(float)
    held = make_windows(np.arange(600.0).reshape(300, 2, 1), target)
    found = select_explainable(run, held)
    assert len(found) == 100
    assert (found.target == 1).all()
    assert (np.diff(found.last_row) > 0).all()


def test_the_sample_is_said_to_be_of_windows_like_it(run: Run) -> None:
    """40 of the 100 before an event, not of all 300; seeded; all of them are called all."""
    target = (np.arange(300) % 3 == 0).astype(float)
    held = make_windows(np.arange(600.0).reshape(300, 2, 1), target)
    asked, again = sample_population(run, held), sample_population(run, held)
    assert (asked.explained.last_row == again.explained.last_row).all()
    assert describe_population(run, asked, 7) == (
        "40 windows that the event follows (a seeded sample of 100 such held-out windows; 7 with "
        "readings that are not good left out)"
    )
    few = sample_population(run, held.take(np.arange(30)))
    assert describe_population(run, few, 0).endswith("follows (all 10 such held-out windows)")


@pytest.mark.parametrize("kind", ["value", "class", "none"])
def test_windows_before_an_event_need_an_event(run: Run, kind: str) -> None:
    """A value, a class, or no event in the held-out part: the run fails with one sentence."""
    target = {"value": np.arange(9.0), "class": np.arange(9) % 2.0, "none": np.zeros(9)}[kind]
    held = make_windows(np.zeros((9, 2, 1)), target, classes=("x", "y") if kind == "class" else ())
    with pytest.raises(InputError) as caught:
        select_explainable(run, held)
    assert str(caught.value) == (
        "report by-model: windows: {of: events} needs held-out windows that an event follows; "
        "warning has none"
    )

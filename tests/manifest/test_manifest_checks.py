"""Quality codes and laws in a manifest: what they become, and what is said of wrong ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import yaml

from generator.manifest import load_manifest
from generator.spec.schema import build_manifest_schema

Complaints = Callable[[str | bytes], list[str]]
BALANCE = "law: heat-balance, heat: q, flow: v, supply: ts, return: tr"


def with_checks(good: str, *checks: str, quality: str = "{column: code, good: [0, ok]}") -> str:
    """The right manifest with quality codes and these checks; they stand from its 18th line on."""
    lines = "".join(f"      - {{{check}}}\n" for check in checks)
    more = f"    simulated: true\n    quality: {quality}\n    checks:\n{lines}"
    return good.replace("    simulated: true\n", more)


def test_codes_and_laws_arrive(project: Path, good: str) -> None:
    """Codes as text, columns by their role in the formula's order, the sum as a duration."""
    check = "law: heat-balance, return: tr, supply: ts, flow: v, heat: q, over: 24h, within: 0.03"
    (project / "c.yaml").write_text(with_checks(good, check))
    plant = load_manifest(project / "c.yaml").datasets["plant"]
    assert plant.quality is not None
    assert (plant.quality.column, plant.quality.good) == ("code", ("0", "ok"))
    (found,) = plant.checks
    assert found.columns == {"heat": "q", "flow": "v", "supply": "ts", "return": "tr"}
    assert found.over is not None
    assert (found.over.seconds, found.within) == (86_400, 0.03)


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ("law: excess-air, oxygen_ppm: o2, within: 0.1",
         "18:9: datasets.plant.checks[0].excess_air: is missing; "
         "excess-air needs oxygen_ppm, excess_air"),
        (f"{BALANCE}, within: 0.1, flwo: v",
         "18:84: datasets.plant.checks[0].flwo: unknown key (did you mean 'flow'?)"),
        (f"{BALANCE}, within: 2",
         "18:79: datasets.plant.checks[0].within: must be at most 1 (found 2)"),
        (f"{BALANCE}, over: 24 rows, within: 0.1",
         "18:77: datasets.plant.checks[0].over: "
         "must be such as 24h: it has a clock (found 24 rows)"),
        ("law: pump-affinity, speed: n, flow: v, over: 1h, within: 0.1",
         "18:49: datasets.plant.checks[0].over: "
         "is for heat-balance; pump-affinity compares single rows"),
        ("law: ohm, within: 0.1",
         "18:15: datasets.plant.checks[0].law: "
         "must be one of heat-balance, pump-affinity, excess-air (found ohm)"),
    ],
)  # fmt: skip
def test_a_wrong_check_is_told_with_its_place(
    complaints: Complaints, good: str, check: str, said: str
) -> None:
    """Each mistake has its line, its column and what would be right."""
    assert [f"m.yaml:{said}"] == complaints(with_checks(good, check))


def test_a_code_is_a_whole_number_or_text(complaints: Complaints, good: str) -> None:
    """The word true without quotes is neither."""
    text = with_checks(good, f"{BALANCE}, within: 0.1", quality="{column: code, good: [true]}")
    (line,) = complaints(text)
    said = "m.yaml:16:36: datasets.plant.quality.good[0]: must be a whole number or text, "
    assert line.startswith(said)


def test_the_schema_takes_them(good: str) -> None:
    """The JSON Schema accepts what the program accepts."""
    text = with_checks(good, f"{BALANCE}, over: 24h, within: 0.03")
    jsonschema.validate(yaml.safe_load(text), build_manifest_schema())

"""The mistakes a person makes in `comparisons`, each with its place and its words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from generator.manifest import load_manifest
from generator.spec.schema import build_manifest_schema

Complaints = Callable[[str | bytes], list[str]]
SAME = "windows: {count: 40, seed: 7}, exports: [svg]"


def with_pairs(good: str, pairs: str) -> str:
    """The right manifest with both reports over the usual windows, and some comparisons."""
    return f"{good.replace(SAME, 'exports: [svg]')}comparisons:\n  - {pairs}\n"


def test_two_reports_on_the_same_data_are_right(project: Path, good: str) -> None:
    """Ids in their order, as typed."""
    (project / "reports.yaml").write_text(with_pairs(good, "[by-agent, by-model]"))
    assert load_manifest(project / "reports.yaml").comparisons == (("by-agent", "by-model"),)


@pytest.mark.parametrize(
    ("pairs", "path", "said"),
    [
        ("[by-model, ▸by-agnt]", "[0][1]",
         "no report is called \"by-agnt\" (did you mean 'by-agent'?)"),
        ("[by-model, ▸by-model]", "[0][1]",
         "a report cannot be compared with itself; name another"),
        ("[by-model, by-agent]\n  - ▸[by-agent, by-model]", "[1]",
         "these two are compared already (line 24; their order does not count)"),
        ("▸[by-model]", "[0]", "must name two reports, such as [a, b] (found 1)"),
        ("▸[by-model, by-agent, by-model]", "[0]",
         "must name two reports, such as [a, b] (found 3)"),
        ("▸by-model", "[0]", "must be a list (found by-model)"),
        ("[by-model, ▸7]", "[0][1]", "must be text (found 7); put it in quotes"),
    ],
)  # fmt: skip
def test_a_wrong_pair_is_told_where_it_stands(
    complaints: Complaints, good: str, pairs: str, path: str, said: str
) -> None:
    """At the id, or at the pair where no single id is to blame."""
    before, after = with_pairs(good, pairs).split("▸")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    assert complaints(before + after) == [f"m.yaml:{line}:{column}: comparisons{path}: {said}"]


def test_other_data_is_refused(complaints: Complaints, good: str) -> None:
    """Two datasets are two things, even from one file."""
    text = with_pairs(good, "[by-model, by-agent]")
    dataset = text[text.index("  plant:") : text.index("models:")]
    text = text.replace("models:", dataset.replace("plant:", "other:") + "models:", 1)
    text = text.replace("agent: A1, dataset: plant", "agent: A1, dataset: other")
    assert [line.partition(": comparisons")[2] for line in complaints(text)] == [
        '[0][1]: only models on the same data can be compared ("by-model" is on "plant", '
        '"by-agent" on "other")'
    ]


def test_other_windows_are_refused(complaints: Complaints, good: str) -> None:
    """Maps over other windows are means of other things; the usual values count as given."""
    text = f"{good}comparisons:\n  - [by-model, by-agent]\n"
    assert [line.partition(": comparisons")[2] for line in complaints(text)] == [
        "[0][1]: only maps over the same windows can be compared; give both reports the same "
        "windows (count 200, seed 0 against count 40, seed 7)"
    ]


def test_the_schema_knows_pairs() -> None:
    """Two ids each, no more and no fewer."""
    pairs = build_manifest_schema()["properties"]["comparisons"]
    assert (pairs["items"]["minItems"], pairs["items"]["maxItems"]) == (2, 2)

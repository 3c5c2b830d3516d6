"""A model's siblings: the same network trained again, each another model of the manifest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from generator.manifest import load_manifest

Complaints = Callable[[str | bytes], list[str]]
NET = "  net: {source: safetensors, path: models/net}\n"
AGAIN = "  again: {source: safetensors, path: models/net}\n"


def naming(good: str, siblings: str) -> str:
    """The right manifest with a second model, and siblings of the first."""
    changed = NET.replace("net}", f"net, siblings: {siblings}}}")
    assert NET in good
    return good.replace(NET, changed + AGAIN)


def test_siblings_arrive(project: Path, good: str) -> None:
    """In the order they are named; a model without has none."""
    (project / "s.yaml").write_text(naming(good, "[again]"))
    found = load_manifest(project / "s.yaml")
    assert (found.models["net"].siblings, found.models["again"].siblings) == (("again",), ())


@pytest.mark.parametrize(
    ("siblings", "said"),
    [
        ("[▸agian]", "[0]: no model is called \"agian\" (did you mean 'again'?)"),
        ("[again, ▸net]", "[1]: is this model itself"),
        ("[again, ▸again]", '[1]: "again" is listed twice'),
        ("▸again", ": must be a list (found again)"),
    ],
)
def test_each_mistake_has_its_place(
    complaints: Complaints, good: str, siblings: str, said: str
) -> None:
    """At the sibling that is wrong."""
    before, after = naming(good, siblings).split("▸")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    assert complaints(before + after) == [f"m.yaml:{line}:{column}: models.net.siblings{said}"]

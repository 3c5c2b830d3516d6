"""Names, ids and paths made to break what they end up in: refused, or kept as they are."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.manifest import load_manifest

Complaints = Callable[[str | bytes], list[str]]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ('""', 'datasets.plant.sensors."": must not be empty'),
        ('"   "', 'datasets.plant.sensors."   ": must not be empty'),
        ('"a\\nb"', "must be one line without tabs"),
        ("x" * 201, "must be at most 200 characters (found 201)"),
    ],
)
def test_names_that_cannot_be_shown_are_refused(
    complaints: Complaints, good: str, name: str, said: str
) -> None:
    """Empty, blank, many-lined and endless sensor names are refused at the name."""
    (line,) = complaints(good.replace("      oxygen:", f"      {name}: {{}}\n      oxygen:"))
    assert line.startswith("m.yaml:10:7: ")
    assert said in line


HOSTILE = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</script><!--",
    "[x](javascript:alert(1))", "![](//evil/x.png)", "{{7*7}}", "a|b", "```~~~",
    "# h {: onclick=x}", "--8<-- /etc/passwd", "<a href='https://evil'>", "__proto__",
    "constructor", "=cmd|' /C calc'!A0", "@SUM", "＝1", "-1+1|x", "é",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_strange_names_are_kept_as_they_are(project: Path, good: str, name: str) -> None:
    """A sensor may be called anything that can be seen; making it inert is the output's work."""
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    text = good.replace("      oxygen:", f'      "{quoted}": {{}}\n      oxygen:')
    (project / "h.yaml").write_text(text)
    assert name == next(iter(load_manifest(project / "h.yaml").datasets["plant"].sensors))


def test_names_that_look_alike_are_one_name(complaints: Complaints, good: str) -> None:
    """Composed and decomposed letters make no two sensors."""
    text = good.replace(
        "      oxygen:", "      W\u00e4rme: {}\n      Wa\u0308rme: {}\n      oxygen:"
    )
    (said,) = complaints(text)
    assert said.startswith("m.yaml:11:7: ")
    assert said.endswith("looks the same as an earlier sensor (Unicode composition)")


@pytest.mark.parametrize("wrong", ["../../x", "/abs", "C:\\x", "\\\\host\\x", "file://x", "a b",
                                   "%2e%2e", "a..b", ".a", "a-", "ä", "a/b", "<b>"])  # fmt: skip
def test_ids_are_letters_digits_and_single_joiners(
    complaints: Complaints, good: str, wrong: str
) -> None:
    """An id that could leave its folder or its address is refused."""
    (said,) = complaints(good.replace("id: by-model", f"id: '{wrong}'"))
    assert said.startswith("m.yaml:21:10: reports[0].id: must be letters and digits, joined by")


@pytest.mark.parametrize("wrong", ["index", "404", "assets", "Search", "CON", "aux.html", "lpt1"])
def test_ids_that_mean_something_else_are_refused(
    complaints: Complaints, good: str, wrong: str
) -> None:
    """Names of the site's own pages and of devices are taken."""
    (said,) = complaints(good.replace("id: by-model", f"id: '{wrong}'"))
    assert (
        f"m.yaml:21:10: reports[0].id: is a reserved name; choose another (found {wrong})" == said
    )


def test_an_id_is_at_most_64_characters(complaints: Complaints, good: str) -> None:
    """64 is fine, 65 is not."""
    assert complaints(good.replace("id: by-model", f"id: {'a' * 64}")) == []
    (said,) = complaints(good.replace("id: by-model", f"id: {'a' * 65}"))
    assert said == "m.yaml:21:10: reports[0].id: must be at most 64 characters (found 65)"


@pytest.mark.parametrize("address", ["https://evil/x.csv", "file:///etc/passwd", "s3://b/k"])
def test_an_address_is_not_a_path(complaints: Complaints, good: str, address: str) -> None:
    """Nothing is fetched."""
    (said,) = complaints(good.replace("data/plant.csv", address))
    expected = f'datasets.plant.path: "{address}" is an address; only files are read'
    assert f"m.yaml:6:11: {expected}" == said


@pytest.mark.parametrize("typed", ["${HOME}/x.csv", "$HOME/x.csv", "~/x.csv", "%TEMP%/x.csv"])
def test_variables_are_not_filled_in(complaints: Complaints, good: str, typed: str) -> None:
    """A variable's value never reaches a message."""
    (said,) = complaints(good.replace("path: data/plant.csv", f'path: "{typed}"'))
    assert f'm.yaml:6:11: datasets.plant.path: no such file: "{typed}"' == said


def test_a_path_may_be_absolute_or_lead_upwards(
    complaints: Complaints, good: str, project: Path
) -> None:
    """Inputs are only read, so they may lie anywhere."""
    upwards = f"../{project.name}/data/plant.csv"
    assert complaints(good.replace("data/plant.csv", upwards)) == []
    assert complaints(good.replace("data/plant.csv", str(project / "data/plant.csv"))) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes as files")
def test_a_pipe_is_not_a_dataset(complaints: Complaints, good: str, project: Path) -> None:
    """What cannot be read twice is refused, and not waited for."""
    os.mkfifo(project / "data" / "pipe.csv")
    (said,) = complaints(good.replace("plant.csv", "pipe.csv"))
    assert said == 'm.yaml:6:11: datasets.plant.path: "data/pipe.csv" is not a file but a pipe'


def test_a_name_no_system_takes_is_located(complaints: Complaints, good: str) -> None:
    """A path longer than the system allows is a mistake, not a crash."""
    (said,) = complaints(good.replace("plant.csv", "x" * 300))
    assert said.startswith("m.yaml:6:11: datasets.plant.path: ")
    assert said.endswith("cannot be read: File name too long")


def test_weights_are_safetensors_only(complaints: Complaints, good: str, project: Path) -> None:
    """A folder with pickled weights alone is refused."""
    weights = project / "models" / "net" / "model.safetensors"
    weights.rename(weights.with_name("pytorch_model.bin"))
    says = 'models.net.path: "models/net" holds no .safetensors file; '
    said = f"m.yaml:17:36: {says}weights load from safetensors only"
    assert [said] == complaints(good)


def test_an_installed_source_is_accepted_by_name(
    complaints: Complaints, good: str, project: Path
) -> None:
    """Its name is enough: the module behind it is not there, and is not looked for."""
    info = project / "installed" / "some_agents-1.dist-info" / "entry_points.txt"
    info.write_text(info.read_text() + "[attention_reports.models]\nkiln-net = nowhere:load\n")
    assert complaints(good.replace("source: safetensors", "source: kiln-net")) == []
    says = 'models.net.source: no installed model source is called "kiln-ner" '
    assert complaints(good.replace("source: safetensors", "source: kiln-ner")) == [
        f"m.yaml:17:17: {says}(did you mean 'kiln-net'?)"
    ]

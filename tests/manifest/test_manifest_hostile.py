"""Manifests made to break the reader: each is refused with its place, none is obeyed."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.manifest import ManifestError, load_manifest

Complaints = Callable[[str | bytes], list[str]]
ROOT_KEYS = (
    "(known: agents, comparisons, datasets, gates, limits, models, purpose, reports, site, "
    "thresholds, version)"
)


def test_a_tag_runs_nothing(complaints: Complaints, good: str, project: Path) -> None:
    """A Python tag is a mistake at its own place, and no code."""
    wrong = "title: !!python/object/apply:os.mkdir [pwned]"
    (said, *_) = complaints(good.replace("title: Boiler audit", wrong))
    tag = '"tag:yaml.org,2002:python/object/apply:os.mkdir"'
    assert f"m.yaml:3:15: site.title: tags are not read (found {tag}); remove it" == said
    assert not (project / "pwned").exists()


def test_an_alias_bomb_is_not_unfolded(complaints: Complaints, good: str) -> None:
    """Anchors and aliases are refused one by one, in no time."""
    levels = [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)]
    started = time.perf_counter()
    said = complaints("\n".join(["a0: &a0 [x]", *levels]) + "\n" + good)
    assert "m.yaml:2:10: a1[0]: aliases are not read; write the value out" in said
    assert "m.yaml:2:5: a1: anchors are not read (found &a1); remove it" in said
    assert time.perf_counter() - started < 2


def test_a_merge_key_is_only_an_unknown_key(complaints: Complaints, good: str) -> None:
    """`<<` merges nothing."""
    assert f'm.yaml:1:1: "<<": unknown key {ROOT_KEYS}' in complaints("<<: {version: 9}\n" + good)


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_depth_is_limited(complaints: Complaints, opening: str) -> None:
    """Five thousand levels end at the twentieth, without recursion."""
    (said,) = complaints("x:\n  " + opening * 5000)
    assert said.endswith("nested deeper than 20 levels")


def test_a_duplicate_key_is_seen_at_its_second_place(complaints: Complaints, good: str) -> None:
    """The first value counts, the second is a mistake."""
    text = good.replace("simulated: true", "simulated: true\n    simulated: 5")
    said = "m.yaml:16:5: datasets.plant.simulated: duplicate key (first at line 15)"
    assert [said] == complaints(text)


def test_a_duplicate_id_is_a_duplicate_key(complaints: Complaints, good: str) -> None:
    """Two models of one name: the second is refused; its mistakes do not hide that."""
    text = good.replace("agents:", "  net: {source: [], path: 7}\nagents:")
    assert complaints(text) == ["m.yaml:18:3: models.net: duplicate key (first at line 17)"]


def test_ids_that_differ_in_case_only_are_one_folder(complaints: Complaints, good: str) -> None:
    """`net` and `NET` collide on many file systems."""
    text = good.replace("agents:", "  NET: {source: safetensors, path: models/net}\nagents:")
    said = 'm.yaml:18:3: models.NET: the id "NET" is taken (line 17; case does not count)'
    assert [said] == complaints(text)


@pytest.mark.parametrize("typed", ["no", "NO", "012", "12:30:00", "0x1F", ".nan", "1_000", "yes"])
def test_text_stays_text(project: Path, good: str, typed: str) -> None:
    """What YAML 1.1 would turn into a boolean, an octal, seconds or NaN is the text typed."""
    (project / "t.yaml").write_text(good.replace("title: Boiler audit", f"title: {typed}"))
    assert typed == load_manifest(project / "t.yaml").site.title


@pytest.mark.parametrize("typed", ["1e3", "12", "1.50", "true", "null", "~"])
def test_numbers_never_become_text(complaints: Complaints, good: str, typed: str) -> None:
    """Where text is due, a bare number, truth value or null is refused as typed."""
    (said,) = complaints(good.replace("title: Boiler audit", f"title: {typed}"))
    found = "found nothing)" if typed in {"null", "~"} else f"found {typed}); put it in quotes"
    assert f"m.yaml:3:15: site.title: must be text ({found}" == said


@pytest.mark.parametrize("typed", ["012", "12:30:00", "0x40", "1_000", "'64'", ".inf", "1e3"])
def test_text_never_becomes_a_number(complaints: Complaints, good: str, typed: str) -> None:
    """Where a whole number is due, nothing is converted."""
    (said,) = complaints(good.replace("length: 64", f"length: {typed}"))
    shown = typed.replace("'", '"')
    expected = f"datasets.plant.window.length: must be a whole number (found {shown})"
    assert f"m.yaml:13:22: {expected}" == said


def test_names_are_text_as_typed(project: Path, good: str) -> None:
    """A sensor may be called `no` or `012`."""
    text = good.replace("      oxygen:", "      no: {}\n      012: {}\n      oxygen:")
    (project / "n.yaml").write_text(text)
    sensors = load_manifest(project / "n.yaml").datasets["plant"].sensors
    assert list(sensors) == ["no", "012", "oxygen", "excess_air"]


def test_a_byte_order_mark_is_fine(complaints: Complaints, good: str) -> None:
    """UTF-8 with a mark is read; columns count from after it."""
    assert complaints(b"\xef\xbb\xbf" + good.encode()) == []
    wrong = b"\xef\xbb\xbf" + good.replace("version: 1", "version: 3").encode()
    assert complaints(wrong)[0].startswith("m.yaml:1:10: version: ")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_other_encodings_are_refused(complaints: Complaints, good: str, encoding: str) -> None:
    """A wide encoding is named, not guessed."""
    said = "m.yaml:1:1: the file is not UTF-8 (UTF-16 or UTF-32?); save it as UTF-8"
    assert [said] == complaints(good.encode(encoding))


def test_a_latin_1_byte_is_shown_at_its_place(complaints: Complaints, good: str) -> None:
    """The first byte that is not UTF-8 is located."""
    said = "m.yaml:3:16: byte 0xe4 is not UTF-8; save the file as UTF-8"
    assert [said] == complaints(good.replace("Boiler audit", "Wärme").encode("latin-1"))


def test_a_tab_is_named(complaints: Complaints, good: str) -> None:
    """A tab as indentation is told apart from other broken YAML."""
    said = complaints(good.replace("    path: data", "\tpath: data"))
    assert said == ["m.yaml:6:1: a tab cannot indent YAML; use spaces"]


def test_a_manifest_is_one_document(complaints: Complaints, good: str) -> None:
    """A second document is not silently left out."""
    said = "m.yaml:23:1: a second document begins here; a manifest is one"
    assert [said] == complaints(good + "---\n" + good)


@pytest.mark.parametrize("text", ["", "# nothing\n", "\n\n"])
def test_an_empty_file_is_told(complaints: Complaints, text: str) -> None:
    """Nothing to read is a mistake of its own."""
    assert complaints(text) == [
        "m.yaml:1:1: the file is empty; a manifest starts with 'version: 1'"
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: b: c\n", "1:5: not YAML: mapping values are not allowed here"),
        ("{a: b\n", "2:1: not YAML: expected ',' or '}', but got '<stream end>'"),
        ('a: "\\U00110000"\n', "1:1: not YAML: an escape or number after this is out of range"),
        ("? [a]\n: b\n", "1:3: a key must be text"),
        ("- a\n", "1:1: must be a mapping (found a list)"),
        ("hello\n", "1:1: must be a mapping (found hello)"),
        ("a: '\x07'\n", "1:5: the character U+0007 cannot be seen; remove it"),
        ("a: x\u202ey\n", "1:5: the character U+202E cannot be seen; remove it"),
    ],
)
def test_broken_text_is_located(complaints: Complaints, text: str, said: str) -> None:
    """What is no manifest at all still gets a line, a column and a reason."""
    assert f"m.yaml:{said}" in complaints(text)


@pytest.mark.parametrize("escape", ["\\0", "\\u202e", "\\ud800", "\\u200b", "\\x1b"])
def test_hidden_characters_cannot_be_smuggled_in(
    complaints: Complaints, good: str, escape: str
) -> None:
    """Escapes for characters without a glyph are refused in values and in names."""
    code = f"U+{int(escape[2:] or '0', 16):04X}"
    (said,) = complaints(good.replace("Boiler audit", f'"a{escape}b"'))
    assert f"m.yaml:3:15: site.title: holds {code}, which cannot be seen; remove it" == said
    (said,) = complaints(good.replace("      oxygen:", f'      "o{escape}": {{}}\n      oxygen:'))
    where = "m.yaml:10:7: datasets.plant.sensors"
    assert f"{where}: holds {code}, which cannot be seen; remove it" == said


def test_sizes_are_limited(complaints: Complaints, good: str) -> None:
    """A huge file, scalar or list is refused, and the limit is said."""
    huge = "m.yaml:1:1: the file is too large; a manifest is at most 500 KB"
    assert complaints("x" * 10_000_000) == [huge]
    title = "m.yaml:3:15: site.title: must be at most 200 characters (found 200000)"
    assert complaints(good.replace("Boiler audit", "x" * 200_000)) == [title]
    many = "".join(f"  - {{id: r{i}, model: net, dataset: plant}}\n" for i in range(1000))
    reports = "m.yaml:21:3: reports: must hold at most 1000 items (found a list of 1002)"
    assert complaints(good + many) == [reports]


def test_the_first_twenty_mistakes_are_told_and_how_many_more(project: Path, good: str) -> None:
    """Each in at most 400 characters; all of them are kept for whoever asks."""
    keys = "".join(f"unknown_{number}: 1\n" for number in range(2000))
    (project / "m.yaml").write_text(f"{good}{keys}{'k' * 900}: 1\n")
    with pytest.raises(ManifestError) as refusal:
        load_manifest(project / "m.yaml")
    lines = str(refusal.value).splitlines()
    assert len(lines) == 20
    assert lines[-1].endswith("m.yaml: and 1,982 more mistakes; mend these first")
    assert max(map(len, lines)) <= 400
    assert len(refusal.value.mistakes) == 2001

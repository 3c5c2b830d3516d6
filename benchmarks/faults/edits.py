"""Seeded edits of a built site whose digests are written anew: which does `verify` find and name?

In: a built site. Out: by kind of edit, how many were made, found and named, and files that were
named without an edit. Ten edits at a time, each in a file of its own; SHA256SUMS is written anew
after them, every other time the site's own list of drawn files as well. The records are untouched.
Never: a change to the site that is given.
"""

from __future__ import annotations

import json
import re
import resource
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import typer

from benchmarks.tables import read_environment, write
from generator.hashing import sha256_file
from generator.site.digests import MARKER, encode_marker, write_sums
from generator.verify import examine_site
from generator.verify.published import list_record_files

AT_ONCE = 10
PAGES = "**/index.html"
_DIGIT = re.compile("[0-9]")
_TEXT = re.compile(r">[^<>]+")
_TAG = re.compile(r"<[a-z][^<>]*>")
_BLOCK = re.compile(r'<script[^<>]*type="application/json"[^<>]*>.*?</script>', re.DOTALL)
_NUMBER = re.compile(r"[^\n]+")
_ROW = re.compile(r"<tr\b(?:(?!<tr\b).)*?</tr>", re.DOTALL)
_VERDICT = re.compile(r'class="[^"]*--(?:good|warn|bad|plain)[^"]*"')
_WORDS = (("Not supported", "Supported"), ("Supported", "Not supported"), ("not ", ""))
Edit = Callable[[str, Random], str]


@dataclass(frozen=True)
class EditKind:
    """What is edited, in which files, how, and how many of three hundred are of this kind."""

    name: str
    files: str
    edit: Edit
    share: int


@dataclass(frozen=True)
class EditOutcome:
    """One edit: whether its file was named, and by what words."""

    kind: str
    file: str
    marker: bool
    words: str


def change_digit(where: re.Pattern[str]) -> Edit:
    """An edit of one digit in one place that the pattern finds."""

    def edit(text: str, random: Random) -> str:
        hits = where.finditer(text, max(text.find("<body"), 0))
        places = [hit.span() for hit in hits if _DIGIT.search(hit[0])]
        if not places:
            return text
        start, end = random.choice(places)
        at = random.choice([i for i in range(start, end) if text[i] in "0123456789"])
        digit = random.choice([d for d in "0123456789" if d != text[at]])
        return text[:at] + digit + text[at + 1 :]

    return edit


def turn_sign(text: str, random: Random) -> str:
    """A `<` of a script becomes a `>`."""
    places = [hit.start() for hit in re.finditer("<", text)]
    at = random.choice(places) if places else len(text)
    return text[:at] + ">" + text[at + 1 :] if places else text


def turn_words(text: str, random: Random) -> str:
    """A verdict becomes its opposite, where the page has one."""
    start = max(text.find("<article"), 0)
    known = [pair for pair in _WORDS if pair[0] in text[start:]]
    if not known:
        return text
    one, other = random.choice(known)
    at = random.choice(
        [hit.start() for hit in re.finditer(re.escape(one), text) if hit.start() > start]
    )
    return text[:at] + other + text[at + len(one) :]


def change_class(text: str, random: Random) -> str:
    """A verdict's colour becomes another's."""
    found = list(_VERDICT.finditer(text))
    if not found:
        return text
    hit = random.choice(found)
    swap = {"good": "bad", "bad": "good", "warn": "good", "plain": "good"}
    turned = re.sub("--(good|warn|bad|plain)", lambda m: f"--{swap[m[1]]}", hit[0], count=1)
    return text[: hit.start()] + turned + text[hit.end() :]


def drop_row(text: str, random: Random) -> str:
    """A row of a table goes; a line of a file that has none."""
    rows = [hit.span() for hit in (_ROW if "<html" in text else _NUMBER).finditer(text)]
    start, end = random.choice(rows) if rows else (0, 0)
    return text[:start] + text[end:].lstrip("\r\n")


def swap_rows(text: str, random: Random) -> str:
    """Two rows of a table change places."""
    rows = [hit.span() for hit in (_ROW if "<html" in text else _NUMBER).finditer(text)]
    if len(rows) < 2:
        return text
    (a, b), (c, d) = sorted(random.sample(rows, 2))
    return text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]


KINDS = (
    EditKind("digit in a page's text", PAGES, change_digit(_TEXT), 80),
    EditKind("digit in a page's attribute", PAGES, change_digit(_TAG), 30),
    EditKind("digit in a page's JSON block", "reports/*/index.html", change_digit(_BLOCK), 12),
    EditKind("digit in a stand-alone page", "reports/*/report.html", change_digit(_TEXT), 4),
    EditKind("digit in a JSON file", "*/**/*.json", change_digit(_NUMBER), 30),
    EditKind("digit in a table", "**/*.csv", change_digit(_NUMBER), 34),
    EditKind("digit in a figure's data", "reports/*/maps/*.js", change_digit(_NUMBER), 16),
    EditKind("sign in a script", "assets/**/*.js", turn_sign, 16),
    EditKind("digit in a style", "assets/**/*.css", change_digit(_NUMBER), 16),
    EditKind("digit in the gates", "gates.json", change_digit(_NUMBER), 4),
    EditKind("digit in the catalogue", "agents/catalogue.json", change_digit(_NUMBER), 4),
    EditKind("digit in the search index", "search/search_index.*", change_digit(_NUMBER), 6),
    EditKind("digit in the site's own list", MARKER, change_digit(_NUMBER), 4),
    EditKind("verdict in words", PAGES, turn_words, 14),
    EditKind("verdict in colour", PAGES, change_class, 10),
    EditKind("row deleted", PAGES, drop_row, 10),
    EditKind("rows swapped", PAGES, swap_rows, 5),
    EditKind("line of a table deleted", "**/*.csv", drop_row, 5),
)


def draw_kinds(count: int, random: Random) -> list[EditKind]:
    """So many kinds, each by its share of three hundred, in random order."""
    whole = sum(kind.share for kind in KINDS)
    drawn = [kind for kind in KINDS for _ in range(max(1, round(kind.share * count / whole)))]
    random.shuffle(drawn)
    return drawn


def edit_file(site: Path, kind: EditKind, taken: set[str], random: Random) -> str:
    """Edit one file that is not taken yet; its name, or '' where none of the kind can be edited."""
    kept = {name for name in list_record_files(site) if name.endswith("provenance.json")}
    names = sorted(p.relative_to(site).as_posix() for p in site.glob(kind.files) if p.is_file())
    names = [name for name in names if name not in taken | kept]
    random.shuffle(names)
    for name in names:
        text = (site / name).read_bytes().decode("utf-8")
        edited = kind.edit(text, random)
        if edited != text:
            (site / name).write_bytes(edited.encode("utf-8"))
            return name
    return ""


def hide_edits(site: Path, marker: bool) -> None:
    """Write SHA256SUMS anew, and on request what the site says it was drawn as, records apart."""
    if marker:
        about = json.loads((site / MARKER).read_text(encoding="utf-8"))
        records = list_record_files(site) - {"gates.json"}
        for name in about["files"].keys() - records:
            about["files"][name] = sha256_file(site / name)
        (site / MARKER).write_bytes(encode_marker(about))
    write_sums(site)


def run_campaign(site: Path, count: int, seed: int = 0) -> tuple[list[EditOutcome], list[str]]:
    """Every edit's outcome, and files that were named although nobody had edited them."""
    random, outcomes, innocent = Random(seed), [], []
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name, "site")
        shutil.copytree(site, copy)
        for number, kinds in enumerate(_split(draw_kinds(count, random))):
            marker = number % 2 == 1
            edited: dict[str, str] = {}
            for kind in kinds:
                file = edit_file(copy, kind, {*edited, *([MARKER] if marker else [])}, random)
                edited |= {file: kind.name} if file else {}
            hide_edits(copy, marker)
            found = {each.file: each.message for each in examine_site(copy).findings}
            outcomes += [EditOutcome(k, f, marker, found.get(f, "")) for f, k in edited.items()]
            innocent += [file for file in found if file not in edited]
            for file in {*edited, MARKER, "SHA256SUMS"}:
                shutil.copyfile(site / file, copy / file)
    return outcomes, innocent


def _split(kinds: Sequence[EditKind]) -> Iterator[Sequence[EditKind]]:
    """Ten at a time; an edit that makes the records or the list doubtful stands alone."""
    lonely = ("digit in the site's own list", "digit in a JSON file", "digit in the gates")
    rest = [kind for kind in kinds if kind.name not in lonely]
    yield from (rest[start : start + AT_ONCE] for start in range(0, len(rest), AT_ONCE))
    yield from ([kind] for kind in kinds if kind.name in lonely)


def summarise_by_kind(found: Sequence[EditOutcome]) -> list[dict[str, Any]]:
    """One row per kind of edit."""
    rows = []
    for kind in KINDS:
        some = [one for one in found if one.kind == kind.name]
        row = {
            "edit": kind.name,
            "edits": len(some),
            "own list rewritten": sum(o.marker for o in some),
        }
        named = sum(bool(one.words) for one in some)
        rows.append({**row, "found, right file named": named, "missed": len(some) - named})
    return rows


def measure_verify(site: Path) -> dict[str, Any]:
    """CPU seconds of one examination inside this process and its children, and what it found."""

    def read_clock() -> float:
        uses = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(use.ru_utime + use.ru_stime for use in uses)

    before = read_clock()
    found = examine_site(site)
    spent = read_clock() - before
    return {"findings without an edit": len(found.findings), "CPU s of one check": spent}


def main(
    site: Path,
    count: int = 300,
    seed: int = 0,
    output: Path = Path(__file__).parents[1] / "results",
) -> None:
    """Edit a copy of the site, and write the tables."""
    facts = read_environment() | {"edits": count, "seed": seed} | measure_verify(site)
    found, innocent = run_campaign(site, count, seed)
    facts |= {"edits made": len(found), "files named without an edit": len(innocent)}
    tables: dict[str, Any] = {"By kind of edit": summarise_by_kind(found)}
    missed = [{"edit": one.kind, "file": one.file} for one in found if not one.words]
    if missed:
        tables["Missed"] = missed
    if innocent:
        tables["Named without an edit"] = [{"file": file} for file in innocent]
    write(output, "faults_edits", facts, tables)


if __name__ == "__main__":
    typer.run(main)

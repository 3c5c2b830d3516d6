"""Writes a published site again from its own records, and compares every file byte for byte.

In: a site. Out: findings, and notes on what could not be compared. This rests on the program's own
code: a fault of the program is in both copies. What needs none of it is in the other files here.
Never: a change to the site; a model, a dataset or a number computed again.
"""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from generator.errors import InputError, MissingProgram, ReportsError, clip_line
from generator.exports.comparison import write_comparison_tables
from generator.exports.report import write_report_tables
from generator.hashing import sha256_file
from generator.records import Artifact
from generator.site.builder import PROGRAM, describe_builder
from generator.site.contents import SiteContents
from generator.site.digests import MARKER, encode_marker, list_files, make_marker
from generator.site.draw import draw_site
from generator.verify.differences import describe_difference
from generator.verify.finding import Examination, Finding, make_finding
from generator.verify.published import Marker, list_record_files, read_contents, read_marker
from generator.verify.sums import SUMS
from generator.words import count_noun, join_names

OLDER = (
    "this site was built before sites said what drew them; its pages, scripts and lists were not "
    "held against its records, only against SHA256SUMS and each report's own list of files"
)
RECORD_CHANGED = "was changed after the build; pages and lists were not drawn again from it"
SHOWN = 3
OURS = frozenset({"index.html", "provenance.json"})
PREFIX = "attention-reports-"


def compare_with_records(root: Path) -> Examination:
    """Every file that is not as the site's own records make it."""
    marker = read_marker(root)
    if marker is None:
        return Examination(notes=(OLDER,))
    if isinstance(marker, Finding):
        return Examination((marker,))
    slips = {finding.file: finding for finding in _check_files(root, marker.files)}
    changed = sorted(slips.keys() & list_record_files(root))
    if changed:
        note = f"{join_names(changed[:SHOWN])} {RECORD_CHANGED}"
        return Examination(tuple(slips.values()), (note,))
    drawn = _draw_again(root, marker)
    kept = {finding.file for finding in drawn.findings}
    return Examination(
        (*drawn.findings, *(f for name, f in slips.items() if name not in kept)), drawn.notes
    )


def _check_files(root: Path, digests: Mapping[str, str]) -> Iterator[Finding]:
    """Files that are not what the marker says was drawn, whatever program reads it."""
    for name, digest in digests.items():
        path = root / name
        if not path.is_file() or path.is_symlink():
            yield make_finding("missing", name, f"is listed in {MARKER} but not there")
        elif sha256_file(path) != digest:
            yield make_finding("changed", name, f"is not what {MARKER} says the build left")


def _draw_again(root: Path, marker: Marker) -> Examination:
    other = _describe_other_builder(marker.builder)
    try:
        contents = read_contents(root, marker)
        with _collect_no_garbage(), tempfile.TemporaryDirectory(prefix=PREFIX) as name:
            fresh = Path(name, "site")
            draw_site(contents, _make_folder(name, "staging"), fresh)
            _write_tables(contents, fresh)
            drawn = marker.value["files"]
            again = encode_marker(make_marker(contents, marker.builder, drawn))
            (fresh / MARKER).write_bytes(again)
            findings = tuple(_compare(root, fresh, contents))
    except InputError as error:
        file, _, words = str(error).partition(": ")
        return Examination((make_finding("changed", file, words),))
    except MissingProgram as error:
        return Examination(notes=(f"pages were not drawn again: {error}",))
    except ReportsError as error:
        words = f"the site cannot be drawn again from its records: {error}"
        findings = (make_finding("changed", MARKER, words),)
    return _excuse(findings, other) if other else Examination(findings)


@contextmanager
def _collect_no_garbage() -> Iterator[None]:
    """What is made while drawing lives to its end; looking for waste would be a tenth of it."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _make_folder(parent: str, name: str) -> Path:
    folder = Path(parent, name)
    folder.mkdir()
    return folder


def _write_tables(contents: SiteContents, fresh: Path) -> None:
    """Of the files that records list, those that follow from the records alone."""
    for run in contents.runs:
        write_report_tables(run, fresh / "reports" / run.id)
    for pair in contents.comparisons:
        write_comparison_tables(pair, fresh / "compare" / pair.id)
    known = set(_list_artifacts(contents))
    for path in (p for kind in ("reports", "compare") for p in fresh.glob(f"{kind}/*/*")):
        if path.name not in OURS and path.relative_to(fresh).as_posix() not in known:
            path.unlink()  # an older run listed fewer


def _compare(root: Path, fresh: Path, contents: SiteContents) -> Iterator[Finding]:
    wanted = {path.relative_to(fresh).as_posix(): path for path in list_files(fresh)}
    for name, path in wanted.items():
        there = root / name
        if not there.is_file() or there.is_symlink():
            yield make_finding("missing", name, "follows from the site's records but is not there")
        elif there.read_bytes() != path.read_bytes():
            words = describe_difference(path.read_bytes(), there.read_bytes())
            yield make_finding("changed", name, f"does not follow from its record: {words}")
    known = {*wanted, SUMS, *_list_artifacts(contents)}
    for path in list_files(root):
        name = path.relative_to(root).as_posix()
        if name not in known:
            yield make_finding("extra", name, "no record of this site knows this file")


def _list_artifacts(contents: SiteContents) -> Iterator[str]:
    for run in contents.runs:
        yield from _join(f"reports/{run.id}", run.artifacts)
    for pair in contents.comparisons:
        yield from _join(f"compare/{pair.id}", pair.artifacts)


def _join(folder: str, artifacts: tuple[Artifact, ...]) -> Iterator[str]:
    return (f"{folder}/{artifact.path}" for artifact in artifacts)


def _describe_other_builder(builder: Mapping[str, str]) -> str:
    """How what drew the site differs from what is installed here; '' where it does not."""
    here = describe_builder()
    names = sorted(name for name in {*here, *builder} if here.get(name) != builder.get(name))
    return join_names(
        [
            "this program's files"
            if name == PROGRAM
            else f"{name} {builder.get(name) or 'none'} (here {here.get(name) or 'none'})"
            for name in names
        ]
    )


def _excuse(findings: tuple[Finding, ...], other: str) -> Examination:
    """Differences that another version may have made are noted, not held against the site."""
    if not findings:
        return Examination()
    names = sorted({finding.file for finding in findings})
    files = join_names(names[:SHOWN])
    more = f" and {count_noun(len(names) - SHOWN, 'other')}" if len(names) > SHOWN else ""
    return Examination(
        notes=(
            clip_line(
                f"not held against the records: {files}{more}; they differ from what this program "
                f"draws, but the site was drawn by another version: {other}; verify it with that"
            ),
        )
    )

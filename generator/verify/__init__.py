"""Checks a published site: as a stranger would, and by writing it again from its own records.

In: a folder. Out: findings, each naming what is wrong, in which file, and why. `verify_site` takes
no help from the program that made the site: every file is as listed, nothing is loaded from
outside, every link leads somewhere, no script runs that the page's own policy does not allow.
`examine_site` does that and lets the program draw every file again that follows from the records
(`again`, `published`). Never: a change to the site, or its models or data; a word on who wrote the
records: whoever changes a record and all that follows from it is found by a signature only.
"""

from __future__ import annotations

from pathlib import Path

from generator.errors import UsageError
from generator.verify.artifacts import check_artifacts
from generator.verify.document import read_document
from generator.verify.finding import Examination, Finding, Kind
from generator.verify.links import check_links
from generator.verify.policy import check_picture, check_policy
from generator.verify.resources import check_resources, check_style
from generator.verify.sums import SUMS, check_sums

__all__ = ["Examination", "Finding", "Kind", "examine_site", "verify_site"]

DOCUMENTS = frozenset({".html", ".htm", ".svg", ".xhtml"})
PAGES = frozenset({".html", ".htm", ".xhtml"})


def examine_site(path: Path) -> Examination:
    """All that `verify_site` finds, and every file that does not follow from the site's records.

    Raises:
        UsageError: `path` is not a folder.

    """
    alone = verify_site(path)
    if not (path / SUMS).is_file():
        return Examination(tuple(alone))
    from generator.verify.again import compare_with_records  # the rest of the program comes with it

    found = compare_with_records(path.resolve())
    placed = {finding.file for finding in found.findings if finding.kind == "changed"}
    rest = (f for f in alone if not (f.kind == "changed" and f.file in placed))
    findings = {*found.findings, *rest}
    return Examination(tuple(sorted(findings, key=_place_finding)), found.notes)


def _place_finding(finding: Finding) -> tuple[str, str, str]:
    return finding.file, finding.kind, finding.message


def verify_site(path: Path) -> list[Finding]:
    """Everything wrong with the site in `path`, sorted by file and kind; empty when all is well.

    Raises:
        UsageError: `path` is not a folder.

    """
    root = path.resolve()
    if not root.is_dir():
        raise UsageError(f"{path} is not a folder; name the folder of a built site")
    files = sorted(p for p in root.rglob("*") if p.is_file() and not p.is_symlink())
    documents = {
        p.relative_to(root).as_posix(): read_document(p)
        for p in files
        if p.suffix.lower() in DOCUMENTS
    }
    if not (root / SUMS).is_file():
        return check_sums(root)  # no site of ours: any other finding would only hide that
    findings = check_sums(root) + check_artifacts(root)
    for name, document in documents.items():
        findings += check_resources(name, document)
        judge = check_policy if Path(name).suffix.lower() in PAGES else check_picture
        findings += judge(name, document)
    for style in (p for p in files if p.suffix.lower() == ".css"):
        findings += check_style(style.relative_to(root).as_posix(), style)
    findings += check_links(root, documents)
    return sorted(set(findings), key=_place_finding)

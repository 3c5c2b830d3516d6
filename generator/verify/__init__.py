"""Checks a published site with no help from the program that made it.

In: a folder. Out: findings, each naming what is wrong, in which file, and why. An empty list means:
every file is as listed, nothing is loaded from outside, every link leads somewhere, and no script
runs that the page's own policy does not allow. Never: a change to the site, or its models or data.
"""

from __future__ import annotations

from pathlib import Path

from generator.errors import UsageError
from generator.verify.artifacts import check_artifacts
from generator.verify.document import read_document
from generator.verify.finding import Finding, Kind
from generator.verify.links import check_links
from generator.verify.policy import check_picture, check_policy
from generator.verify.resources import check_resources, check_style
from generator.verify.sums import SUMS, check_sums

__all__ = ["Finding", "Kind", "verify_site"]

DOCUMENTS = frozenset({".html", ".htm", ".svg", ".xhtml"})
PAGES = frozenset({".html", ".htm", ".xhtml"})


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
    return sorted(set(findings), key=lambda f: (f.file, f.kind, f.message))

"""Whether every link inside the site leads to a file, and every fragment to an anchor.

Links that leave the site are free. Never: a request.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote

from generator.verify.document import Document
from generator.verify.finding import Finding, make_finding

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_TOP = frozenset({"", "top"})


def check_links(root: Path, documents: Mapping[str, Document]) -> list[Finding]:
    """Every broken link and every resource that is not there."""
    findings = []
    for name, document in documents.items():
        addresses = [*document.links, *(address for _, address in document.resources)]
        for address in dict.fromkeys(addresses):
            findings += [
                make_finding("link", name, message)
                for message in _find_problems(root, documents, name, address.strip())
            ]
    return findings


def _find_problems(
    root: Path, documents: Mapping[str, Document], name: str, address: str
) -> Iterator[str]:
    if _SCHEME.match(address):
        return
    place, _, fragment = address.partition("#")
    path = unquote(place.partition("?")[0])
    target = _resolve(name, path) if path else name
    if target is None:
        yield f"{address} leaves the site"
    elif not (root / target).is_file():
        yield f"{address} leads to no file"
    elif target in documents and not _has_anchor(documents[target], unquote(fragment)):
        yield f"{address} leads to no anchor in {target}"


def _resolve(name: str, path: str) -> str | None:
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
    return None if joined.startswith(("../", "/")) or joined == ".." else joined


def _has_anchor(document: Document, fragment: str) -> bool:
    return fragment in _TOP or fragment in document.anchors

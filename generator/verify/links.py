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
from generator.verify.finding import Finding

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_TOP = frozenset({"", "top"})


def check_links(root: Path, documents: Mapping[str, Document]) -> list[Finding]:
    """Every broken link and every resource that is not there."""
    found = []
    for name, document in documents.items():
        addresses = [*document.links, *(address for _, address in document.resources)]
        for address in dict.fromkeys(addresses):
            found += [
                Finding(kind="link", file=name, message=message)
                for message in _find_problems(root, documents, name, address.strip())
            ]
    return found


def _find_problems(
    root: Path, documents: Mapping[str, Document], name: str, address: str
) -> Iterator[str]:
    if _SCHEME.match(address):
        return
    place, _, fragment = address.partition("#")
    path = unquote(place.partition("?")[0])
    wanted = _resolve(name, path) if path else name
    if wanted is None:
        yield f"{address} leaves the site"
    elif not (root / wanted).is_file():
        yield f"{address} leads to no file"
    elif wanted in documents and not _has_anchor(documents[wanted], unquote(fragment)):
        yield f"{address} leads to no anchor in {wanted}"


def _resolve(name: str, path: str) -> str | None:
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
    return None if joined.startswith(("../", "/")) or joined == ".." else joined


def _has_anchor(document: Document, fragment: str) -> bool:
    return fragment in _TOP or fragment in document.anchors

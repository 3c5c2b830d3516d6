"""Whether every page carries a policy that keeps it inside the site, and obeys it.

In: a Document. Out: findings. Never: trust in the program that wrote the policy.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator

from generator.verify.document import Document
from generator.verify.finding import Finding, make_finding

_FETCHING = (
    "script-src",
    "style-src",
    "img-src",
    "font-src",
    "connect-src",
    "media-src",
    "object-src",
    "frame-src",
    "worker-src",
    "child-src",
    "manifest-src",
)
_INSIDE = frozenset({"'none'", "'self'", "data:", "blob:"})
_ALGORITHMS = ("sha256", "sha384", "sha512")


def check_policy(name: str, document: Document) -> list[Finding]:
    """What is wrong with a page's policy, and which of its scripts the policy does not allow."""
    if not document.policies:
        return [make_finding("policy", name, "the page has no policy")]
    findings = [make_finding("policy", name, each) for each in _find_weaknesses(document)]
    allowed = _parse_policy(document.policies[0]).get("script-src", [])
    for text in document.scripts:
        if not any(f"'{digest}'" in allowed for digest in _list_hashes(text)):
            message = f"an inline script is not allowed by the policy: {text.strip()[:60]}"
            findings.append(make_finding("script", name, message))
    return findings + check_handlers(name, document)


def check_picture(name: str, document: Document) -> list[Finding]:
    """An SVG picture has no policy of its own, so it may hold no script at all."""
    findings = [
        make_finding("script", name, f"a picture holds a script: {text.strip()[:60]}")
        for text in document.scripts
    ]
    return findings + check_handlers(name, document)


def check_handlers(name: str, document: Document) -> list[Finding]:
    """Scripts that stand outside script elements; no policy of ours allows them."""
    return [
        make_finding("script", name, f"a script stands in an attribute: {where}")
        for where in document.handlers
    ]


def _find_weaknesses(document: Document) -> Iterator[str]:
    if document.policy_late:
        yield "the policy stands after something that is loaded or run"
    directives = _parse_policy(document.policies[0])
    if directives.get("default-src") != ["'none'"]:
        yield "default-src is not 'none'"
    for directive in _FETCHING:
        for source in directives.get(directive, []):
            if not _stays_inside(directive, source):
                yield f"{directive} allows {source}"


def _stays_inside(directive: str, source: str) -> bool:
    if source in _INSIDE:
        return directive != "script-src" or source in {"'none'", "'self'"}
    if directive == "style-src" and source == "'unsafe-inline'":
        return True
    return directive in {"script-src", "style-src"} and source.startswith(
        tuple(f"'{algorithm}-" for algorithm in _ALGORITHMS)
    )


def _parse_policy(policy: str) -> dict[str, list[str]]:
    parts = (part.split() for part in policy.split(";") if part.strip())
    directives: dict[str, list[str]] = {}
    for name, *sources in parts:
        directives.setdefault(name.lower(), sources)
    return directives


def _list_hashes(text: str) -> Iterator[str]:
    data = text.replace("\r\n", "\n").replace("\r", "\n").encode()
    for algorithm in _ALGORITHMS:
        digest = base64.b64encode(hashlib.new(algorithm, data).digest()).decode()
        yield f"{algorithm}-{digest}"

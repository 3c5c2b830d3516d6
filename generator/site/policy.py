"""Gives every built page the policy that forbids it to load or send anything outside the site.

In: the builder's HTML. Out: the same with a Content-Security-Policy first in its head. Only the
theme's own inline scripts are allowed, by hash. Never: a hash for a script that is not the theme's.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from generator.errors import IntegrityError
from generator.hashing import script_hash

_PARTIALS = ("base", "palette", "content")
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_FILLED_IN = re.compile(r"\\{\\{.*?\\}\\}")
_ADDRESS = r"[./]*"
_INLINE = re.compile(r"<script(?![\w-])([^>]*)>(.*?)(?:</script|\Z)", re.DOTALL | re.IGNORECASE)
"""Every script element; what stands in a comment or an attribute is taken for one and refused."""
_NOT_RUN = re.compile(r'\s(?:src=|type="application/json")')
_SLIP = re.compile(r'(?<=type="checkbox" id="__(?:drawer|search)") autocomplete="off"')
"""The theme gives its two checkboxes an attribute that HTML does not allow there."""


def harden(site: Path) -> None:
    """Writes the policy into every page of `site`.

    Raises:
        IntegrityError: a page without a head, or with a script that is not the theme's.
    """
    for page in sorted(site.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        hardened = add_policy(text, page.relative_to(site).as_posix())
        page.write_text(hardened, encoding="utf-8", newline="\n")


def add_policy(page: str, name: str) -> str:
    """The page with its policy as the first element of its head.

    Raises:
        IntegrityError: it has no head, or holds a script that is not the theme's.
    """
    hashes = [script_hash(text) for text in _find_theme_scripts(page, name)]
    meta = f'<meta http-equiv="Content-Security-Policy" content="{format_policy(hashes)}">'
    head, mark, rest = page.partition("<head>")
    if not mark:
        raise IntegrityError(f"{name} has no head to carry its policy")
    return f"{head}<head>\n    {meta}{_SLIP.sub('', rest)}"


def format_policy(hashes: list[str]) -> str:
    """The policy of a page whose inline scripts have these hashes."""
    scripts = " ".join(["'self'", *(f"'{each}'" for each in sorted(set(hashes)))])
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; "
        "frame-src 'self'; base-uri 'none'; form-action 'none'"
    )


def _find_theme_scripts(page: str, name: str) -> list[str]:
    texts = [text for about, text in _INLINE.findall(page) if not _NOT_RUN.search(about)]
    for text in texts:
        if not any(pattern.fullmatch(text) for pattern in read_theme_scripts()):
            raise IntegrityError(
                f"{name} holds an inline script that is not the theme's: {text[:80]!r}"
            )
    return texts


@cache
def read_theme_scripts() -> tuple[re.Pattern[str], ...]:
    """The inline scripts of the installed theme as patterns; only the base address varies."""
    spec = find_spec("material")
    origin = spec.origin if spec else None
    if origin is None:
        return ()
    folder = Path(origin).parent / "templates" / "partials" / "javascripts"
    texts = ((folder / f"{name}.html").read_text(encoding="utf-8") for name in _PARTIALS)
    return tuple(_compile_pattern(script) for text in texts for script in _SCRIPT.findall(text))


def _compile_pattern(script: str) -> re.Pattern[str]:
    return re.compile(_FILLED_IN.sub(lambda _: _ADDRESS, re.escape(script)))

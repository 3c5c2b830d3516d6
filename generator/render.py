"""The one Jinja environment: every value is escaped, whatever the template's name ends in.

In: records. Out: text. Never: a loader that leaves the templates folder, or an undefined name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, meta
from markupsafe import Markup

from generator import words

TEMPLATES = Path(__file__).parent / "templates"
_SPECIAL = re.compile(r"[^\w ]")


def make_inert(text: str) -> str:
    """The text without control, bidirectional-override and lone surrogate characters."""
    if text.isprintable():  # has none of them
        return text
    kept = (c if c != "\n" and c != "\t" else " " for c in text)
    return "".join(c for c in kept if unicodedata.category(c) not in {"Cc", "Cf", "Cs"})


def cut_middle(name: str, longest: int) -> str:
    """The name, or its beginning and end around an ellipsis: at most `longest` characters."""
    head, tail = (longest - 1) // 2, longest // 2
    return name if len(name) <= longest else f"{name[:head]}…{name[-tail:]}"


def escape_markdown(text: object) -> Markup:
    """The text as Markdown shows it literally: every special character becomes an entity."""
    encoded = _SPECIAL.sub(lambda hit: f"&#{ord(hit.group())};", make_inert(str(text)))
    return Markup(encoded.replace("_", "&#95;"))  # noqa: S704 - all specials are entities


def format_compact(value: float | None, digits: int = 4) -> str:
    """A number with so many significant digits; an en dash where there is none."""
    return "–" if value is None else f"{value:.{digits}g}"


def format_percent(value: float | None) -> str:
    """A share as a percentage with one decimal; what is there but rounds to nothing says so."""
    if value is None:
        return "–"
    return "under 0.05%" if 0 < value < 0.0005 else f"{value:.1%}"


def format_file_size(size: int) -> str:
    """A file size as people read it: '512 B', '4.9 MB'."""
    amount, unit = float(size), "B"
    for larger in ("KB", "MB", "GB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.3g} {unit}"


@cache
def make_environment() -> Environment:
    """The environment all pages and exports are rendered with."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(
        md=escape_markdown,
        compact=format_compact,
        percent=format_percent,
        file_size=format_file_size,
    )
    made.filters.update(
        effect_number=words.format_number,
        listed=words.join_names,
        plural=words.pluralise,
        inflect=words.inflect,
        token_singular=words.token_singular,
        token_plural=words.token_plural,
    )
    made.globals.update(counted=words.count_noun, format_count=words.format_count)
    return made


def find_templates(folder: str) -> set[Path]:
    """The templates of a folder of `templates/`, and all that they include or import."""
    names: set[str] = set()
    pending = [
        path.relative_to(TEMPLATES).as_posix() for path in (TEMPLATES / folder).rglob("*.j2")
    ]
    while pending:
        name = pending.pop()
        if name not in names:
            names.add(name)
            text = (TEMPLATES / name).read_text(encoding="utf-8")
            pending += filter(None, meta.find_referenced_templates(make_environment().parse(text)))
    return {TEMPLATES / name for name in names}


def render(template: str, context: Mapping[str, Any]) -> str:
    """A template of `templates/` filled with a context."""
    return make_environment().get_template(template).render(context)

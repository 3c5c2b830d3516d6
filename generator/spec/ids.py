"""Which ids, names and lines of text a manifest may hold.

In: text from the file. Out: the same text, or a sentence that says what would be fine.
Never: a name repaired; an id becomes part of a path and an address, so it is checked, not mended.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from generator.words import quote_text

ID_PATTERN = r"[A-Za-z0-9]+([._-][A-Za-z0-9]+)*"
MAX_ID = 64
MAX_LINE = 200
MAX_PATH = 1000
_SITE_NAMES = frozenset({"index", "404", "assets", "search"})
_DEVICES = frozenset({"con", "prn", "aux", "nul"}) | {
    f"{port}{number}" for port in ("com", "lpt") for number in range(10)
}


def check_id(text: str) -> str:
    """The id itself, when it can be a folder's name on every system.

    Raises:
        ValueError: it cannot; the sentence says what would be fine.
    """
    if len(text) > MAX_ID:
        raise ValueError(f"must be at most {MAX_ID} characters (found {len(text)})")
    if not re.fullmatch(ID_PATTERN, text):
        allowed = "letters and digits, joined by single . _ or -"
        raise ValueError(f"must be {allowed} (found {quote_text(text)})")
    if text.casefold().split(".")[0] in _SITE_NAMES | _DEVICES:
        raise ValueError(f"is a reserved name; choose another (found {text})")
    return text


def check_line(text: str) -> str:
    """The text itself, when it is one line with something on it.

    Raises:
        ValueError: it is empty, too long or more than one line.
    """
    if not text.strip():
        raise ValueError("must not be empty")
    return check_short_line(text)


def check_short_line(text: str) -> str:
    """The text itself, when it is at most one line; empty is fine.

    Raises:
        ValueError: it is too long or more than one line.
    """
    if len(text) > MAX_LINE:
        raise ValueError(f"must be at most {MAX_LINE} characters (found {len(text)})")
    if "\n" in text or "\r" in text or "\t" in text:
        raise ValueError(f"must be one line without tabs (found {quote_text(text)})")
    return text


Id = Annotated[
    str,
    AfterValidator(check_id),
    Field(json_schema_extra={"pattern": f"^{ID_PATTERN}$", "maxLength": MAX_ID}),
]
Line = Annotated[
    str,
    AfterValidator(check_line),
    Field(json_schema_extra={"minLength": 1, "maxLength": MAX_LINE}),
]
ShortLine = Annotated[
    str,
    AfterValidator(check_short_line),
    Field(json_schema_extra={"maxLength": MAX_LINE}),
]
FilePath = Annotated[str, Field(min_length=1, max_length=MAX_PATH)]

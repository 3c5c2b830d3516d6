"""Bytes of a manifest → text in which nothing is hidden.

In: bytes. Out: text, and the place of each byte or character that is refused: another encoding
than UTF-8, control characters, characters without a glyph (zero width, direction overrides).
Never: a character repaired or dropped in silence.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from itertools import islice

from generator.manifest.mistakes import Mark, Mistake

MAX_BYTES = 500_000
_WIDE = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LINE = re.compile(r"\r\n|\r|\n")
_REFUSED = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_ALLOWED = frozenset("\n\t\r")


def decode(data: bytes) -> tuple[str, list[Mistake]]:
    """The text of UTF-8 bytes (a byte-order mark is fine), or why there is none."""
    if len(data) > MAX_BYTES:
        return "", [
            _refuse_file(f"the file is too large; a manifest is at most {MAX_BYTES // 1000} KB")
        ]
    if data.startswith(_WIDE) or b"\x00" in data[:4]:
        return "", [_refuse_file("the file is not UTF-8 (UTF-16 or UTF-32?); save it as UTF-8")]
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", errors="replace")
        byte = f"0x{data[error.start]:02x}"
        return "", [
            Mistake(locate_end(before), "", f"byte {byte} is not UTF-8; save the file as UTF-8")
        ]


def find_forbidden(text: str) -> Iterator[Mistake]:
    """A mistake for each character of a file that cannot be seen (the first 20 of them)."""
    hidden = (index for index, character in enumerate(text) if _is_hidden(character))
    for index in islice(hidden, 20):
        message = f"the character {_format_code_point(text[index])} cannot be seen; remove it"
        yield Mistake(locate_end(text[:index]), "", message)


def find_first_forbidden(text: str) -> str:
    """The first character of a value (written by an escape) that cannot be seen; or ''."""
    return next((_format_code_point(c) for c in text if _is_hidden(c)), "")


def locate_end(before: str) -> Mark:
    """The line and column, from 1, that follow some text."""
    lines = _LINE.split(before)
    return Mark(len(lines), len(lines[-1]) + 1)


def _refuse_file(message: str) -> Mistake:
    return Mistake(Mark(1, 1), "", message)


def _is_hidden(character: str) -> bool:
    return character not in _ALLOWED and unicodedata.category(character) in _REFUSED


def _format_code_point(character: str) -> str:
    return f"U+{ord(character):04X}"

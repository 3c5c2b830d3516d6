"""Where two versions of one file first differ, in words.

In: the bytes that should be there, and those that are. Out: one short sentence. Never: more of a
file than a line can hold.
"""

from __future__ import annotations

BEFORE, SHOWN, LOOKED = 24, 40, 4096


def describe_difference(wanted: bytes, found: bytes) -> str:
    """The first place at which `found` is not `wanted`, with what stands around it in both."""
    place = find_difference(wanted, found)
    line = found.count(b"\n", 0, place) + 1
    start = max(found.rfind(b"\n", 0, place) + 1, place - BEFORE)
    column = len(found[found.rfind(b"\n", 0, place) + 1 : place].decode("utf-8", "replace")) + 1
    there, should = (_quote(data, start, place) for data in (found, wanted))
    return f"line {line}, character {column}: here {there}, by the record {should}"


def find_difference(wanted: bytes, found: bytes) -> int:
    """The first byte that is not the same; the shorter length where one ends early."""
    length = min(len(wanted), len(found))
    for start in range(0, length, LOOKED):
        one, other = wanted[start : start + LOOKED], found[start : start + LOOKED]
        if one != other:
            pairs = enumerate(zip(one, other, strict=False))
            return start + next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))
    return length


def _quote(data: bytes, start: int, place: int) -> str:
    """A piece of a file as one line of plain text."""
    if place >= len(data):
        return "the file ends"
    text = data[start : place + SHOWN].decode("utf-8", "replace")
    return f"“{' '.join(''.join(c if c.isprintable() else ' ' for c in text).split())}”"

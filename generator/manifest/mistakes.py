"""One mistake of a manifest: where it stands and what to do; and the error that carries them all.

In: line and column from 1, the key's path, a sentence. Out: one line of text per mistake.
Never: a value printed raw; what was found is cut short and its invisible characters escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from generator.errors import UsageError, clip_line
from generator.words import SHOWN, count_noun, quote_text

KeyPath = tuple[str | int, ...]
TOLD = 20
"""Lines of a message at most; one more mistake and the last line says how many there are."""
_PLAIN = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")


@dataclass(frozen=True, order=True)
class Mark:
    """A place in the file as editors count it: line and column from 1."""

    line: int
    column: int


@dataclass(frozen=True, order=True)
class Mistake:
    """What is wrong at one place; `path` is empty where no key is meant."""

    mark: Mark
    path: str
    message: str

    def format_line(self, file: str) -> str:
        """The mistake as `reports.yaml:15:22: datasets.plant.window.length: must be at least 2`."""
        where = f"{file}:{self.mark.line}:{self.mark.column}"
        return clip_line(": ".join(part for part in (where, self.path, self.message) if part))


class ManifestError(UsageError):
    """Everything that is wrong with a manifest, in the order of the file; the first are told."""

    def __init__(self, file: str, mistakes: Iterable[Mistake]) -> None:
        self.file = file
        self.mistakes = tuple(sorted(set(mistakes)))
        lines = [mistake.format_line(file) for mistake in self.mistakes[:TOLD]]
        more = len(self.mistakes) - TOLD
        if more > 0:
            lines[-1:] = [f"{file}: and {count_noun(more + 1, 'more mistake')}; mend these first"]
        super().__init__("\n".join(lines))


def format_key_path(path: KeyPath) -> str:
    """`reports[0].windows.count`; a key that is not a plain word stands in quotes."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += (
                f".{step}"
                if _PLAIN.fullmatch(step) and len(step) <= SHOWN
                else f".{quote_text(step)}"
            )
    return text.removeprefix(".")

"""`quality.scores[ROC AUC].model`: the way to one measurement of a published document.

In: text of a manifest. Out: its steps, or a sentence that says what would be fine.
Never: a document looked into; whether the way leads anywhere is known only after the runs.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.words import quote_text

EXAMPLE = "quality.scores[ROC AUC].model"


@dataclass(frozen=True)
class Step:
    """One step of the way: a key, or an item in brackets."""

    name: str
    item: bool

    @property
    def text(self) -> str:
        """The step as it is written after another."""
        return f"[{self.name}]" if self.item else f".{self.name}"


def parse_path(text: str) -> tuple[Step, ...]:
    """The steps of a path: names with dots between, items in brackets.

    Brackets may hold brackets, as in `sensors[temp[1]]`.

    Raises:
        ValueError: a name is missing, a bracket is not closed, or more than one line.
    """
    rest, steps = f".{text}", list[Step]()
    while rest:
        step, rest = _split_step(rest, text)
        steps.append(step)
    return tuple(steps)


def format_path(steps: tuple[Step, ...]) -> str:
    """The path of some steps."""
    return "".join(step.text for step in steps).removeprefix(".")


def _split_step(rest: str, text: str) -> tuple[Step, str]:
    """The step that a rest begins with, and what follows it."""
    if rest[0] not in ".[" or "\n" in rest:
        raise _make_error(text)
    item = rest[0] == "["
    end = _find_closing(rest, text) if item else _find_end(rest)
    name = rest[1:end]
    if not name.strip() or (not item and "]" in name):
        raise _make_error(text)
    return Step(name, item), rest[end + item :]


def _find_end(rest: str) -> int:
    """Where the next step begins."""
    return next((at for at in range(1, len(rest)) if rest[at] in ".["), len(rest))


def _find_closing(rest: str, text: str) -> int:
    """The bracket that closes the first one."""
    depth = 0
    for at, character in enumerate(rest):
        depth += (character == "[") - (character == "]")
        if depth == 0:
            return at
    raise _make_error(text)


def _make_error(text: str) -> ValueError:
    return ValueError(
        f"must be names with dots between and items in brackets, such as {EXAMPLE} "
        f"(found {quote_text(text)})"
    )

"""How a test of the house fails: with every offender, one a line."""

from __future__ import annotations

from collections.abc import Iterable


def check_none(offenders: Iterable[str], remedy: str) -> None:
    """Nothing where there is none.

    Args:
        offenders: each as `path: what`.
        remedy: what to do about them.

    Raises:
        AssertionError: there is one; all are listed.
    """
    lines = list(offenders)
    assert not lines, "\n".join((f"{len(lines)}: {remedy}", *lines))

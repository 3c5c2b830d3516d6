"""What is shown while runs go on."""

from __future__ import annotations

import io

import pytest

from generator.build.progress import PlainProgress, Progress, TerminalProgress, make_progress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """It is."""
        return True


def play(progress: Progress) -> None:
    """Two runs, one of which fails."""
    progress.stage("one", "reading data")
    progress.done("one", "built", "")
    progress.stage("two", "reading data")
    progress.done("two", "failed", "column 'air' is missing")


@pytest.mark.parametrize(
    ("quiet", "verbose", "expected"),
    [
        (False, False, "two: failed: column 'air' is missing\n"),
        (True, False, "two: failed: column 'air' is missing\n"),
        (
            False,
            True,
            "one: reading data\ntwo: reading data\ntwo: failed: column 'air' is missing\n",
        ),
    ],
)
def test_plain_lines(quiet: bool, verbose: bool, expected: str) -> None:
    """A line per failure, with -v per stage; what is well is a row on stdout and no line here."""
    stream = io.StringIO()
    with PlainProgress(stream, quiet=quiet, verbose=verbose) as progress:
        play(progress)
    assert stream.getvalue() == expected


@pytest.mark.parametrize(
    ("environment", "options"),
    [
        ({"NO_COLOR": "1"}, {}),
        ({"CI": "true"}, {}),
        ({"TERM": "dumb"}, {}),
        ({}, {"quiet": True}),
        ({}, {"verbose": True}),
    ],
)
def test_no_bar_where_none_is_wanted(environment: dict[str, str], options: dict[str, bool]) -> None:
    """NO_COLOR, CI, -q and -v mean plain lines, also on a terminal."""
    progress = make_progress(environment, 2, stream=Terminal(), **options)
    assert isinstance(progress, PlainProgress)


def test_no_bar_in_a_file() -> None:
    """A stream that is no terminal gets plain lines and no escape codes."""
    stream = io.StringIO()
    with make_progress({}, 2, stream=stream) as progress:
        play(progress)
    assert "\x1b" not in stream.getvalue()


def test_a_terminal_has_a_bar() -> None:
    """On a terminal the failed runs stay in sight, names as they are."""
    stream = Terminal()
    with make_progress({}, 2, stream=stream) as progress:
        assert isinstance(progress, TerminalProgress)
        progress.stage("[red]one", "reading data")
        progress.done("[red]one", "failed", "why")
    assert "[red]one: failed: why" in stream.getvalue()

"""How a command ends when something went wrong: one line on stderr, and its exit code.

In: what was raised, and the command line's words. Out: a code of `errors.ExitCode`. Never: a
traceback without -v, a fault of the machine or a reader who has gone told as our bug.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from typing import TextIO

import typer

from generator.disk import describe_fault, find_fault
from generator.doors.arguments import PROGRAM
from generator.errors import ExitCode, clip_line

READER_GONE = 141
"""What a shell shows of a program that the signal of a closed pipe ended: 128 + 13."""


def log(text: str, quiet: bool = False) -> None:
    """A line on stderr; where nobody can read it any more, none."""
    if not quiet:
        with suppress(OSError):
            typer.echo(text, err=True)


def report_missing(error: ModuleNotFoundError, given: Sequence[str]) -> int:
    """A package that is not installed, and how to install it."""
    name = (error.name or "").split(".")[0]
    if name in {"", "generator"}:
        return report_bug(error, given)
    log(f"the package {name} is not installed; run: pip install {name}")
    return ExitCode.MISSING_PROGRAM


def report_unforeseen(error: Exception, given: Sequence[str]) -> int:
    """A fault of the machine, or else a bug of ours."""
    if isinstance(error, BrokenPipeError):
        return leave_quietly()
    fault = find_fault(error, "something this command needs")
    if fault is None:
        return report_bug(error, given)
    log(str(fault))
    return fault.exit_code


def report_bug(error: Exception, given: Sequence[str]) -> int:
    """What nobody foresaw: its kind and words, the traceback with -v only."""
    verbose = bool({"-v", "--verbose"} & set(given))
    if verbose:
        log("".join(traceback.format_exception(error)).rstrip())
    again = "" if verbose else "; run it again with -v and send us what it prints"
    log(f"{PROGRAM}: our bug: {clip_line(f'{type(error).__name__}: {error}', 300)}{again}")
    return ExitCode.OUR_BUG


def report_exit(done: SystemExit) -> int:
    """The code a command ended with; typer calls a reader who has gone a plain failure."""
    if isinstance(done.__context__, BrokenPipeError):
        return leave_quietly()
    return int(done.code or 0)


def leave_quietly() -> int:
    """The reader of our output has gone, as `head` does: no word, as if the signal had come."""
    _silence(sys.stdout)
    return READER_GONE


def flush_streams(code: int) -> int:
    """The exit code once all is written: Python would end with 120 where that fails."""
    with suppress(ValueError):  # a stream that was closed on purpose
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            return leave_quietly()
        except OSError as error:
            _silence(sys.stdout)
            log(str(describe_fault("the output", error.errno or 0, "")))
            return ExitCode.MACHINE_FAULT
        try:
            sys.stderr.flush()
        except OSError:
            _silence(sys.stderr)
    return code


def _silence(stream: TextIO) -> None:
    """What the stream still holds goes nowhere."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)

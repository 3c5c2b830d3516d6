"""Every way this program can fail, and the exit code each way has.

In: a sentence that says what, where and what to do next. Out: typed exceptions.
Never: a traceback where one of these was meant.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The stable exit codes of the command line."""

    DONE = 0
    SOME_RUNS_FAILED = 1
    USAGE = 2
    GATE_BREACHED = 3
    INTEGRITY = 4
    MISSING_PROGRAM = 5
    OUR_BUG = 70
    INTERRUPTED = 130


FIRST_OF = (
    ExitCode.INTERRUPTED,
    ExitCode.OUR_BUG,
    ExitCode.MISSING_PROGRAM,
    ExitCode.USAGE,
    ExitCode.INTEGRITY,
    ExitCode.GATE_BREACHED,
    ExitCode.SOME_RUNS_FAILED,
    ExitCode.DONE,
)
"""When several codes apply, a command ends with the first of these."""


class ReportsError(Exception):
    """Base of all errors this program foresees."""

    exit_code = ExitCode.SOME_RUNS_FAILED


class UsageError(ReportsError):
    """The command line, or a file it names, is wrong or missing."""

    exit_code = ExitCode.USAGE


class InputError(UsageError, ValueError):
    """A model, dataset or agent that the manifest names cannot be used as it is."""


class IntegrityError(ReportsError):
    """A published file is not what its digest, link or policy says."""

    exit_code = ExitCode.INTEGRITY


class MissingProgram(ReportsError):
    """A program or package this command needs is not installed."""

    exit_code = ExitCode.MISSING_PROGRAM


class CaptureError(ReportsError, ValueError):
    """Attention could not be read truthfully from a model; the text names cause and remedy."""

"""Every way this program can fail, and the exit code each way has.

In: a sentence that says what, where and what to do next. Out: typed exceptions, and the one line of
an error that may be published. Never: a traceback where one of these was meant.
"""

from __future__ import annotations

import os
from dis import opmap
from enum import IntEnum
from pathlib import Path


class ExitCode(IntEnum):
    """The stable exit codes of the command line."""

    DONE = 0
    SOME_RUNS_FAILED = 1
    USAGE = 2
    GATE_BREACHED = 3
    INTEGRITY = 4
    MISSING_PROGRAM = 5
    OUR_BUG = 70
    MACHINE_FAULT = 74
    INTERRUPTED = 130


FIRST_OF = (
    ExitCode.INTERRUPTED,
    ExitCode.OUR_BUG,
    ExitCode.MACHINE_FAULT,
    ExitCode.MISSING_PROGRAM,
    ExitCode.USAGE,
    ExitCode.INTEGRITY,
    ExitCode.GATE_BREACHED,
    ExitCode.SOME_RUNS_FAILED,
    ExitCode.DONE,
)
"""When several codes apply, a command ends with the first of these."""


LONGEST_LINE = 400
"""Characters of a message at most, whatever a file or a library says."""
CUT = " … "
UNFORESEEN = "not foreseen, please report it (-v says more): "
OURS = "generator"
OF_THE_MACHINE = (OSError, MemoryError)


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


class MachineFault(ReportsError):
    """The machine refused to read or write: a full disk, a read-only folder, a broken device."""

    exit_code = ExitCode.MACHINE_FAULT


class CaptureError(ReportsError, ValueError):
    """Attention could not be read truthfully from a model; the text names cause and remedy."""


def describe_error(error: Exception, folder: Path, copies: Path | None = None) -> str:
    """The error's own words; of what was not foreseen that it was not, and its kind before them.

    Args:
        error: whatever was raised.
        folder: paths below it are told from there.
        copies: where each file lies under its whole path again; told as what was copied.
    """
    words = _shorten_paths(_name_originals(str(error), copies), folder)
    if not words.strip() or not is_foreseen(error):
        words = f"{type(error).__name__}: {words}".removesuffix(": ")
        words = words if isinstance(error, OF_THE_MACHINE) else f"{UNFORESEEN}{words}"
    return clip_line(words)


def is_foreseen(error: Exception) -> bool:
    """Whether somebody wrote this sentence for whoever reads it, and not a library for its caller.

    A ValueError is meant so where a statement of this program raised it; one from inside numpy
    shows the same last line of ours, but no `raise` stands there.
    """
    if isinstance(error, ReportsError) or not isinstance(error, ValueError):
        return isinstance(error, ReportsError)
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    if last is None:
        return True
    ours = str(last.tb_frame.f_globals.get("__name__", "")).partition(".")[0] == OURS
    return ours and last.tb_frame.f_code.co_code[last.tb_lasti] == opmap["RAISE_VARARGS"]


def clip_line(text: str, most: int = LONGEST_LINE) -> str:
    """The text as one line of at most so many characters; the middle of a longer one goes.

    Characters that steer a terminal are left out.
    """
    plain = text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)
    line = plain if plain is text else " ".join(plain.split())
    if len(line) <= most:
        return line
    kept = most - len(CUT)
    return f"{line[: kept - kept // 4]}{CUT}{line[-(kept // 4) :]}"


def _name_originals(text: str, copies: Path | None) -> str:
    for root in (copies, copies.resolve()) if copies else ():
        text = text.replace(f"{root}{os.sep}", os.sep)
    return text


def _shorten_paths(text: str, folder: Path) -> str:
    roots = {root for root in (folder, folder.resolve()) if root != Path(root.anchor)}
    for root in sorted(map(str, roots), key=len, reverse=True):
        text = text.replace(f"{root}{os.sep}", "")
    return text

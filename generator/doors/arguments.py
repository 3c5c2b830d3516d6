"""What every command takes: its options, and how a slip in them is told.

In: the command line's words. Out: types for typer. Never: a command, or anything heavy.
"""

from __future__ import annotations

import os
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperCommand

from generator.errors import UsageError
from generator.inputs import find_obstacle

PROGRAM = "attention-reports"
STORE = ".attention-reports"

File = Annotated[str, typer.Option("-f", "--file", metavar="FILE", help="The manifest.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Log errors only.")]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="Log every stage.")]
Site = Annotated[Path, typer.Option("--site", metavar="DIR", help="Where the site goes.")]
Only = Annotated[list[str] | None, typer.Option("--only", metavar="ID", help="This report only.")]
Jobs = Annotated[int, typer.Option("--jobs", min=1, help="Runs at a time.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Junit = Annotated[
    Path | None,
    typer.Option("--junit", metavar="FILE", help="Also write the outcome as JUnit XML."),
]
Store = Annotated[
    Path | None,
    typer.Option("--store", metavar="DIR", help=f"Run records; {STORE} beside the manifest."),
]


class ManifestCommand(TyperCommand):
    """A command whose manifest is `-f FILE`: a bare FILE is told so."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """The parsed arguments; UsageError for a manifest without its option."""
        for before, given in pairwise(["", *args]):
            if given.endswith((".yaml", ".yml")) and not before.startswith("-"):
                raise UsageError(f"{given}: name a manifest with its option: -f {given}")
        return super().parse_args(ctx, args)


def refuse_unwritable(file: Path, site: Path) -> None:
    """UsageError where JUnit's file could not be written after the runs, or lies in the site."""
    folder, said = file.parent, f"--junit {file}: "
    if not folder.is_dir():
        raise UsageError(f"{said}its folder {folder} is not there; make it first")
    if obstacle := find_obstacle(file):
        raise UsageError(f"{said}is {obstacle}; name a file")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UsageError(f"{said}its folder {folder} cannot be written to; name another")
    if file.resolve().is_relative_to(site.resolve()):
        in_site = "lies in the site, which holds only what its sums list"
        raise UsageError(f"{said}{in_site}; name a file elsewhere")


def print_version(asked: bool) -> None:
    """Print the version and end, where it was asked for."""
    if asked:
        typer.echo(f"{PROGRAM} {version(PROGRAM)}")
        raise typer.Exit


Version = Annotated[
    bool,
    typer.Option("--version", callback=print_version, is_eager=True, help="Print the version."),
]

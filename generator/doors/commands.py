"""The command line: `attention-reports COMMAND`, thin over the rooms below.

In: arguments. Out: data on stdout, the log on stderr, an exit code of `errors.ExitCode`.
Never: a model loaded for `check`, `plan`, `schema`, `new` or `verify`; a foreseen mistake shown as
a traceback. Heavy imports stand inside the commands that need them.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from generator.doors.arguments import (
    PROGRAM,
    STORE,
    AsJson,
    File,
    Jobs,
    Junit,
    ManifestCommand,
    Only,
    Quiet,
    Site,
    Store,
    Verbose,
    Version,
    refuse_unwritable,
)
from generator.doors.doctor import doctor
from generator.doors.endings import (
    flush_streams,
    log,
    report_exit,
    report_missing,
    report_unforeseen,
)
from generator.doors.output import log_gates, print_plan, print_result
from generator.errors import ExitCode, ReportsError, UsageError, clip_line
from generator.manifest import load_manifest
from generator.spec.manifest import Manifest
from generator.spec.schema import build_manifest_schema
from generator.words import count_noun

if TYPE_CHECKING:
    from generator.manifest.located import Located
    from generator.records.outcome import BuildResult

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


app.command()(doctor)


@app.callback()
def program(_version: Version = False) -> None:
    """Attention reports for process heat: reports.yaml in, a static site out."""


@app.command()
def new(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Write a starter project that builds at once."""
    from generator.doors.starter import write_starter

    for path in write_starter(directory):
        typer.echo(directory / path)
    log(f"next: cd {shlex.quote(str(directory))} && {PROGRAM} build", quiet)


@app.command(cls=ManifestCommand)
def check(file: File = "reports.yaml", quiet: Quiet = False, _verbose: Verbose = False) -> None:
    """Validate the manifest, find its inputs and read their headers; nothing is loaded."""
    from generator.build.check import load_checked_manifest

    manifest = load_checked_manifest(file)
    counts = (
        count_noun(len(manifest.reports), "report"),
        count_noun(len(manifest.datasets), "dataset"),
        count_noun(len(manifest.models), "model"),
        count_noun(len(manifest.agents), "agent"),
        *([count_noun(len(manifest.comparisons), "comparison")] if manifest.comparisons else []),
        *([count_noun(len(manifest.gates), "gate")] if manifest.gates else []),
    )
    log(f"{file}: {', '.join(counts)}; no mistakes", quiet)


@app.command(cls=ManifestCommand)
def plan(
    file: File = "reports.yaml",
    only: Only = None,
    store: Store = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Show what would run, what is up to date, and why."""
    from generator.build.plan import make_plan
    from generator.store import Store as RunStore

    manifest = load_manifest(file)
    kept = RunStore(_choose_store(manifest, store))
    made = make_plan(manifest, kept.has, only or (), kept.find_damage)
    print_plan(made, as_json)
    for a, b in () if as_json else made.comparisons:
        typer.echo(f"{'compare':<8} {a} with {b}  after the runs, from the records of the two")
    stale = len(made.select_runs("stale"))
    log(f"{stale} of {count_noun(len(made.runs), 'report')} would run", quiet)


@app.command(cls=ManifestCommand)
def build(
    file: File = "reports.yaml",
    site: Site = Path("site"),
    only: Only = None,
    jobs: Jobs = 1,
    store: Store = None,
    junit: Junit = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Run what is stale, render, and exchange the site in one step."""
    if junit:
        refuse_unwritable(junit, site)
    from generator.build.check import load_checked_manifest

    manifest = load_checked_manifest(file)
    result = _build(manifest, site, only or (), jobs, store, quiet, verbose)
    if junit:
        from generator.exports.junit import write_junit

        write_junit(result, junit)
    print_result(result)
    log(f"SHA256SUMS: {_sums_digest(result.site)}", quiet)
    raise typer.Exit(result.exit_code)


@app.command(cls=ManifestCommand)
def serve(
    file: File = "reports.yaml",
    site: Site = Path("site"),
    jobs: Jobs = 1,
    store: Store = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free one.")] = 8000,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Build, serve the site on this machine only, and rebuild on change; Ctrl-C ends it."""
    from generator.build.contents import check_contents
    from generator.doors.serve import serve_site

    def rebuild(manifest: Manifest, tree: Located) -> None:
        check_contents(manifest, tree)
        _build(manifest, site, (), jobs, store, quiet, verbose)

    serve_site(file, site, port, rebuild, announce=typer.echo, log=log)


@app.command()
def schema(_quiet: Quiet = False, _verbose: Verbose = False) -> None:
    """Print the JSON Schema of the manifest."""
    typer.echo(json.dumps(build_manifest_schema(), indent=2, ensure_ascii=False))


@app.command()
def verify(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A built site.")],
    as_json: AsJson = False,
    quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Check digests, links and policies, and write every file again from the site's records."""
    if not path.is_dir():
        raise UsageError(f"{path}: no such folder; name a built site")
    from generator.verify import examine_site

    found = examine_site(path)
    findings = found.findings
    for note in found.notes:  # never quiet: what was not compared must not look as if it was
        log(f"{path}: note: {note}")
    if as_json:
        rows = [{"kind": f.kind, "file": f.file, "message": f.message} for f in findings]
        rows += [{"kind": "note", "file": "", "message": note} for note in found.notes]
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        for finding in findings:
            typer.echo(f"{finding.kind}: {finding.file}: {finding.message}")
    if findings:
        log(f"{path}: {count_noun(len(findings), 'finding')}", quiet)
        raise typer.Exit(ExitCode.INTEGRITY)
    log(f"{path}: every file matches SHA256SUMS ({_sums_digest(path)})", quiet)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; every way to fail ends here."""
    return flush_streams(_run(list(sys.argv[1:] if arguments is None else arguments)))


def _run(given: list[str]) -> int:
    try:
        with _interrupt_on_sigterm():
            app(args=given, prog_name=PROGRAM)
    except SystemExit as done:
        return report_exit(done)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except ReportsError as error:
        log("\n".join(clip_line(line) for line in str(error).splitlines()))
        return error.exit_code
    except ModuleNotFoundError as error:
        return report_missing(error, given)
    except Exception as error:  # noqa: BLE001 - the one place where the unforeseen ends
        return report_unforeseen(error, given)
    return ExitCode.DONE


def _build(
    manifest: Manifest,
    site: Path,
    only: Sequence[str],
    jobs: int,
    store: Path | None,
    quiet: bool,
    verbose: bool,
) -> BuildResult:
    from generator.build.plan import select_reports
    from generator.build.progress import make_progress, show_log

    select_reports(manifest, only)  # slips are told before anything heavy is loaded
    if verbose:
        show_log()
    from generator.build import pipeline

    total = len(manifest.reports)
    with make_progress(os.environ, total, quiet=quiet, verbose=verbose) as progress:
        result = pipeline.build(
            manifest, only, jobs, _choose_store(manifest, store), site, progress
        )
    log_gates(result, quiet)
    return result


def _sums_digest(site: Path) -> str:
    """The digest to hand on by another way than with the site."""
    from generator.hashing import sha256_file

    return f"sha256 {sha256_file(site / 'SHA256SUMS')}"


def _choose_store(manifest: Manifest, typed: Path | None) -> Path:
    return typed if typed else manifest.folder / STORE


@contextmanager
def _interrupt_on_sigterm() -> Iterator[None]:
    """SIGTERM ends a command as Ctrl-C does."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    earlier = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, earlier)

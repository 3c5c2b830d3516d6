"""The `doctor` command: what can be read of a model, before anything is built with it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from generator.doors.arguments import AsJson, File, Quiet, Verbose
from generator.errors import ExitCode, InputError
from generator.manifest import load_manifest


def doctor(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="A model folder, or an id in FILE.")
    ],
    file: File = "reports.yaml",
    as_json: AsJson = False,
    _quiet: Quiet = False,
    _verbose: Verbose = False,
) -> None:
    """Say which attention of MODEL can be read, how, and with what proof; on random input.

    Exits with 1 where a module that says attention was not read, or a map fails its proof.
    """
    from generator.doctor.diagnosis import diagnose  # torch loads slowly
    from generator.doctor.patient import load_patient, load_source_patient
    from generator.doctor.table import format_diagnosis

    sourced_as = _find_source(model, file)
    looked_at = load_source_patient(*sourced_as, model) if sourced_as else load_patient(Path(model))
    found = diagnose(looked_at, model)
    typer.echo(
        found.model_dump_json(by_alias=True, indent=2) if as_json else format_diagnosis(found)
    )
    if not found.readable:
        raise typer.Exit(ExitCode.SOME_RUNS_FAILED)


def _find_source(model: str, file: str) -> tuple[str, Path] | None:
    """The source and folder of a manifest's model; None where MODEL is a folder itself."""
    if Path(model).is_dir() or "/" in model or not Path(file).is_file():
        return None
    manifest = load_manifest(file)
    if model not in manifest.models:
        known = ", ".join(manifest.models)
        raise InputError(f"{model}: no such folder, and no model of {file}: {known}")
    return manifest.models[model].source, manifest.model_folder(model)

"""A manifest's file → Manifest, or every mistake in it at once.

In: a path as typed. Out: a frozen Manifest whose paths resolve against its folder.
Never: torch, a dataset's rows, a model's weights.
"""

from __future__ import annotations

import os
from pathlib import Path

from generator.manifest.characters import MAX_BYTES
from generator.manifest.check_references import check_mistakes
from generator.manifest.comparisons import comparison_mistakes
from generator.manifest.gates import gate_mistakes
from generator.manifest.inputs import absolute, data_files, input_mistakes
from generator.manifest.located import read_located
from generator.manifest.mistakes import ManifestError, Mark, Mistake
from generator.manifest.references import reference_mistakes
from generator.manifest.schema import ManifestSpec, ReportSpec
from generator.manifest.structure import read_structure
from generator.manifest.token_mistakes import token_mistakes


class Manifest(ManifestSpec):
    """A manifest without mistakes, and where it lies."""

    file: str
    """The path as typed."""
    folder: Path
    """The folder its paths start from, absolute."""

    def data_files(self, dataset: str) -> tuple[Path, ...]:
        """The files of a dataset, absolute and sorted."""
        return data_files(self.folder, self.datasets[dataset].path)

    def label_files(self, dataset: str) -> tuple[Path, ...]:
        """The files of a dataset's labels, absolute and sorted; none where its data holds them."""
        typed = self.datasets[dataset].target.path
        return data_files(self.folder, typed) if typed else ()

    def twin_files(self, dataset: str) -> tuple[Path, ...]:
        """The files of a dataset's twin runs, absolute and sorted; none where it has none."""
        typed = self.datasets[dataset].twins
        return data_files(self.folder, typed) if typed else ()

    def model_folder(self, model: str) -> Path:
        """The folder of a model, absolute."""
        return absolute(self.folder, self.models[model].path)

    def model_of(self, report: ReportSpec) -> str:
        """The id of the model a report explains, its own or its agent's."""
        return report.model if report.model else self.agents[str(report.agent)].model


def load_manifest(path: str | os.PathLike[str]) -> Manifest:
    """Reads and checks a manifest.

    Raises:
        ManifestError: with all mistakes, one a line, in the order of the file.

    """
    file = os.fspath(path)
    folder = Path(file).absolute().parent
    tree = read_located(_bytes(file))
    mistakes, spec = list(tree.mistakes), None
    if tree.readable:
        spec, wrong = read_structure(tree)
        wrong += reference_mistakes(tree)
        wrong += [*comparison_mistakes(tree), *check_mistakes(tree), *gate_mistakes(tree)]
        wrong += [*token_mistakes(tree), *input_mistakes(tree, folder)]
        places = {mistake.mark for mistake in tree.mistakes}
        mistakes += [mistake for mistake in wrong if mistake.mark not in places]
    if mistakes or spec is None:
        raise ManifestError(file, mistakes)
    return Manifest(file=file, folder=folder, **dict(spec))


def _bytes(file: str) -> bytes:
    try:
        with Path(file).open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        says = "no such file; 'attention-reports new DIR' writes a first one"
    except IsADirectoryError:
        says = "is a folder; name the manifest in it with -f"
    except OSError as error:
        says = f"cannot be read: {error.strerror}"
    raise ManifestError(file, [Mistake(Mark(1, 1), "", says)])

"""The pages of models: what each is, which files it was loaded from, who uses it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.pages.page import Page
from generator.pages.run_view import RunView, group_runs, has_simulated
from generator.records import ModelRecord


@dataclass(frozen=True)
class Model:
    """A model and the runs that explain it."""

    model: ModelRecord
    runs: tuple[RunView, ...]

    @property
    def simulated(self) -> bool:
        """Whether any run shown on this page rests on simulated data."""
        return has_simulated(self.runs)


@dataclass(frozen=True)
class ModelList:
    """Every model as one row."""

    models: tuple[Model, ...]

    @property
    def simulated(self) -> bool:
        """Whether any model listed here was explained on simulated data."""
        return any(model.simulated for model in self.models)


def make_model_pages(runs: tuple[RunView, ...]) -> Iterator[Page]:
    """`models/index.html` and `models/<id>/index.html`, in order of first use."""
    models = tuple(Model(model, its) for model, its in group_runs(runs, lambda run: run.model))
    yield Page("models/index.md", "Models", "pages/models.md.j2", ModelList(models))
    for view in models:
        name = view.model.id
        yield Page(f"models/{name}/index.md", name, "pages/model.md.j2", view)

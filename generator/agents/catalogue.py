"""The list of process-heat agents: which number stands for which work, and which ones are built.

In: `catalogue.yaml` beside this file. Out: a frozen Catalogue.
Never: an agent loaded; a name here says what is built, and a test holds it to what is installed.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from generator.records import Record

CATALOGUE_SCHEMA = "attention-reports/agent-catalogue/1"
FILE = Path(__file__).with_name("catalogue.yaml")


class CatalogueEntry(Record):
    """One number of the list.

    Attributes:
        id: such as 'GL-018'; name: its work in two words.
        senses: the sensors such an agent usually reads.
        agent: the entry-point name of the implementation in this program; None where a plant
            brings its own.
        covers: numbers whose work the list gives to this one as well.
    """

    id: str
    name: str
    senses: str
    agent: str | None = None
    covers: tuple[str, ...] = ()


class Catalogue(Record):
    """All numbers in order, and whose list it is."""

    source: str
    agents: tuple[CatalogueEntry, ...]

    def find_entry(self, id: str, agent: str) -> CatalogueEntry | None:
        """The entry an agent belongs to: by its id in the manifest, else by its program."""
        by_id = (entry for entry in self.agents if entry.id == id.upper())
        by_program = (entry for entry in self.agents if entry.agent == agent)
        return next(by_id, None) or next(by_program, None)

    def list_covering(self, id: str) -> tuple[CatalogueEntry, ...]:
        """The entries whose work includes that of another number."""
        return tuple(entry for entry in self.agents if id in entry.covers)


@cache
def load_catalogue() -> Catalogue:
    """The list that comes with the program."""
    return Catalogue.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8")))

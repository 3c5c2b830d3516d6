"""The keys of a model and of an agent: how a folder is read, and what is expected of it.

In: plain values. Out: frozen specs. Never: a folder opened, a package imported.
"""

from __future__ import annotations

from pydantic import Field

from generator.records.record import Record
from generator.spec.ids import FilePath, Line

SOURCES = {
    "safetensors": "generator.models.safetensors",
    "huggingface": "generator.models.huggingface",
}
"""The built-in sources: how a manifest calls one, and its module, imported when first used.

A module has `load` and, without torch, `read_contract`; `check_weights` where it can tell more of
them than that their headers can be read.
"""


class ModelSpec(Record):
    """A folder with a model's weights and configuration."""

    source: Line = Field(
        description="how the folder is read: built in, or an installed source's name",
        examples=[*SOURCES],
    )
    path: FilePath = Field(description="a folder", examples=["models/combustion"])
    siblings: tuple[Line, ...] = Field(
        default=(), max_length=20, description="models that are this one trained again; asked too"
    )


class ExpectSpec(Record):
    """What the model should and should not rest on, written before it runs and checked after."""

    rests_on: tuple[Line, ...] = Field(
        default=(), max_length=100, description="sensors whose group must be tested and held"
    )
    not_on: tuple[Line, ...] = Field(
        default=(), max_length=100, description="sensors whose group must make no difference"
    )


class AgentSpec(Record):
    """An installed agent and the model it runs."""

    agent: Line = Field(description="an installed agent's name", examples=["combustion-optimizer"])
    model: Line = Field(examples=["combustion"])
    expect: ExpectSpec = ExpectSpec()

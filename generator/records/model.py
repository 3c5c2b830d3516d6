"""What is recorded of a model, its files, and the agent that uses it."""

from __future__ import annotations

from generator.kinds import TokenKind
from generator.records.record import Record


class FileDigest(Record):
    """A file by name, size and SHA-256."""

    name: str
    size: int
    sha256: str


class ModelRecord(Record):
    """Which model a report is about."""

    id: str
    source: str
    architecture: str
    description: str
    parameters: int
    layers: int
    heads: int
    sha256: str
    files: tuple[FileDigest, ...]
    tokens: TokenKind
    token_words: str
    sensors: tuple[str, ...]
    target: str
    target_unit: str
    classes: tuple[str, ...] = ()
    unread_rows: int = 0
    """Leading rows of a window that no token holds."""
    trained_on: str
    trained_sha256: str


class AgentRecord(Record):
    """Which agent uses the model, and what for."""

    id: str
    agent: str
    name: str
    senses: str
    predicts: str
    intended_use: str
    limits: tuple[str, ...]

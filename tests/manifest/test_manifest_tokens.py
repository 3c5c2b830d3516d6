"""A report may state its tokens: as a kind, or as a mapping; each wrong key has its place."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest
import yaml

from generator.kinds import TokenKind
from generator.manifest import load_manifest
from generator.spec.schema import build_manifest_schema
from generator.spec.tokens import FORMS, TokensSpec
from tests.manifest.conftest import Complaints

PATCHES = "tokens: {kind: patches, length: 8, stride: 4, special: [0]}"


def stating(good: str, tokens: str) -> str:
    """The right manifest (windows of 64 rows), with a statement in its second report."""
    assert "exports: [svg]" in good
    return good.replace("exports: [svg]", tokens, 1)


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ("tokens: timesteps", TokenKind.TIMESTEPS),
        (PATCHES, TokensSpec(kind="patches", length=8, stride=4, special=(0,))),
        ("tokens: {kind: timesteps, special: [0]}", TokensSpec(kind="timesteps", special=(0,))),
        ("tokens: {kind: sensors, special: [0, -1]}", TokensSpec(kind="sensors", special=(0, -1))),
        (
            "tokens: {kind: patches, length: 9, stride: 5, start: -5}",
            TokensSpec(kind="patches", length=9, stride=5, start=-5),
        ),
    ],
)
def test_a_statement_arrives_as_it_is_made(
    project: Path, good: str, tokens: str, expected: TokenKind | TokensSpec
) -> None:
    """A kind, or a mapping, in the program and in the JSON Schema."""
    text = stating(good, tokens)
    (project / "m.yaml").write_text(text)
    assert load_manifest(project / "m.yaml").reports[1].tokens == expected
    jsonschema.validate(yaml.safe_load(text), build_manifest_schema())


CASES = [
    ("tokens: ▸[sensors]",
     "tokens: must be one of sensors, timesteps, patches, text, positions (found a list)"),
    ("tokens: ▸8",
     "tokens: must be one of sensors, timesteps, patches, text, positions (found 8)"),
    ("▸tokens: {special: [0]}", "tokens.kind: is missing; for example kind: patches"),
    ("tokens: {kind: ▸patch, length: 8}",
     "tokens.kind: must be one of sensors, timesteps, patches (found patch; did you mean "
     "'patches'?)"),
    ("tokens: {kind: ▸text}",
     "tokens.kind: must be one of sensors, timesteps, patches (found text)"),
    ("tokens: {kind: patches, length: 8, ▸strid: 4}",
     "tokens.strid: unknown key (did you mean 'stride'?)"),
    ("▸tokens: {kind: patches, stride: 4}",
     "tokens.length: is missing; a patch is so many rows, for example length: 8"),
    ("tokens: {kind: patches, length: ▸0}", "tokens.length: must be at least 1 (found 0)"),
    ('tokens: {kind: patches, length: ▸"8"}',
     'tokens.length: must be a whole number (found "8")'),
    ("tokens: {kind: patches, length: ▸65}",
     "tokens.length: is longer than the dataset's window of 64 rows (found 65)"),
    ("tokens: {kind: patches, length: ▸9, stride: 4}",
     "tokens.length: leaves 3 of the window's 64 rows over; add start: 0 where the model drops "
     "the last, start: 3 where it drops the first, -1 where it pads before"),
    ("tokens: {kind: patches, length: 8, stride: ▸0}",
     "tokens.stride: must be at least 1 (found 0)"),
    ("tokens: {kind: patches, length: 8, start: ▸64}",
     "tokens.start: the first patch must hold a row of the window's 64 (found 64)"),
    ("tokens: {kind: patches, length: 8, start: ▸-8}",
     "tokens.start: the first patch must hold a row of the window's 64 (found -8)"),
    ("tokens: {kind: patches, length: 8, start: ▸first}",
     "tokens.start: must be a whole number (found first)"),
    ("tokens: {kind: sensors, ▸length: 8}",
     "tokens.length: is for patches; a token of sensors needs no length"),
    ("tokens: {kind: timesteps, ▸stride: 8}",
     "tokens.stride: is for patches; a token of timesteps needs no stride"),
    ("tokens: {kind: sensors, ▸start: 8}",
     "tokens.start: is for patches; a token of sensors needs no start"),
    ("tokens: {kind: sensors, special: ▸0}", "tokens.special: must be a list (found 0)"),
    ("tokens: {kind: sensors, special: [0, ▸cls]}",
     "tokens.special[1]: must be a whole number (found cls)"),
    ("tokens: {kind: sensors, special: [0, ▸0]}", "tokens.special[1]: 0 is listed twice"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "said"), CASES, ids=[case[0] for case in CASES])
def test_each_mistake_has_its_place_and_its_words(
    complaints: Complaints, good: str, wrong: str, said: str
) -> None:
    """One slip, one line, at the value, the unknown key, or the parent of a missing one."""
    before, after = stating(good, wrong).split("▸")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    assert complaints(before + after) == [f"m.yaml:{line}:{column}: reports[1].{said}"]


@pytest.mark.parametrize(
    "tokens",
    [
        "tokens: patch",
        "tokens: {special: [0]}",
        "tokens: {kind: text}",
        "tokens: {kind: patches}",
        "tokens: {kind: patches, length: 0}",
        "tokens: {kind: sensors, length: 8}",
        "tokens: {kind: timesteps, special: 0}",
        "tokens: {kind: timesteps, specials: [0]}",
    ],
)
def test_the_schema_refuses_what_the_program_refuses(good: str, tokens: str) -> None:
    """Which keys belong to which kind stands in the JSON Schema too."""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(stating(good, tokens)), build_manifest_schema())


def test_no_key_of_the_file_is_called_like_a_form() -> None:
    """The steps that are taken out of a mistake's path can be no key: a key has no angles."""
    assert all(form.startswith("<") and form.endswith(">") for form in FORMS)
    assert not FORMS & set(TokensSpec.model_fields)

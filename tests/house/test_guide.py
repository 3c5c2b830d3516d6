"""The guide by task is true: its commands run."""

from __future__ import annotations

from pathlib import Path

from tests.house.guide import Block, find_blocks, find_failures
from tests.house.map import CONTRIBUTING
from tests.house.offenders import check_none
from tests.house.tree import ROOT


def test_the_commands_of_the_guide_run() -> None:
    """Every block of commands in the guide ends with 0, from the root of the checkout."""
    blocks = find_blocks((ROOT / CONTRIBUTING).read_text(encoding="utf-8"))
    assert len({block.task for block in blocks}) >= 3
    check_none(find_failures(blocks, ROOT), "mend the command in CONTRIBUTING, or what it shows")


def test_blocks_are_those_of_the_guide(tmp_path: Path) -> None:
    """Blocks of other sections or languages are left out; a command that fails is told."""
    text = (
        "# A\n```sh\nfalse\n```\n## A guide by task\n### one\n```sh\npwd\ntrue\n```\n"
        "### two\n```python\n1\n```\n```sh\nfalse\ntrue\n```\n## B\n### three\n```sh\nfalse\n```\n"
    )
    blocks = find_blocks(text)
    assert blocks == [Block("one", "pwd\ntrue\n"), Block("two", "false\ntrue\n")]
    assert list(find_failures(blocks, tmp_path)) == ["two: ended with 1\nfalse\ntrue\n"]

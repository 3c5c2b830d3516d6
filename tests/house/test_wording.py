"""Nouns take their plural in one place, `generator.words`, for pages and messages alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from generator.words import pluralise
from tests.house.offenders import check_none
from tests.house.tree import ROOT

HOME = Path("generator/words.py")
ENDINGS = (
    r"""['"]e?s['"] \*""",  # 's' * (n > 1)
    r"""\*\s*['"]e?s['"]""",
    r"""(?<!\w)['"](e?s|ies)\b[^'"]*['"] if """,  # "s are" if n != 1
    r"""else ['"](e?s|ies)\b""",
    r"""~ ['"](e?s|ies)\b""",  # word ~ "s"
    r"""\}\}(e?s|ies)\b(?!/)""",  # {{ word }}s
    r"""(?<!\{)\{[a-z_.]+\}(e?s|ies)\b""",  # f"{word}s"
)
PAIR = re.compile(
    r"""['"](?P<one>[\w ]*[a-z])['"] if [^{}]{0,60}?[=<>] ?[12] else """
    r"""['"](?P<many>[\w ]+)['"]"""
)
"""`"copy" if n == 1 else "copies"`; verbs such as `"stands" if …` are no nouns."""
ENDING = re.compile("|".join(ENDINGS))


def find_own_plurals(root: Path) -> Iterator[str]:
    """Lines of modules and templates that put an ending to a noun themselves."""
    modules = (path for path in (root / "generator").rglob("*.py") if "starter" not in path.parts)
    for path in (*modules, *(root / "templates").rglob("*.j2")):
        name = path.relative_to(root)
        if name == HOME or "templates" in name.parts[1:]:
            continue
        for at, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            pairs = (hit for hit in PAIR.finditer(line) if pluralise(hit["one"]) == hit["many"])
            for hit in (*ENDING.finditer(line), *pairs):
                yield f"{name}:{at}: {hit[0]}"


def test_no_module_or_template_makes_a_plural_itself() -> None:
    """`count_noun`, `inflect` and `pluralise` do, for all of them."""
    check_none(
        find_own_plurals(ROOT), "say it with `count_noun`, `inflect` or `pluralise` of words.py"
    )


WAYS = (
    """f"{n} row{'s' * (n > 1)}\"""",
    """{{ word }}s of""",
    """{{ "s" if n != 1 }}""",
    """{{ "copy" if n == 1 else "copies" }}""",
    """"inside " ~ word ~ "s\"""",
    """f"{count} {noun}s\"""",
)


def test_each_way_to_make_one_is_found(tmp_path: Path) -> None:
    """The ways in which it was done before, a line each."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "generator").mkdir()
    (tmp_path / "templates" / "page.md.j2").write_text("\n".join(WAYS), encoding="utf-8")
    lines = [hit.split(":")[1] for hit in find_own_plurals(tmp_path)]
    missed = [way for at, way in enumerate(WAYS, start=1) if str(at) not in lines]
    check_none(missed, "a plural made in this way is not found")

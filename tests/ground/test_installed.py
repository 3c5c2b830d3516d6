"""What other packages offer is found by name and digested without running any of it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from generator.errors import InputError
from generator.hashing import canonical_json
from generator.installed import (
    AGENTS,
    MODELS,
    find_installed_code,
    find_installed_point,
    list_installed,
)

SOURCE = "raise SystemExit('this package was imported')\n"


def install(folder: Path, package: str, offers: str) -> None:
    """A package's metadata, as an installer leaves it."""
    info = folder / f"{package}-2.5.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 2.5\n")
    (info / "entry_points.txt").write_text(offers)


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One package that offers a model source, and whose import would end everything."""
    install(tmp_path, "kiln_kit", f"[{MODELS}]\nkiln = kiln_kit.nets:load\n")
    (tmp_path / "kiln_kit").mkdir()
    (tmp_path / "kiln_kit" / "__init__.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_names_are_found_by_group(library: Path) -> None:
    """A source is a source and no agent."""
    assert "kiln" in list_installed(MODELS)
    assert "kiln" not in list_installed(AGENTS)
    assert find_installed_point(MODELS, "nowhere") is None


def test_code_is_digested_and_not_run(library: Path) -> None:
    """The digest is over the package's source files by name; importing them would end this test."""
    code = find_installed_code(MODELS, "kiln")
    table = {"__init__.py": hashlib.sha256(SOURCE.encode()).hexdigest()}
    assert code
    assert code.sha256 == hashlib.sha256(canonical_json(table)).hexdigest()
    assert (code.role, code.package, code.version) == ("model source", "kiln_kit", "2.5")


def test_a_changed_source_changes_the_digest(library: Path) -> None:
    """One more file is enough, whatever the version says."""
    before = find_installed_code(MODELS, "kiln")
    (library / "kiln_kit" / "nets.py").write_text("x = 1\n")
    assert find_installed_code(MODELS, "kiln") != before


def test_a_single_file_has_a_digest_too(library: Path) -> None:
    """A package may be one module."""
    install(library, "one_file", f"[{AGENTS}]\none = one_file:Agent\n")
    (library / "one_file.py").write_text("x = 1\n")
    table = {"one_file.py": hashlib.sha256(b"x = 1\n").hexdigest()}
    code = find_installed_code(AGENTS, "one")
    assert code
    assert code.sha256 == hashlib.sha256(canonical_json(table)).hexdigest()


def test_this_programs_own_code_is_in_its_own_digest() -> None:
    """The shipped agents are no other package's code."""
    assert find_installed_code(AGENTS, "combustion-optimizer") is None


def test_two_packages_under_one_name_are_refused(library: Path) -> None:
    """Nobody is taken by chance."""
    install(library, "other_kit", f"[{MODELS}]\nkiln = other_kit:load\n")
    says = "two installed packages offer 'kiln': kiln_kit.nets:load and other_kit:load; uninstall"
    with pytest.raises(InputError, match=says):
        find_installed_point(MODELS, "kiln")


def test_a_module_that_went_away_is_named(library: Path) -> None:
    """Metadata without its module: what to do is said."""
    install(library, "gone", f"[{MODELS}]\ngone = not_there_any_more:load\n")
    says = r"'gone': its module 'not_there_any_more' is not there; install its package again"
    with pytest.raises(InputError, match=says):
        find_installed_code(MODELS, "gone")

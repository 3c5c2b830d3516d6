"""What the tests of this room share: one build of its manifest, where the data is here."""

from __future__ import annotations

import pytest

from tests.real.made import Made, absent, make


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Every report and the site, built once; skipped where a data file is absent."""
    missing = absent()
    if missing:
        pytest.skip(f"measured data (../shared/data) is not here: {', '.join(missing)}")
    return make(tmp_path_factory.mktemp("real"))

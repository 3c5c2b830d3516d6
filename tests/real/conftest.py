"""What the tests of this room share: one build of its manifest, where the data is here."""

from __future__ import annotations

import pytest

from tests.real.site_build import SiteBuild, build_site, list_absent


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> SiteBuild:
    """Every report and the site, built once; skipped where a data file is absent."""
    missing = list_absent()
    if missing:
        pytest.skip(f"measured data (../shared/data) is not here: {', '.join(missing)}")
    return build_site(tmp_path_factory.mktemp("real"))

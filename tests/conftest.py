"""What tests outside the rooms share."""

import os
from pathlib import Path

import pytest

from tests.architecture.house import ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of public data sets; the test is skipped on a machine that has none."""
    folder = Path(os.environ.get("BALAI_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("no public data sets here (BALAI_SHARED_DATA)")
    return folder

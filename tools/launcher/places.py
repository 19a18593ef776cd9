"""Where things are in this checkout."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
SOURCE = ROOT / "src" / "balai"
NODE_MODULES = ROOT / "node_modules"
VENDOR_LIST = SOURCE / "foundation" / "web" / "vendor.toml"
VENDOR_FOLDER = SOURCE / "foundation" / "web" / "static" / "vendor"


def data_folder(given: str | None = None) -> Path:
    """Return the data folder: what was given, else ``BALAI_DATA``, else ``.balai/`` in the checkout."""
    return Path(given or os.environ.get("BALAI_DATA") or ROOT / ".balai").expanduser().resolve()

"""Find the browser that tests drive. None is ever downloaded."""

import shutil

APT_LINE = "apt-get install -y chromium"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """Return the path of an installed Chromium or Chrome, or ``None``."""
    return next((path for path in map(shutil.which, NAMES) if path), None)

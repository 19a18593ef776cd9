"""Adding a module touches its own folder and one line of a list: shown by adding one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.house import ROOT

MODULE = """
from balai.foundation.registry.descriptor import Module
from balai.foundation.web.contributions import MenuItem

module = Module(
    slug="tourism",
    label="Tourism",
    mount="tourism/",
    urls="balai_extra.tourism.urls",
    gives=(MenuItem(label="Sights", view="tourism:list", icon="map"),),
)
"""
URLS = """
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import path

app_name = "tourism"
urlpatterns = [path("", login_not_required(lambda request: HttpResponse("Kebun Raya")), name="list")]
"""
APPS = """
from django.apps import AppConfig

class TourismConfig(AppConfig):
    name = "balai_extra.tourism"
    label = "tourism"
"""
# What a city's fork adds is one line in config/modules.py; here the list is longer by that line.
SETTINGS = """
import balai.config.modules as listed

listed.MODULES.append("balai_extra.tourism")
from balai.config.settings.test import *
"""
ASK = """
import json
import django
django.setup()
from django.core.checks import run_checks
from django.test import Client
from django.test.utils import setup_test_environment
from balai.foundation.registry.discover import contributions, modules
from balai.foundation.web.contributions import MenuItem
from django.urls import reverse

setup_test_environment()
print(json.dumps({
    "problems": [str(problem) for problem in run_checks() if problem.is_serious()],
    "modules": [module.slug for module in modules()],
    "menu": [item.view for item in contributions(MenuItem)],
    "address": reverse("tourism:list"),
}))
"""


@pytest.fixture
def with_tourism(tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "balai_extra" / "tourism"
    folder.mkdir(parents=True)
    for path, text in {
        folder.parent / "__init__.py": "",
        folder / "__init__.py": "",
        folder / "apps.py": APPS,
        folder / "module.py": MODULE,
        folder / "urls.py": URLS,
        tmp_path / "settings_with_tourism.py": SETTINGS,
    }.items():
        path.write_text(text, "utf-8")
    env = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "BALAI_DATA"}}
    return {
        **env,
        "PYTHONPATH": f"{tmp_path}:{ROOT / 'src'}",
        "DJANGO_SETTINGS_MODULE": "settings_with_tourism",
        "BALAI_DATA": str(tmp_path / "data"),
    }


def test_one_line_brings_menu_address_and_checks(with_tourism: dict[str, str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        env=with_tourism,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["problems"] == []
    assert "tourism" in told["modules"]
    assert "complaints" in told["modules"]
    assert "tourism:list" in told["menu"]
    assert told["address"] == "/tourism/"


def test_a_bad_descriptor_is_refused_at_the_door(with_tourism: dict[str, str], tmp_path: Path) -> None:
    descriptor = tmp_path / "balai_extra" / "tourism" / "module.py"
    descriptor.write_text(MODULE.replace('mount="tourism/"', 'mount="/tourism"'), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "django", "check"],
        env=with_tourism,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode != 0
    assert "balai.E002" in done.stderr

"""The one context processor: what every template may read under ``frame``."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from balai.foundation.registry.discover import contributions
from balai.foundation.web import assets
from balai.foundation.web.contributions import MenuItem, SearchSection
from balai.foundation.web.preferences import rail_of, theme_of
from balai.foundation.web.queries import CityFace, city_face
from balai.foundation.web.theme import theme_of_face

DOORS_ON_A_TELEPHONE = 4


@dataclass(frozen=True, kw_only=True)
class Door:
    """A menu item as this person sees it now."""

    label: Any
    text: Any
    short: Any
    url: str
    icon: str
    shortcut: str
    is_here: bool
    count: int = 0


class Frame:
    """What the frame shows. Everything is worked out only when a template asks."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def face(self) -> CityFace:
        """Return city and brand."""
        return city_face()

    @property
    def name(self) -> str:
        """Return the name of the service as the city chose it."""
        return self.face.service_name

    @property
    def tagline(self) -> str:
        """Return the city's sentence in the language of the page."""
        return self.face.tagline_en if get_language() == "en" and self.face.tagline_en else self.face.tagline_id

    @property
    def theme_choice(self) -> str:
        """Return auto, light or dark."""
        return theme_of(self.request)

    @property
    def rail_choice(self) -> str:
        """Return wide or narrow."""
        return rail_of(self.request)

    @property
    def theme_url(self) -> str:
        """Return the address of the city's colours, with their hash."""
        return reverse("web:theme", args=[theme_of_face(self.face).hash])

    @cached_property
    def islands(self) -> str:
        """Return the addresses of the islands, of the outlines and of the street map as JSON."""
        return json.dumps({**assets.island_addresses(), **self._ground()}, separators=(",", ":"))

    def _ground(self) -> dict[str, str]:
        if not self.face.exists:
            return {}
        outlines = reverse("places:outlines", args=["village"])
        ground = {"outlines": f"{outlines}?v={self.face.boundary_version}"}
        if self.face.tile_url:
            ground |= {"tiles": self.face.tile_url, "credit": self.face.tile_attribution}
        return ground

    @property
    def version(self) -> str:
        """Return the version of the program."""
        return assets.program_version()

    @property
    def is_demo(self) -> bool:
        """Return whether this is a demonstration."""
        return bool(settings.BALAI_DEMO)

    @cached_property
    def is_signed_in(self) -> bool:
        """Return whether somebody is signed in, without touching the session where there is none."""
        if settings.SESSION_COOKIE_NAME not in self.request.COOKIES and not _is_resolved(self.request):
            return False
        user = getattr(self.request, "user", None)
        return bool(user is not None and user.is_authenticated)

    @property
    def sign_in_url(self) -> str:
        """Return the address of the sign-in page."""
        return _address("account_login")

    @property
    def sign_out_url(self) -> str:
        """Return the address of the sign-out page."""
        return _address("account_logout")

    @property
    def inbox_url(self) -> str:
        """Return where staff begin."""
        return settings.LOGIN_REDIRECT_URL

    @property
    def search_url(self) -> str:
        """Return where the magnifying glass leads; empty when no module searches."""
        return _address("web:search") if contributions(SearchSection) else ""

    @cached_property
    def doors(self) -> list[Door]:
        """Return the doors for residents."""
        return self._doors("resident")

    @property
    def main_doors(self) -> list[Door]:
        """Return the doors of the telephone's bottom bar."""
        return self.doors[:DOORS_ON_A_TELEPHONE]

    @cached_property
    def foot(self) -> list[Door]:
        """Return the links which modules put into the footer."""
        return self._doors("foot")

    @cached_property
    def rail(self) -> list[Door]:
        """Return the rooms of the desk that this person may enter, with their counts."""
        if not self.is_signed_in:
            return []
        return self._doors("staff")

    def _doors(self, audience: str) -> list[Door]:
        items = sorted((item for item in contributions(MenuItem) if item.audience == audience), key=_by_order)
        found = [(item, _address(item.view)) for item in items if self._may_see(item)]
        here = _longest_match(self.request.path, [url for _, url in found])
        return [
            Door(
                label=item.label,
                text=item.text,
                short=item.short or item.label,
                url=url,
                icon=item.icon,
                shortcut=item.shortcut,
                is_here=url == here,
                count=_count(item, self.request),
            )
            for item, url in found
            if url
        ]

    def _may_see(self, item: MenuItem) -> bool:
        if not item.permission:
            return True
        authority = getattr(self.request, "authority", None)
        return bool(authority is not None and authority.may(item.permission))


def frame(request: HttpRequest) -> dict[str, Frame]:
    """Return the frame, one per request however many fragments it renders."""
    known = getattr(request, "balai_frame", None)
    if known is None:
        known = Frame(request)
        request.balai_frame = known  # type: ignore[attr-defined]
    return {"frame": known}


def _by_order(item: MenuItem) -> int:
    return item.order


def _address(view: str) -> str:
    # A module that is switched off has no address: its door disappears with it. checks.py proves the others.
    try:
        return reverse(view)
    except NoReverseMatch:
        return ""


def _longest_match(path: str, urls: list[str]) -> str:
    matches = [url for url in urls if url and (path == url or (url != "/" and path.startswith(url)))]
    return max(matches, key=len, default="")


def _count(item: MenuItem, request: HttpRequest) -> int:
    if not item.count:
        return 0
    count: Callable[..., int | None] = import_string(item.count)
    return count(request=request) or 0


def _is_resolved(request: HttpRequest) -> bool:
    # Somebody has asked for the user before (a staff view did): then it costs nothing to ask again.
    return "_cached_user" in request.__dict__

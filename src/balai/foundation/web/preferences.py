"""Small choices kept in cookies: language, light or dark, a narrow rail. They say nothing about a person."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

THEME_COOKIE = "balai_theme"
RAIL_COOKIE = "balai_rail"
THEMES = ("auto", "light", "dark")
RAILS = ("wide", "narrow")
LANGUAGES = tuple(code for code, _ in settings.LANGUAGES)
ONE_YEAR = 365 * 24 * 3600


def theme_of(request: HttpRequest) -> str:
    """Return auto, light or dark."""
    chosen = request.COOKIES.get(THEME_COOKIE, "auto")
    return chosen if chosen in THEMES else "auto"


def rail_of(request: HttpRequest) -> str:
    """Return wide or narrow."""
    chosen = request.COOKIES.get(RAIL_COOKIE, "wide")
    return chosen if chosen in RAILS else "wide"


def chosen_language(request: HttpRequest) -> str:
    """Return the language that somebody chose here; empty where nobody has."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in LANGUAGES else ""


def language_of(request: HttpRequest) -> str:
    """Return the chosen language, else the city's."""
    return chosen_language(request) or settings.LANGUAGE_CODE


def keep(response: HttpResponse, *, name: str, value: str) -> None:
    """Keep a choice for a year."""
    response.set_cookie(
        name, value, max_age=ONE_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True
    )

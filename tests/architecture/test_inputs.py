"""Inputs that a browser fills and reads itself: what we write into them is what it understands, in every language."""

from collections.abc import Iterator
from datetime import date, time

import pytest
from django import forms
from django.conf import settings
from django.urls import get_resolver
from django.utils import translation

# (type of the input, what is shown, what a browser takes; anything else leaves the input empty)
READ = {"date": (date(2026, 11, 6), "2026-11-06"), "time": (time(3, 0), "03:00")}


def _forms(above: type[forms.BaseForm] = forms.BaseForm) -> Iterator[type[forms.BaseForm]]:
    for form in above.__subclasses__():
        yield form
        yield from _forms(form)


def _inputs() -> list[tuple[str, str, forms.Widget]]:
    """Return (place, type, widget) of every date and time input that a form of ours declares."""
    get_resolver().url_patterns  # noqa: B018 - loads every view, and with them every form
    return [
        (f"{form.__module__}.{form.__name__}.{name}", field.widget.input_type, field.widget)
        for form in _forms()
        if form.__module__.startswith("balai.")
        for name, field in getattr(form, "base_fields", {}).items()
        if getattr(field.widget, "input_type", "") in READ
    ]


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_days_and_times_are_written_as_browsers_read_them(language: str) -> None:
    inputs = _inputs()
    assert {kind for _place, kind, _widget in inputs} == set(READ)
    with translation.override(language):
        wrong = [
            (place, html)
            for place, kind, widget in inputs
            if f'value="{READ[kind][1]}"' not in (html := widget.render("x", READ[kind][0]))
        ]
    assert not wrong


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_what_a_browser_sends_and_what_people_type_is_read(language: str) -> None:
    with translation.override(language):
        assert forms.DateField().clean("2026-11-06") == date(2026, 11, 6)
        assert forms.TimeField().clean("03:00") == time(3, 0)
    with translation.override("id"):
        assert forms.DateField().clean("06-11-2026") == date(2026, 11, 6)
        assert forms.TimeField().clean("03.00") == time(3, 0)

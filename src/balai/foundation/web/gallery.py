"""Samples for the gallery of components: made up, in English, and shown to developers only."""

from datetime import datetime, timedelta
from typing import Any

from django import forms


class SampleForm(forms.Form):
    """Every kind of field once."""

    name = forms.CharField(label="Name", required=False, help_text="Only the responsible post sees it.")
    phone = forms.CharField(label="Telephone", widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}))
    text = forms.CharField(label="What is the matter?", widget=forms.Textarea, min_length=20)
    district = forms.ChoiceField(
        label="District", choices=[("", "Choose"), ("1", "Klojen"), ("2", "Lowokwaru"), ("3", "Kedungkandang")]
    )
    shown = forms.ChoiceField(
        label="Who may see your name?",
        widget=forms.RadioSelect,
        choices=[
            ("hidden", "Name hidden from the public"),
            ("open", "Shown to everyone"),
            ("none", "Nobody knows who I am"),
        ],
    )
    days = forms.MultipleChoiceField(
        label="When does it happen?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("m", "In the morning"), ("n", "At night")],
    )
    agreed = forms.BooleanField(label="I have checked the place on the map")
    photo = forms.FileField(label="Photo", required=False)
    day = forms.DateField(label="Since when?", required=False, widget=forms.DateInput(attrs={"type": "date"}))


def samples(*, at: datetime) -> dict[str, Any]:
    """Return what the gallery shows, relative to ``at``."""
    hour, day = timedelta(hours=1), timedelta(days=1)
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    counts: list[float | None] = [312, 287, 344, 398, None, None, 421, 405, 388, 452, 467, 431]
    return {
        "soon": at + 3 * hour,
        "later": at + 3 * day,
        "late": at - 3 * day,
        "past": at - 26 * hour,
        "states": [
            ("info", "In progress"),
            ("good", "Fixed, confirmed"),
            ("attention", "Waiting for you"),
            ("late", "3 days past the promise"),
            ("", "Withdrawn"),
        ],
        "agencies": [
            {"label": "Public Works", "share": 0.62, "value": 812, "low": 0.58, "high": 0.65},
            {"label": "Environment", "share": 0.91, "value": 644, "low": 0.88, "high": 0.93},
            {
                "label": "Transport and traffic, street lighting and parking supervision",
                "share": 0.78,
                "value": 301,
                "low": 0.73,
                "high": 0.82,
            },
            {"label": "Water company", "share": 0.5, "value": 18, "low": 0.29, "high": 0.71, "state": "quiet"},
        ],
        "categories": [
            {"label": "Road damage", "value": 1204, "url": "#"},
            {"label": "Rubbish", "value": 866},
            {"label": "Street lamp", "value": 402},
            {"label": "Noise", "value": 9},
        ],
        "months": [{"label": label, "value": value} for label, value in zip(months, counts, strict=True)],
        "few": [3, 5, 4, 8, None, 9, 12, 11],
        "facts": [
            {"label": "Place", "value": "Jalan Soekarno Hatta, Mojolangu, Lowokwaru"},
            {"label": "Responsible", "value": "Head of road maintenance", "note": "Public Works"},
            {"label": "Category", "value": "Road damage", "url": "#"},
        ],
        "steps": [
            {"label": "Received", "at": at - 4 * day, "state": "done"},
            {"label": "Checked", "at": at - 3 * day, "state": "done"},
            {"label": "In progress", "at": at - 2 * day, "state": "now"},
            {"label": "Answered", "at": None, "state": "next"},
            {"label": "Confirmed", "at": None, "state": "next"},
        ],
        "timeline": [
            {
                "title": "Work has begun",
                "at": at - 26 * hour,
                "who": "Head of road maintenance",
                "text": "The road will be closed on Saturday between 8 and 11.",
                "item_class": "now",
                "icon": "wrench",
            },
            {"title": "Past the promise", "at": at - 26 * hour, "item_class": "late", "icon": "clock-alert"},
            {"title": "Received", "at": at - 3 * day, "who": "Web", "text": "Water on the road.", "icon": "inbox"},
        ],
        "lines": [
            {
                "title": "Hole in front of the primary school, already two accidents",
                "meta": ("Lowokwaru", "2 days"),
                "due": at - 2 * day,
                "due_class": "late",
                "state": "late",
                "word": "Late",
            },
            {
                "title": "Lamp dark for a week",
                "meta": ("Klojen", "5 hours"),
                "due": at + 4 * hour,
                "due_class": "attention",
                "state": "info",
                "word": "In progress",
            },
            {
                "title": "Rubbish",
                "meta": ("Sukun", "1 hour"),
                "due": at + 6 * day,
                "due_class": "",
                "state": "",
                "word": "New",
            },
        ],
    }

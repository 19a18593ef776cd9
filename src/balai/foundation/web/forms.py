"""The form for name, colours and mark."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from balai.foundation.web.actions import UnusableMark, read_mark
from balai.foundation.web.rules.colours import NotAColour, parse_colour

_UNUSABLE = {
    "large": _("The file is too large. The other fields are kept. Choose a mark under 200 KB."),
    "drawing": _("The file is not an SVG drawing we can read. The other fields are kept. Choose an SVG or a PNG."),
    "picture": _("The PNG cannot be read. The other fields are kept. Save it anew and choose it again."),
}
_TILES = re.compile(r"https://[A-Za-z0-9.{}*:-]+(/[^\s\"'<>]*)?")


class BrandForm(forms.Form):
    """What a city may choose about its face."""

    service_name = forms.CharField(
        label=_("Name of the service"), max_length=60, help_text=_("Stands at the top of every page.")
    )
    tagline_id = forms.CharField(
        label=_("Sentence on the home page, Indonesian"),
        max_length=160,
        required=False,
        help_text=_("One sentence that says what people can do here. Empty: our own sentence with the city's name."),
    )
    tagline_en = forms.CharField(label=_("Sentence on the home page, English"), max_length=160, required=False)
    colour = forms.CharField(
        label=_("Colour of the city"),
        max_length=7,
        widget=forms.TextInput(attrs={"type": "color"}),
        help_text=_("All other colours are worked out from it, so that everything stays readable."),
    )
    mark = forms.FileField(
        label=pgettext_lazy("city", "Mark"),
        required=False,
        help_text=_("SVG or PNG, under 200 KB. A square one reads best."),
    )
    remove_mark = forms.BooleanField(label=_("Take the present mark away"), required=False)
    tile_url = forms.CharField(
        label=_("Address of the street map"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false"}),
        help_text=_("With {z}, {x} and {y}. Empty: maps show the outlines of the villages only."),
    )
    tile_attribution = forms.CharField(
        label=_("Who made the street map"), max_length=200, required=False, help_text=_("Shown in a corner of the map.")
    )

    def clean_colour(self) -> str:
        """Return the colour as #rrggbb."""
        try:
            return parse_colour(self.cleaned_data["colour"])
        except NotAColour as problem:
            raise ValidationError(_("This is not a colour. Write it like #0b5e63.")) from problem

    def clean_mark(self) -> str | None:
        """Return the cleaned drawing, or None when none was sent."""
        upload = self.cleaned_data.get("mark")
        if not upload:
            return None
        try:
            return read_mark(upload=upload)
        except UnusableMark as problem:
            raise ValidationError(_UNUSABLE[problem.reason]) from problem

    def clean_tile_url(self) -> str:
        """Return the address, which must be https and name zoom, column and row."""
        address: str = self.cleaned_data["tile_url"].strip()
        if address and not (_TILES.fullmatch(address) and all(part in address for part in ("{z}", "{x}", "{y}"))):
            raise ValidationError(_("The address must begin with https:// and hold {z}, {x} and {y}."))
        return address

    def clean(self) -> dict[str, Any]:
        """Turn the tick box into an empty mark."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("remove_mark") and not cleaned.get("mark"):
            cleaned["mark"] = ""
        if cleaned.get("tile_url") and not cleaned.get("tile_attribution"):
            self.add_error("tile_attribution", _("Street maps must name who made them, for example © OpenStreetMap."))
        return cleaned

"""Pages on which a city sets its name, colours and mark."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from balai.foundation.web import actions
from balai.foundation.web.forms import BrandForm
from balai.foundation.web.permissions import require_settings_permission
from balai.foundation.web.queries import city_face
from balai.foundation.web.rules.colours import NotAColour, report, tokens_for


@require_http_methods(["GET", "HEAD", "POST"])
def edit_brand(request: HttpRequest) -> HttpResponse:
    """Show and store name, colours and mark."""
    require_settings_permission(request)
    face = city_face()
    if request.method == "POST":
        form = BrandForm(request.POST, request.FILES)
        if form.is_valid():
            cleaned = {name: value for name, value in form.cleaned_data.items() if name not in ("mark", "remove_mark")}
            actions.change_brand(**cleaned, mark_svg=form.cleaned_data["mark"])
            messages.success(request, _("Saved. Everybody sees the new face within a few seconds."))
            return redirect("web:brand")
        status = 422
    else:
        form = BrandForm(initial={name: getattr(face, name) for name in BrandForm.base_fields if hasattr(face, name)})
        status = 200
    colour = form["colour"].value() or face.colour
    return render(request, "web/brand.html", {"form": form, **_palette(colour)}, status=status)


@require_safe
def preview_colour(request: HttpRequest) -> HttpResponse:
    """Show the colours that follow from one, with their contrast."""
    require_settings_permission(request)
    return render(request, "web/_palette.html", _palette(request.GET.get("colour", "")))


def _palette(colour: str) -> dict[str, object]:
    try:
        tokens = tokens_for(colour)
    except NotAColour:
        return {"palettes": [], "report": [], "was_changed": False}
    return {
        "palettes": [("light", tokens.light), ("dark", tokens.dark)],
        "report": report(tokens),
        "chosen": colour,
        "was_changed": tokens.light["brand"] != colour.lower(),
    }

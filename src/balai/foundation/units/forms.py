"""Forms about agencies, posts and who holds them."""

from collections import defaultdict
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from balai.foundation.identity.models import Role, User
from balai.foundation.units.models import Post, Unit
from balai.foundation.units.queries import active_posts
from balai.foundation.units.words import KINDS, LEVELS, SCOPES


class NamesForm(forms.Form):
    """What an agency is called."""

    name = forms.CharField(label=_("Full name"), max_length=200)
    short_name = forms.CharField(
        label=_("Short name"), max_length=60, help_text=_("Stands in lists and messages, for example Dinas PUPR.")
    )


class UnitForm(NamesForm):
    """A new agency."""

    kind = forms.ChoiceField(label=_("Kind"), choices=list(KINDS.items()))
    parent = forms.ModelChoiceField(
        label=_("Part of"), queryset=Unit.objects.filter(active=True), required=False, empty_label=_("Nothing above it")
    )

    def clean(self) -> dict[str, Any]:
        """Add the slug, which no other agency may have."""
        cleaned = super().clean() or self.cleaned_data
        slug = slugify(cleaned.get("short_name", ""))[:80]
        if slug and Unit.objects.filter(slug=slug).exists():
            self.add_error("short_name", _("Another agency has this short name. Choose one that tells them apart."))
        elif not slug and "short_name" in cleaned:
            self.add_error("short_name", _("A short name needs letters or digits."))
        cleaned["slug"] = slug
        return cleaned


def _post_choices(*, without: int | None = None, unit_id: int) -> list[Any]:
    """Return posts grouped by agency, those of the agency itself first."""
    grouped: dict[tuple[bool, str], list[tuple[int, str]]] = defaultdict(list)
    for post in active_posts():
        if post.pk != without:
            grouped[post.unit_id != unit_id, post.unit.short_name].append((post.pk, post.title))
    return [("", _("Choose a post")), *((name, posts) for (_far, name), posts in sorted(grouped.items()))]


class DeputyForm(forms.Form):
    """Who steps in for a post."""

    deputy = forms.TypedChoiceField(
        label=_("Deputy"),
        coerce=int,
        help_text=_("Acts while nobody holds the post. Another post, never the same one."),
    )

    def __init__(self, *args: Any, unit_id: int, post_id: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deputy"].choices = _post_choices(without=post_id, unit_id=unit_id)  # type: ignore[attr-defined]

    def clean_deputy(self) -> Post:
        """Return the post itself."""
        return Post.objects.get(pk=self.cleaned_data["deputy"])


class PostForm(DeputyForm):
    """A new post."""

    title = forms.CharField(label=_("Title of the post"), max_length=160)
    level = forms.ChoiceField(label=_("Level"), choices=list(LEVELS.items()))
    roles = forms.MultipleChoiceField(label=_("Roles"), widget=forms.CheckboxSelectMultiple)
    scope = forms.ChoiceField(label=_("Sees the work of"), choices=list(SCOPES.items()), initial="unit")
    field_order = ("title", "level", "roles", "scope", "deputy")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        english = get_language() == "en"
        self.fields["roles"].choices = [  # type: ignore[attr-defined]
            (role.slug, role.name_en if english else role.name_id) for role in Role.objects.order_by("name_id")
        ]

    def clean_roles(self) -> list[Role]:
        """Return the roles themselves."""
        return list(Role.objects.filter(slug__in=self.cleaned_data["roles"]))


class AppointForm(forms.Form):
    """Who holds a post: somebody who has an account, or somebody new."""

    user = forms.ModelChoiceField(
        label=_("Somebody who has an account"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Somebody new"),
    )
    name = forms.CharField(label=_("Name of somebody new"), max_length=120, required=False)
    email = forms.EmailField(
        label=_("E-mail address of somebody new"),
        required=False,
        help_text=_("They sign in with it. Nothing is sent: the next page shows a link that you hand over."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["user"]
        field.queryset = User.objects.filter(is_active=True).order_by("name")
        field.label_from_instance = lambda user: f"{user.name} ({user.email})"

    def clean(self) -> dict[str, Any]:
        """Insist on one of the two."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        if cleaned["user"] and (cleaned["name"] or cleaned["email"]):
            raise ValidationError(_("Choose somebody, or type name and address of somebody new: not both."))
        if not cleaned["user"]:
            for field in ("name", "email"):
                if not cleaned[field]:
                    self.add_error(field, _("Needed for somebody new. Or choose somebody above."))
        return cleaned

"""Begin with the usual agencies and an office for every district and village of the city."""

from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from balai.foundation.identity.actions import create_default_roles
from balai.foundation.identity.models import Role
from balai.foundation.places.queries import districts, villages
from balai.foundation.units.actions.changes import create_post, create_unit, set_deputy
from balai.foundation.units.data import typical_units
from balai.foundation.units.models import Post, Unit


@transaction.atomic
def create_offices(*, at: datetime) -> dict[str, Unit]:
    """Make the agencies of the usual list and the district and village offices that are not there; return all made."""
    there = set(Unit.objects.values_list("slug", flat=True))
    has_desk = Unit.objects.filter(is_central_desk=True).exists()
    made: dict[str, Unit] = {}
    for unit in typical_units():
        if unit.slug not in there:
            made[unit.slug] = create_unit(
                slug=unit.slug,
                name=unit.name,
                short_name=unit.short_name,
                kind=unit.kind,
                parent=made.get(unit.parent) or Unit.objects.filter(slug=unit.parent).first(),
                is_central_desk=unit.is_central_desk and not has_desk,
                at=at,
            )
    by_area: dict[int, Unit] = {}
    for district in districts():
        slug = f"kecamatan-{slugify(district.name)}"
        if slug not in there:
            made[slug] = create_unit(
                slug=slug,
                name=f"Kecamatan {district.name}",
                short_name=f"Kec. {district.name}",
                kind=Unit.Kind.DISTRICT,
                area_id=district.pk,
                at=at,
            )
        by_area[district.pk] = made.get(slug) or Unit.objects.get(slug=slug)
    names = {area.pk: slugify(area.name) for area in districts()}
    taken: set[str] = set()
    for village in villages():
        slug = f"kelurahan-{slugify(village.name)}"
        if slug in taken:
            # two districts may each have a village of the same name
            slug = f"{slug}-{names[village.parent_id or 0]}"
        taken.add(slug)
        if slug not in there:
            made[slug] = create_unit(
                slug=slug,
                name=f"Kelurahan {village.name}",
                short_name=f"Kel. {village.name}",
                kind=Unit.Kind.VILLAGE,
                parent=by_area.get(village.parent_id or 0),
                area_id=village.pk,
                at=at,
            )
    return made


@transaction.atomic
def load_typical(*, at: datetime) -> dict[str, Unit]:
    """Make the usual offices, each with a head and a handler who are each other's deputies, Sekda and mayor.

    Nobody holds the posts yet: each is an alarm until the city appoints somebody.
    """
    create_default_roles()
    made = create_offices(at=at)
    roles = {role.slug: role for role in Role.objects.all()}
    for unit in made.values():
        is_desk = unit.is_central_desk
        head = create_post(
            unit=unit,
            title=f"Kepala {unit.short_name}",
            level=Post.Level.HEAD,
            roles=[roles["head"]],
            scope="branch",
            at=at,
            setting_up=True,
        )
        handler = create_post(
            unit=unit,
            title=f"Petugas Penghubung {unit.short_name}",
            level=Post.Level.HANDLER,
            roles=[roles["central_desk"] if is_desk else roles["handler"]],
            scope="city" if is_desk else "unit",
            deputy=head,
            at=at,
        )
        set_deputy(post=head, deputy=handler, at=at)
    top = made.get("sekretariat-daerah")
    if top is not None:
        mayor = create_post(
            unit=top,
            title="Wali Kota / Bupati",
            level=Post.Level.MAYOR,
            roles=[roles["mayor"]],
            scope="city",
            at=at,
            setting_up=True,
        )
        secretary = create_post(
            unit=top,
            title="Sekretaris Daerah",
            level=Post.Level.SECRETARY,
            roles=[roles["secretary"]],
            scope="city",
            deputy=mayor,
            at=at,
        )
        set_deputy(post=mayor, deputy=secretary, at=at)
    return made

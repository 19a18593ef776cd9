"""Every write to agencies, posts and who holds them; each on the record."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from balai.foundation.events.actions import append
from balai.foundation.events.rules import SYSTEM, Actor
from balai.foundation.identity.models import Role, User
from balai.foundation.units.events import (
    DeputySet,
    HolderAppointed,
    HoldingEnded,
    PostCreated,
    UnitCreated,
    UnitRenamed,
)
from balai.foundation.units.models import Holding, Post, Unit


class DeputyMissing(Exception):
    """A post works only with a deputy."""


@transaction.atomic
def create_unit(
    *,
    slug: str,
    name: str,
    short_name: str,
    kind: str,
    at: datetime,
    parent: Unit | None = None,
    area_id: int | None = None,
    is_central_desk: bool = False,
    aliases: Sequence[str] = (),
    actor: Actor = SYSTEM,
) -> Unit:
    """Make an agency or a part of one."""
    unit = Unit.objects.create(
        slug=slug,
        name=name[:200],
        short_name=short_name[:60],
        kind=kind,
        parent=parent,
        area_id=area_id,
        is_central_desk=is_central_desk,
        aliases=list(aliases),
    )
    append(stream=f"unit:{unit.pk}", event=UnitCreated(slug=slug, unit_kind=kind), actor=actor, at=at)
    return unit


@transaction.atomic
def create_post(
    *,
    unit: Unit,
    title: str,
    level: str,
    roles: Sequence[Role],
    at: datetime,
    deputy: Post | None = None,
    scope: str = "unit",
    area_id: int | None = None,
    setting_up: bool = False,
    actor: Actor = SYSTEM,
) -> Post:
    """Make a post.

    :raises DeputyMissing: without a deputy, unless the unit is being set up (then it is an alarm).
    """
    if deputy is None and not setting_up:
        raise DeputyMissing(title)
    post = Post.objects.create(unit=unit, title=title[:160], level=level, deputy=deputy, scope=scope, area_id=area_id)
    post.roles.set(roles)
    append(stream=f"unit:{unit.pk}", event=PostCreated(post_id=post.pk, level=level), actor=actor, at=at)
    return post


@transaction.atomic
def rename_unit(*, unit: Unit, name: str, short_name: str, at: datetime, actor: Actor = SYSTEM) -> Unit:
    """Give an agency other names; nothing is written when they are the same."""
    name, short_name = " ".join(name.split())[:200], " ".join(short_name.split())[:60]
    if (unit.name, unit.short_name) == (name, short_name):
        return unit
    unit.name, unit.short_name = name, short_name
    unit.save(update_fields=["name", "short_name"])
    append(stream=f"unit:{unit.pk}", event=UnitRenamed(name=name, short_name=short_name), actor=actor, at=at)
    return unit


@transaction.atomic
def set_deputy(*, post: Post, deputy: Post, at: datetime, actor: Actor = SYSTEM) -> None:
    """Say who steps in for a post.

    :raises DeputyMissing: if a post were to be its own deputy.
    """
    if deputy.pk == post.pk:
        raise DeputyMissing(post.title)
    Post.objects.filter(pk=post.pk).update(deputy=deputy)
    append(stream=f"unit:{post.unit_id}", event=DeputySet(post_id=post.pk, deputy_id=deputy.pk), actor=actor, at=at)


@transaction.atomic
def appoint(*, post: Post, user: User, at: datetime, actor: Actor = SYSTEM) -> Holding:
    """Let a person hold a post from now on; whoever held it before stops. The same person again changes nothing."""
    # locked: two appointments at once must follow each other
    current = Holding.objects.select_for_update(of=("self",)).filter(post=post, valid_to__isnull=True).first()
    if current is not None:
        if current.user_id == user.pk:
            return current
        current.valid_to = at
        current.save(update_fields=["valid_to"])
    holding = Holding.objects.create(post=post, user=user, valid_from=at)
    append(stream=f"unit:{post.unit_id}", event=HolderAppointed(post_id=post.pk, user_id=user.pk), actor=actor, at=at)
    return holding


@transaction.atomic
def end_holding(*, post: Post, at: datetime, actor: Actor = SYSTEM) -> None:
    """Let nobody hold a post any more: the deputy acts, and an alarm shows it."""
    if Holding.objects.filter(post=post, valid_to__isnull=True).update(valid_to=at):
        append(stream=f"unit:{post.unit_id}", event=HoldingEnded(post_id=post.pk), actor=actor, at=at)

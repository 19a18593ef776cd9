"""Who may do what, who is responsible, and where nobody is."""

import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from balai.foundation.identity.models import User
from balai.foundation.units.models import Holding, Post, Unit
from balai.foundation.units.rules import Authority, Grant

SILENT_AFTER = timedelta(days=7)
NEXT_LEVEL = {"handler": "head", "head": "secretary", "secretary": "mayor"}


class NobodyThere(Exception):
    """No active person holds a post of this level, its deputy's, or any above."""


@dataclass(frozen=True)
class Alarm:
    """A place where nobody is. ``code``: no_holder, no_deputy, inactive_holder, silent."""

    code: str
    post: Post
    since: datetime | None = None


def holding_now(at: datetime) -> Q:
    """Return the condition of a holding that is in force."""
    return Q(valid_from__lte=at) & (Q(valid_to__isnull=True) | Q(valid_to__gt=at))


def _held(at: datetime) -> QuerySet[Holding]:
    return Holding.objects.filter(holding_now(at), user__is_active=True, post__active=True)


def _branches() -> dict[int, set[int]]:
    children: dict[int, list[int]] = defaultdict(list)
    for pk, parent in Unit.objects.values_list("pk", "parent_id"):
        if parent is not None:
            children[parent].append(pk)

    def below(unit: int) -> set[int]:
        found = {unit}
        for child in children.get(unit, ()):
            found |= below(child)
        return found

    return {unit: below(unit) for unit in list(children)}


# Every page of every officer asks this first. Built by the query builder it cost more than the database took to answer.
_HELD = """
    SELECT holding.post_id FROM units_holding AS holding
    WHERE holding.valid_from <= %(at)s AND (holding.valid_to IS NULL OR holding.valid_to > %(at)s)
"""
_MY_POSTS = f"""
    SELECT post.id, post.title, post.level, post.unit_id, post.scope, post.area_id, area.level, role.permissions
    FROM units_post AS post
    LEFT JOIN places_area AS area ON area.id = post.area_id
    LEFT JOIN units_post_roles AS given ON given.post_id = post.id
    LEFT JOIN identity_role AS role ON role.id = given.role_id
    WHERE post.active AND (
        post.id IN ({_HELD} AND holding.user_id = %(user)s)
        OR (
            post.deputy_id IN (
                {_HELD} AND holding.user_id = %(user)s
                AND EXISTS (SELECT 1 FROM units_post AS own WHERE own.id = holding.post_id AND own.active)
            )
            AND NOT EXISTS (
                {_HELD} AND holding.post_id = post.id
                AND EXISTS (SELECT 1 FROM identity_user AS holder WHERE holder.id = holding.user_id AND holder.is_active)
            )
        )
    )
    ORDER BY post.id
"""  # noqa: S608 - made of constants; values stay parameters


def authority_of(*, user: User, at: datetime) -> Authority:
    """Return what a person may do now: by the posts they hold, and as deputy by those that nobody holds."""
    if not user.is_active:
        return Authority()
    with connection.cursor() as cursor:
        cursor.execute(_MY_POSTS, {"user": user.pk, "at": connection.ops.adapt_datetimefield_value(at)})
        rows = cursor.fetchall()
    # a post with two roles comes in two rows; one statement for posts and roles together
    permissions: dict[tuple[Any, ...], set[str]] = {}
    for *post, names in rows:
        permissions.setdefault(tuple(post), set()).update(json.loads(names) if isinstance(names, str) else names or ())
    branches: dict[int, set[int]] | None = None
    grants = []
    for (pk, title, level, unit_id, scope, area_id, area_level), names in permissions.items():
        units: frozenset[int] | None = frozenset({unit_id})
        if scope == "city":
            units = None
        elif scope == "branch":
            branches = branches if branches is not None else _branches()
            units = frozenset(branches.get(unit_id, {unit_id}))
        grants.append(
            Grant(
                post_id=pk,
                post_title=title,
                level=level,
                permissions=frozenset(names),
                unit_ids=units,
                area_id=area_id,
                area_level=area_level or "",
            )
        )
    return Authority(user_id=user.pk, grants=tuple(grants))


def recipients(*, unit_id: int, level: str, at: datetime) -> list[User]:
    """Return who answers for a unit at a level; falls to the deputy, then one level up.

    :raises NobodyThere: if not even the top is held; an alarm, never silence.
    """
    while True:
        posts = Post.objects.filter(active=True, level=level)
        if level in ("handler", "head"):
            posts = posts.filter(unit_id=unit_id)
        ids = list(posts.values_list("pk", "deputy_id"))
        found = _people(_held(at).filter(post_id__in=[pk for pk, _ in ids]))
        if not found:
            deputies = [deputy for _, deputy in ids if deputy is not None]
            found = _people(_held(at).filter(post_id__in=deputies))
        if found:
            return found
        if level not in NEXT_LEVEL:
            raise NobodyThere(f"unit {unit_id}")
        level = NEXT_LEVEL[level]


def head_of(*, unit_id: int, at: datetime) -> tuple[Post | None, User | None]:
    """Return the post that leads a unit and who holds it now, or its deputy's holder while nobody does.

    The post is the one that is vacant: a deputy acts for it. None where there is no post, or nobody for it.
    """
    post = Post.objects.filter(unit_id=unit_id, level="head", active=True).order_by("pk").first()
    if post is None:
        return None, None
    held = _held(at).select_related("user").order_by("-valid_from")
    holding = held.filter(post=post).first() or held.filter(post_id=post.deputy_id or 0).first()
    return post, holding.user if holding else None


def posts_that_may(*, permission: str, unit_id: int) -> list[str]:
    """Return the titles of the posts of a unit whose roles allow something; one query."""
    rows = Post.objects.filter(active=True, unit_id=unit_id).order_by("pk").values_list("title", "roles__permissions")
    return list(dict.fromkeys(title for title, permissions in rows if permission in (permissions or ())))


def central_desk() -> Unit:
    """Return the unit that gets what no rule sends anywhere."""
    return Unit.objects.get(is_central_desk=True)


def holders_in(*, unit_id: int, at: datetime) -> list[User]:
    """Return the active people who hold a post in a unit, by name."""
    return _people(_held(at).filter(post__unit_id=unit_id))


def officers_at(*, moments: Collection[datetime]) -> dict[tuple[int, datetime], int]:
    """Return how many posts that handle matters were held in each agency at each moment; one statement."""
    counts: dict[tuple[int, datetime], int] = defaultdict(int)
    rows = Holding.objects.filter(post__level__in=("handler", "head"))
    for unit_id, since, until in rows.values_list("post__unit_id", "valid_from", "valid_to"):
        for moment in moments:
            if since <= moment and (until is None or moment < until):
                counts[unit_id, moment] += 1
    return dict(counts)


def _people(holdings: QuerySet[Holding]) -> list[User]:
    """Return who holds any of these, each person once, by name; one plain join, whatever the planner believes."""
    return list({held.user_id: held.user for held in holdings.select_related("user").order_by("user__name")}.values())


@dataclass(frozen=True)
class PostLine:
    """A post as the pages show it: who holds it (perhaps somebody whose account is closed), and what is wrong."""

    post: Post
    holding: Holding | None
    alarms: tuple[Alarm, ...]


@dataclass(frozen=True)
class UnitLine:
    """An agency with its posts."""

    unit: Unit
    posts: tuple[PostLine, ...]

    @property
    def alarms(self) -> int:
        """Return how many alarms its posts have."""
        return sum(len(line.alarms) for line in self.posts)


def overview(*, at: datetime, unit_id: int | None = None) -> list[UnitLine]:
    """Return the agencies (or one of them) with posts, holders and alarms. Three queries, however many there are."""
    units = Unit.objects.filter(active=True).select_related("parent").order_by("name")
    posts = Post.objects.filter(active=True).select_related("unit", "deputy").prefetch_related("roles")
    if unit_id is not None:
        units, posts = units.filter(pk=unit_id), posts.filter(unit_id=unit_id)
    holdings = _holdings(at)
    by_unit: dict[int, list[PostLine]] = defaultdict(list)
    for post in posts.order_by("level", "title"):
        holding = holdings.get(post.pk)
        by_unit[post.unit_id].append(PostLine(post, holding, tuple(_alarms_of(post, holding, at))))
    return [UnitLine(unit, tuple(by_unit[unit.pk])) for unit in units]


def _holdings(at: datetime) -> dict[int, Holding]:
    return {holding.post_id: holding for holding in Holding.objects.filter(holding_now(at)).select_related("user")}


def _alarms_of(post: Post, holding: Holding | None, at: datetime) -> list[Alarm]:
    found = []
    if holding is None:
        found.append(Alarm("no_holder", post))
    elif not holding.user.is_active:
        found.append(Alarm("inactive_holder", post, holding.valid_from))
    elif at - (seen := max(holding.user.last_seen_at or holding.valid_from, holding.valid_from)) > SILENT_AFTER:
        found.append(Alarm("silent", post, seen))
    if post.deputy_id is None:
        found.append(Alarm("no_deputy", post))
    return found


def neglect(*, at: datetime) -> list[Alarm]:
    """Return every post without holder or deputy, with an inactive holder, or whose holder was not here for a week."""
    holdings = _holdings(at)
    posts = Post.objects.filter(active=True, unit__active=True).select_related("unit").order_by("unit__name", "title")
    return [alarm for post in posts for alarm in _alarms_of(post, holdings.get(post.pk), at)]


def active_posts() -> list[Post]:
    """Return every post in use with its agency."""
    return list(Post.objects.filter(active=True, unit__active=True).select_related("unit").order_by("title"))

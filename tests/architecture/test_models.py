"""Rows point down: a string foreign key upward passes every import rule, so it is looked for here."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models

from tests.architecture.house import Place, place_of

# What belongs to one person and goes with their account: whom they follow, how they like their lists.
GOES_WITH_THE_PERSON = {"cases.Follower.resident", "cases.SavedFilter.user"}


def own_models() -> Iterator[tuple[type[models.Model], Place]]:
    for model in apps.get_models():
        place = place_of(model.__module__)
        if place:
            yield model, place


def relations() -> Iterator[tuple[str, Place, Any, Place | None]]:
    for model, place in own_models():
        for relation in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            if relation.is_relation and relation.related_model:
                target = relation.related_model
                yield f"{model._meta.label}.{relation.name}", place, relation, place_of(target.__module__)


def test_there_are_models_to_look_at() -> None:
    assert len(list(own_models())) > 20
    assert len(list(relations())) > 10


def test_relations_point_down() -> None:
    upward = [
        f"{name} points at {relation.related_model._meta.label}"
        for name, place, relation, target in relations()
        if target and target.package != place.package and target.floor >= place.floor and place.floor > 0
    ] + [
        f"{name} points at {relation.related_model._meta.label}"
        for name, place, relation, target in relations()
        if target and place.floor == 0 and target.floor > 0
    ]
    assert upward == []


def test_no_name_sprouts_in_a_lower_room() -> None:
    """``related_name="+"``: a room below does not know who points at it."""
    sprouting = [
        name
        for name, place, relation, target in relations()
        if target and target.package != place.package and not relation.auto_created and not relation.remote_field.hidden
    ]
    assert sprouting == []


def test_nothing_below_is_deleted_with_what_points_at_it() -> None:
    """Across floors a row that something points at is protected, or the pointer is emptied; never a chain of deletes."""
    cascading = [
        name
        for name, place, relation, target in relations()
        if target
        and target.floor < place.floor
        and getattr(relation.remote_field, "on_delete", None) is models.CASCADE
        and name not in GOES_WITH_THE_PERSON
    ]
    assert cascading == []


def test_verbose_names_are_lower_case() -> None:
    """They stand inside sentences; abbreviations (API, NIK) keep their capitals."""
    wrong = [
        f"{model._meta.label}: {name}"
        for model, _ in own_models()
        for name in [
            str(model._meta.verbose_name),
            str(model._meta.verbose_name_plural),
            *(str(field.verbose_name) for field in model._meta.local_fields),
        ]
        if name[:1].isupper() and name[1:2].islower()
    ]
    assert wrong == []


def test_keys_are_big_integers() -> None:
    small = [
        model._meta.label
        for model, _ in own_models()
        if isinstance(model._meta.pk, models.AutoField) and not isinstance(model._meta.pk, models.BigAutoField)
    ]
    assert small == []

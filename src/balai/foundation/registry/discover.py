"""Find the rooms and ask them what they give. The registry knows no kind of contribution."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar

from django.apps import apps
from django.conf import settings

from balai.foundation.registry.descriptor import Module, Room

DESCRIPTOR_FILES = {"module": "module", "engine": "engine", "room": "room"}
T = TypeVar("T")


@cache
def rooms() -> tuple[Room, ...]:
    """Return every room's descriptor, in the order of the installed list, without switched-off modules."""
    found: list[Room] = []
    for config in apps.get_app_configs():
        for file, attribute in DESCRIPTOR_FILES.items():
            if find_spec(f"{config.name}.{file}") is None:
                continue
            descriptor: Any = getattr(import_module(f"{config.name}.{file}"), attribute, None)
            if isinstance(descriptor, Room) and descriptor.slug not in settings.BALAI_MODULES_OFF:
                found.append(descriptor)
    return tuple(found)


def modules() -> tuple[Module, ...]:
    """Return the descriptors of the public modules that are switched on."""
    return tuple(room for room in rooms() if isinstance(room, Module))


@cache
def contributions(kind: type[T]) -> tuple[T, ...]:
    """Return everything of one kind that the rooms give, in room order."""
    return tuple(item for room in rooms() for item in room.gives if isinstance(item, kind))

"""What rooms give to this one: templates to begin with, and who may see whose document."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from balai.foundation.documents.models import IssuedDocument


@dataclass(frozen=True, kw_only=True)
class DocumentTemplateOffer:
    """A template that comes with the program. ``source`` is Typst, ``sample`` example data that shows every part.

    ``unit`` is the slug of the agency whose template it is (empty, or no such agency: the whole city's); its people
    may edit it. A city that publishes words of its own keeps them; until then a new source of the program counts at
    once.
    """

    slug: str
    name_id: str
    name_en: str
    source: str
    sample: Mapping[str, Any]
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class DocumentGuard:
    """Decides who may see the documents of an owner of ``owner_kind``; a kind without a guard is closed to everybody.

    ``may_see(request, document)`` is asked at every single look; ``looked(request, document)`` is told when the file
    is handed out, and writes down the look of an officer where the person concerned reads it.
    """

    owner_kind: str
    may_see: Callable[[HttpRequest, IssuedDocument], bool]
    looked: Callable[[HttpRequest, IssuedDocument], None]

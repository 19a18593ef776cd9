"""What rooms give to this one: who may see the files of their things."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

from balai.foundation.files.models import Attachment


@dataclass(frozen=True, kw_only=True)
class FileGuard:
    """Decides for all files whose owner is of ``owner_kind``; asked at every single look.

    ``may_see(request, attachment)`` returns whether this visitor may see this file. A kind without a guard is
    closed to everybody.
    """

    owner_kind: str
    may_see: Callable[[HttpRequest, Attachment], bool]

"""Read forms; a published version is read once for each process."""

from dataclasses import dataclass
from functools import lru_cache

from balai.foundation.forms.models import FormVersion
from balai.foundation.forms.rules.schema import FormSchema, schema_from_json


@dataclass(frozen=True)
class PublishedForm:
    """A version with its schema."""

    id: int
    number: int
    slug: str
    schema: FormSchema


@lru_cache(maxsize=256)
def published_form(version_id: int) -> PublishedForm:
    """Return a published version; it never changes, so it is read once.

    :raises FormVersion.DoesNotExist: if there is none of this number.
    """
    row = FormVersion.objects.select_related("form").get(pk=version_id)
    return PublishedForm(row.pk, row.number, row.form.slug, schema_from_json(row.schema))


def forget_forms() -> None:
    """Drop what is kept; between tests, where numbers come again."""
    published_form.cache_clear()

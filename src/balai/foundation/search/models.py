"""The stems of texts, apart from the texts themselves."""

from django.db import models


class Entry(models.Model):
    """The stems of one object in one source.

    A source has one circle of readers: what the public may find and what city staff may find are two sources.
    PostgreSQL keeps a GIN index over the stems, SQLite an FTS5 table beside this one; migration 0002 makes both.
    """

    source = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    stems = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["source", "object_id"], name="search_entry_object"),)

    def __str__(self) -> str:
        return f"{self.source}:{self.object_id}"

"""Counters against flooding, shared by all processes."""

from django.db import models


class RateCounter(models.Model):
    """How often something happened in one window of time; counted up in one statement.

    ``key`` is a keyed hash of what is counted: telephones and addresses are never kept here in the clear.
    ``ends`` is when the window is over, in seconds since 1970; from then on the row may go.
    """

    key = models.CharField(max_length=32)
    ends = models.BigIntegerField(db_index=True)
    count = models.PositiveBigIntegerField(default=1)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["key", "ends"], name="limits_counter_window"),)

    def __str__(self) -> str:
        return f"{self.key}@{self.ends}: {self.count}"

"""Counters against flooding, shared by all processes."""

from django.db import models


class RateCounter(models.Model):
    """How often something happened in one window of time; counted up in one statement."""

    key = models.CharField(max_length=100)
    window = models.BigIntegerField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["key", "window"], name="limits_counter_window"),)

    def __str__(self) -> str:
        return f"{self.key}@{self.window}: {self.count}"

"""Totals by month of receipt, recomputed from the matters whenever one of that month changes."""

from django.db import models


class MonthTotal(models.Model):
    """Counts of the matters received in one month, along one dimension.

    ``dimension`` is ``all``, ``unit``, ``category``, ``district`` or ``village``; ``key`` the row's id (0 for all).
    """

    kind = models.SlugField(max_length=40)
    month = models.DateField()  # the first day, in the city's time zone
    dimension = models.CharField(max_length=10)
    key = models.BigIntegerField(default=0)
    received = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)
    # of those whose first answer is given or due: in time
    answer_due = models.PositiveIntegerField(default=0)
    answered_in_time = models.PositiveIntegerField(default=0)
    ended = models.PositiveIntegerField(default=0)
    confirmed = models.PositiveIntegerField(default=0)
    silent = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    reopened = models.PositiveIntegerField(default=0)
    # of those with a promise that have ended: on time
    promised = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    rating_sum = models.PositiveIntegerField(default=0)
    rating_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["dimension", "month", "kind", "key"], name="cases_month_total"),)

    def __str__(self) -> str:
        return f"{self.month} {self.dimension} {self.key}"


class MonthDuration(models.Model):
    """How many of them took how many whole days from receipt to end: the distribution behind the median."""

    kind = models.SlugField(max_length=40)
    month = models.DateField()
    dimension = models.CharField(max_length=10)
    key = models.BigIntegerField(default=0)
    days = models.PositiveIntegerField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["dimension", "month", "kind", "key", "days"], name="cases_month_duration"),
        )

    def __str__(self) -> str:
        return f"{self.month} {self.days} d: {self.count}"


class DirtyMonth(models.Model):
    """A month whose totals must be computed anew."""

    month = models.DateField(primary_key=True)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.month)

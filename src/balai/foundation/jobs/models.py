"""Work to be done later, kept in the main database."""

from django.db import models
from django.db.models import F, Q


class Job(models.Model):
    """One task run. Claimed by lease; delivered at least once."""

    class Status(models.TextChoices):
        READY = "ready"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    # dotted name of a task, or of a plain function
    path = models.CharField(max_length=200)
    positional = models.JSONField(default=list)
    arguments = models.JSONField(default=dict)
    queue = models.CharField(max_length=32, default="default")
    # the higher, the sooner
    priority = models.SmallIntegerField(default=0)
    run_after = models.DateTimeField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.READY)
    # runs begun; together with ``worker`` it tells one lease from the next
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=8)
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=80, blank=True, default="")
    # of the last run that failed: class and trace
    error_class = models.CharField(max_length=200, blank=True, default="")
    error = models.TextField(blank=True, default="")
    result = models.JSONField(null=True)
    unique_key = models.CharField(max_length=160, null=True, unique=True)
    # the name of the periodic work that this is one tick of
    tick_of = models.CharField(max_length=80, blank=True, default="")
    # a finished row is forgotten after this; empty: a week after it was done
    kept_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    # of the last run
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(F("priority").desc(), F("run_after"), F("id"), condition=Q(status="ready"), name="jobs_ready"),
            models.Index(fields=["lease_until"], condition=Q(status="running"), name="jobs_running"),
            models.Index(fields=["status", "finished_at"], name="jobs_finished"),
            models.Index(fields=["tick_of", "status"], condition=~Q(tick_of=""), name="jobs_ticks"),
        )

    def __str__(self) -> str:
        return f"{self.path} ({self.status})"


class WorkerBeat(models.Model):
    """When each worker was last alive; one that ends in good order takes its row away."""

    worker = models.CharField(max_length=80, primary_key=True)
    threads = models.PositiveSmallIntegerField(default=1)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.worker

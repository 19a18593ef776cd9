"""Work to be done later, kept in the main database."""

from django.db import models


class Job(models.Model):
    """One task run. Claimed by lease; delivered at least once."""

    class Status(models.TextChoices):
        READY = "ready"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    path = models.CharField(max_length=200)
    arguments = models.JSONField(default=dict)
    queue = models.CharField(max_length=20, default="default")
    priority = models.SmallIntegerField(default=0)
    run_after = models.DateTimeField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.READY)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=8)
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=80, blank=True, default="")
    error = models.TextField(blank=True, default="")
    result = models.JSONField(null=True)
    unique_key = models.CharField(max_length=160, null=True, unique=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["queue", "-priority", "run_after"],
                condition=models.Q(status="ready"),
                name="jobs_ready",
            ),
            models.Index(fields=["lease_until"], condition=models.Q(status="running"), name="jobs_running"),
            models.Index(fields=["status", "finished_at"], name="jobs_finished"),
        )

    def __str__(self) -> str:
        return f"{self.path} ({self.status})"


class WorkerBeat(models.Model):
    """When each worker was last alive."""

    worker = models.CharField(max_length=80, primary_key=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.worker

"""Keys with which programs call us."""

from django.db import models


class ApiKey(models.Model):
    """A key for a program; only a hash is stored. ``scopes``: names such as ``open311``."""

    name = models.CharField(max_length=120)
    prefix = models.CharField(max_length=12, unique=True)
    key_hash = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    per_minute = models.PositiveIntegerField(default=120)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name

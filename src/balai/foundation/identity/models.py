"""People: staff who sign in, residents who need not, and every look at personal data."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from balai.foundation.identity.fields import EncryptedTextField


class UserManager(BaseUserManager["User"]):
    def create_user(self, *, email: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """A person who signs in. What they may do follows from the posts they hold (room ``units``)."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    locale = models.CharField(max_length=5, default="id")
    is_active = models.BooleanField(default=True)
    # runs the installation: settings and sign-ins, never personal data by virtue of this flag
    is_operator = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField(null=True)

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name or self.email


class Role(models.Model):
    """A named set of permissions, given to posts. ``permissions`` holds names that the rooms declare."""

    slug = models.SlugField(unique=True)
    name_id = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    permissions = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.slug


class Resident(models.Model):
    """Who brought a matter. Identity kept apart from the matter; contact columns are encrypted at rest.

    ``*_index`` columns are keyed hashes (blind index): equal inputs meet, nothing can be read back.
    """

    name = EncryptedTextField(blank=True, default="")
    email = EncryptedTextField(blank=True, default="")
    phone = EncryptedTextField(blank=True, default="")  # E.164
    nik = EncryptedTextField(blank=True, default="")
    email_index = models.CharField(max_length=44, blank=True, default="", db_index=True)
    phone_index = models.CharField(max_length=44, blank=True, default="", db_index=True)
    nik_index = models.CharField(max_length=44, blank=True, default="", db_index=True)
    locale = models.CharField(max_length=5, default="id")
    verified_by = models.CharField(max_length=10, blank=True, default="")  # "", "email", "phone"
    verified_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"resident {self.pk}"


class VerificationCode(models.Model):
    """A six-digit code sent to a resident; kept only as a keyed hash, dead after five wrong tries."""

    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=10)
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"code for {self.resident_id}"


class AppendOnly(models.QuerySet["AccessRecord"]):
    """Rows that are written once."""

    def update(self, **kwargs: Any) -> int:
        raise TypeError("a look at somebody's data stays as it was recorded")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("a look at somebody's data goes only with the resident's own row")


class AccessRecord(models.Model):
    """One look at personal data or at a secret matter; shown to the person concerned. Append-only."""

    at = models.DateTimeField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    post_title = models.CharField(max_length=160, blank=True)
    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, null=True, related_name="+")
    # soft reference upward: kind and id, e.g. "case", 17
    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    what = models.CharField(max_length=30)  # "contact", "secret_matter", "evidence", "export"
    reason = models.CharField(max_length=300, blank=True)

    objects = AppendOnly.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["resident", "-at"], name="identity_access_resident"),
            models.Index(fields=["subject_kind", "subject_id", "-at"], name="identity_access_subject"),
        )

    def __str__(self) -> str:
        return f"{self.what} of {self.subject_kind} {self.subject_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("a look at somebody's data stays as it was recorded")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("a look at somebody's data goes only with the resident's own row")

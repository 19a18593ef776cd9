"""Who else signs an application: the spouse, the owner of the land, the other parent."""

from django.db import models
from django.db.models import Q

from balai.foundation.identity.fields import EncryptedTextField
from balai.modules.services.models.applications import Application


class CoSignature(models.Model):
    """One person who was asked to sign an application too, and what they said.

    ``digest`` is of the answers as they were signed: changed afterwards, the signature stands for them no more. What
    was sent is kept as it was signed; a correction is signed in rows of its own.
    """

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="cosignatures")
    # of the workflow, as it was when somebody was asked
    slug = models.SlugField(max_length=40)
    label_id = models.CharField(max_length=120)
    label_en = models.CharField(max_length=120)
    # whom the applicant asked; then as the person signed
    name = EncryptedTextField()
    # whom the applicant asked, as long as the row is there; empty where it was signed at the counter
    asked_name = EncryptedTextField(blank=True, default="")
    # where the link went; let go when the application is sent
    resident = models.ForeignKey("identity.Resident", on_delete=models.SET_NULL, null=True, related_name="+")
    # opens the page to sign on; keyed hash
    token_hash = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    # went with the application: nothing changes it any more, and its link opens nothing
    sent_at = models.DateTimeField(null=True)
    # signed on paper at the counter, before this officer
    entered_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, null=True, related_name="+")
    declined_at = models.DateTimeField(null=True)
    declined_words = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["application", "slug"], condition=Q(sent_at__isnull=True), name="services_cosigner_once"
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(signed_at__isnull=False), name="services_sent_is_signed"
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, digest="") | Q(signed_at__isnull=False) & ~Q(digest=""),
                name="services_cosigned_what",
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True) | Q(declined_at__isnull=True), name="services_signed_or_declined"
            ),
        )

    def __str__(self) -> str:
        return f"{self.slug} of {self.application_id}"

    @property
    def is_another(self) -> bool:
        """Whether it was signed under another name than the applicant asked for; small and large letters are alike."""
        return bool(self.signed_at and self.asked_name and self.asked_name.casefold() != self.name.casefold())

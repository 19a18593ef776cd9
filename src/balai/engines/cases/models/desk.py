"""What an officer keeps on the desk."""

from django.db import models


class SavedFilter(models.Model):
    """A filter kept as a tab; ``query`` is the address part after the question mark."""

    user = models.ForeignKey("identity.User", on_delete=models.CASCADE, related_name="+")
    desk = models.SlugField(max_length=40)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("order", "id")
        constraints = (models.UniqueConstraint(fields=["user", "desk", "name"], name="cases_saved_filter_name"),)

    def __str__(self) -> str:
        return self.name

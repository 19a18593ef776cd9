"""Django's task seam on our own table."""

from django_tasks.backends.base import BaseTaskBackend


class LeaseBackend(BaseTaskBackend):
    """Keep tasks in the main database."""

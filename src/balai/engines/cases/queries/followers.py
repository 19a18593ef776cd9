"""Who follows a matter."""

from collections.abc import Iterator

from balai.engines.cases.models import Follower

PAGE = 500


def follower_pages(*, case_id: int, size: int = PAGE) -> Iterator[list[Follower]]:
    """Yield everybody who follows a matter and has an e-mail address, ``size`` at a time, none left out."""
    followers = Follower.objects.filter(case_id=case_id).exclude(resident__email_index="").order_by("pk")
    after = 0
    while page := list(followers.filter(pk__gt=after)[:size]):
        yield page
        after = page[-1].pk

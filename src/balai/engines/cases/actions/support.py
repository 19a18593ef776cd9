"""Count who says "saya juga"."""

from datetime import datetime

from django.db import transaction

from balai.engines.cases.models import Case, Follower, Support
from balai.foundation.identity.fields import blind_index


def stop_following(*, follower_id: int) -> bool:
    """Let somebody follow a matter no longer and return whether they did; the support counted stays."""
    deleted, _kinds = Follower.objects.filter(pk=follower_id).delete()
    return bool(deleted)


@transaction.atomic
def support_case(*, case: Case, device: str, resident_id: int | None = None, at: datetime) -> bool:
    """Count one supporter and return whether it was new; the same device counts once. With a resident: follow too."""
    key = blind_index("support", f"{case.pk}:{device}")
    before = Support.objects.filter(case=case, key=key).exists()
    if not before:
        # counted from the rows under the matter's lock: two taps at once neither count twice nor get lost
        Case.objects.select_for_update(of=("self",)).values_list("pk").get(pk=case.pk)
        Support.objects.bulk_create([Support(case=case, key=key, at=at)], ignore_conflicts=True)
        Case.objects.filter(pk=case.pk).update(support_count=Support.objects.filter(case=case).count())
    if resident_id is not None:
        Follower.objects.bulk_create([Follower(case=case, resident_id=resident_id, at=at)], ignore_conflicts=True)
    return not before

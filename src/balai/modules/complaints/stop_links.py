"""The link in a letter by which somebody stops following a report: signed, without sign-in, without an end."""

from django.core import signing

_SALT = "balai.complaints.stop_following"


def stop_token(*, follower_id: int) -> str:
    """Return what stands in the link of one follower."""
    return signing.Signer(salt=_SALT).sign(str(follower_id))


def follower_of(*, token: str) -> int | None:
    """Return whose link it is, or None for one that is not ours."""
    try:
        return int(signing.Signer(salt=_SALT).unsign(token))
    except (signing.BadSignature, ValueError):
        return None

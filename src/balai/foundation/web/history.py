"""The button “Back” behind a page that a sent form was answered with."""

from django.http import HttpResponse

_KEPT = "_kept_for_back"


def keep_for_back(response: HttpResponse) -> None:
    """Let the browser show this answer to a sent form once more when somebody comes back to it.

    Such a page cannot be fetched again, so browsers look for it in their own store, and find nothing once a cookie has
    changed that the answer varies by: "Back" ends in an error of the browser. Only for pages that say the same to
    whoever sits there: they are shown as they were, whatever happened since.
    """
    response["Cache-Control"] = "private"
    setattr(response, _KEPT, True)


def forget_cookies(response: HttpResponse) -> None:
    """Say no longer that an answer which is kept varies by cookies; for the outermost middleware, after all others."""
    if not getattr(response, _KEPT, False):
        return
    others = [name for name in map(str.strip, response.get("Vary", "").split(",")) if name and name.lower() != "cookie"]
    if others:
        response["Vary"] = ", ".join(others)
    else:
        del response["Vary"]

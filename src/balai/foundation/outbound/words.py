"""Words for codes."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PROBLEMS = {
    "not_an_address": gettext_lazy("This is no address. Write it whole, as https://contoh.go.id/hook."),
    "not_https": gettext_lazy("The address must begin with https://, so that nobody reads along."),
    "has_password": gettext_lazy("Leave name and password out of the address; our signature proves who sends."),
    "bad_port": gettext_lazy("Only the ports 443 and 8443 are called."),
    "private": gettext_lazy("This address lies inside a private network; only public ones are called."),
    "unknown_host": gettext_lazy("Nobody knows this name."),
    "too_slow": gettext_lazy("No answer within ten seconds."),
    "unreachable": gettext_lazy("Nobody answers there."),
    "bad_certificate": gettext_lazy("The certificate of the address cannot be trusted."),
    "bad_status": gettext_lazy("It answered with an error."),
    "gone": gettext_lazy("It says that it is gone for good."),
    "no_topic": gettext_lazy("Choose at least one thing to be told of."),
    "unknown_topic": gettext_lazy("Nobody can be told of this."),
    "too_many": gettext_lazy("One key has at most five addresses. Remove one first."),
    "ended": gettext_lazy("This hand-over has ended already."),
    "no_words": gettext_lazy("Write what was said, or why."),
    "unknown": gettext_lazy("There is no hand-over with this key."),
    "not_understood": gettext_lazy("The message cannot be understood."),
}
DELIVERY_STATES = {
    "queued": ("info", gettext_lazy("waits")),
    "sent": ("good", gettext_lazy("arrived")),
    "given_up": ("late", gettext_lazy("given up")),
}
HAND_OVER_STATES = {
    "waiting": ("attention", gettext_lazy("Waits here")),
    "taken": ("info", gettext_lazy("With them")),
    "answered": ("good", gettext_lazy("Answered")),
    "refused": ("late", gettext_lazy("Refused by them")),
    "given_up": ("", gettext_lazy("Done by hand")),
    "dropped": ("", gettext_lazy("Not needed any more")),
    "replaced": ("", gettext_lazy("Sent again after a correction")),
}


def problem_words(problem: str) -> str:
    """Return a stored problem (``code`` or ``code: detail``) in words."""
    code, _colon, detail = problem.partition(": ")
    said = str(PROBLEMS.get(code, _("Something went wrong.")))
    return f"{said} ({detail})" if detail and code in ("bad_status", "unreachable") else said

"""The module's words for codes, in the reader's language."""

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from balai.engines.cases.models import Case
from balai.engines.cases.rules.evolution import ChangeRefused
from balai.engines.cases.words import refusal_words
from balai.foundation.web.words import day_in_full
from balai.modules.services.actions.apply import FileRefused
from balai.modules.services.rules.survey_file import BadSurveyFile

LOOKS = {
    "application": gettext_lazy("Your application"),
    "contact": gettext_lazy("Your name and contact"),
    "photo": gettext_lazy("A file of your application"),
}


def survey_file_words(error: BadSurveyFile) -> str:
    """Return what is wrong with a file of answers, and what to do."""
    if error.code == "columns":
        return _("These columns are missing: %(names)s. The first line must name U1 to U9.") % {"names": error.detail}
    if error.code == "encoding":
        return _("The file is not text in UTF-8 (%(where)s). Save it again as “CSV UTF-8”.") % {"where": error.detail}
    return _("The file is empty. It needs a first line with U1 to U9 and one line for each answer.")


def file_refused_words(error: FileRefused) -> str:
    """Return why a file was not kept, and what to do."""
    if error.code == "too_large":
        return _("This file is too large: at most %(limit)s MB. Take a smaller picture of it.") % {
            "limit": max(1, error.limit // 1_000_000)
        }
    if error.code == "too_many":
        return _("An application holds at most %(limit)s files. Leave one out first.") % {"limit": error.limit}
    return _("This kind of file does not fit here. Send what the question asks for: a photo or a PDF.")


def own_sentence(case: Case) -> str:
    """Return where an application stands, said to the applicant; empty where the engine's own words do."""
    facts = {"unit": case.unit.name, "since": day_in_full(case.updated_at)}
    if case.state == "returned":
        return _("%(unit)s asks you to complete something. The promise is paused until you send it.") % facts
    if case.state_class == "done":
        return _("Done. The result is ready below.")
    if case.state_class == "refused":
        return _("Refused. The reasons stand below; you may object.")
    if case.state_class == "withdrawn":
        return _("You withdrew this application.")
    return ""


def change_refused_words(error: ChangeRefused) -> str:
    """Return why the applicant's step was not taken, what is kept and what to do."""
    return str(
        {
            "not_from_here": _(
                "The application has moved on, so this is no longer possible. Your words are kept below; "
                "look at what is new first."
            ),
            "missing": _("Write a few words, so that the officer knows what to do. Nothing was sent yet."),
            "window_over": _("The time for objecting is over. Your words are kept below; the counter can advise you."),
        }.get(error.code)
        or refusal_words(error)
    )


def moved_on_words() -> str:
    """Return what to do when somebody else changed the application meanwhile."""
    return _("Something new happened meanwhile. Your words are kept below: read what is new, then send.")


def look_words(what: str) -> str:
    """Return what somebody looked at."""
    return str(LOOKS.get(what, what))


def is_english() -> bool:
    """Return whether the reader reads English."""
    return (get_language() or "").startswith("en")

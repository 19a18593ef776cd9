"""What complaints say to the reporter: states, refusals and the timeline, addressed as *you*.

The public and the desk read the engine's sentences; here they speak to the one person who brought the matter.
"""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balai.engines.cases import words as engine_words
from balai.engines.cases.models import Case, Category
from balai.engines.cases.queries.timeline import TimelineItem
from balai.engines.cases.rules.evolution import ChangeRefused
from balai.engines.cases.rules.kinds import CaseKind
from balai.foundation.web.words import day_in_full, is_english, time_to

LOOKS = {
    "contact": gettext_lazy("Your name and contact"),
    "secret_matter": gettext_lazy("Your secret report"),
    "photo": gettext_lazy("A photo of your secret report"),
    "evidence": gettext_lazy("Place and time inside your photo"),
    "export": gettext_lazy("Exported data"),
}


def state_sentence(*, case: Case, kind: CaseKind, at: datetime, reader: str = "reporter") -> str:
    """Return the state of a matter in one or two sentences; ``reader`` is ``reporter`` or ``public``."""
    own = _own_sentence(case, at) if reader == "reporter" else ""
    again = _("You opened it again.") if reader == "reporter" else ""
    return own or engine_words.state_sentence(case=case, kind=kind, at=at, unit_name=case.unit.name, opened_again=again)


def _own_sentence(case: Case, at: datetime) -> str:
    facts = {"unit": case.unit.name, "since": day_in_full(case.updated_at)}
    match case.state:
        case "waiting_reporter":
            return _("%(unit)s has a question for you. The promise is paused until you answer.") % facts
        case "answered":
            return _("%(unit)s says it is done. Is it? You have the last word.") % facts
        case "done_confirmed":
            return _("Fixed, and you confirmed it.")
        case "done_silent":
            return _("Closed without confirmation: you have not said whether it is fixed.")
        case "withdrawn":
            return _("You withdrew this report.")
    return ""


def state_label(*, case: Case, kind: CaseKind) -> str:
    """Return the name of the state, as the reporter is told."""
    if case.state_class == "waiting_reporter":
        return _("Waiting for you")
    return engine_words.label_of(kind.state(case.state))


def change_refused_words(error: ChangeRefused) -> str:
    """Return why the reporter's change was not made, what is kept and what to do."""
    return str(
        {
            "not_from_here": _(
                "The report has moved on, so this is no longer possible. Your words are kept below; "
                "look at what is new first."
            ),
            "missing": _("Write a few words, so that the officer knows what to do. Nothing was sent yet."),
            "bad_rating": _("Choose one to five stars, or none."),
            "window_over": _(
                "The time for opening it again is over. Your words are kept below: "
                "send them as a new report and mention this number."
            ),
        }.get(error.code)
        or engine_words.refusal_words(error)
    )


def moved_on_words() -> str:
    """Return what to do when somebody else changed the matter meanwhile."""
    return _("Something new happened on this report meanwhile. Your words are kept below: read what is new, then send.")


def timeline_words(*, item: TimelineItem, kind: CaseKind, unit_names: dict[int, str]) -> str:
    """Return one thing that happened, as the reporter is told."""
    titles: dict[str, Any] = {
        "ReporterAsked": _("A question to you; the promise is paused"),
        "ReporterReplied": _("You answered; the promise runs again"),
        "ReporterAdded": _("You added something"),
        "CaseConfirmed": _("You confirmed that it is fixed"),
        "CaseReopened": _("You opened it again"),
        "CaseWithdrawn": _("You withdrew it"),
    }
    return str(titles.get(item.event.kind) or engine_words.timeline_title(item=item, kind=kind, unit_names=unit_names))


def because_words(*, because: str, rule_name: str, category: Category) -> str:
    """Return why a report goes where it goes."""
    name = category.name_en if is_english() else category.name_id
    if because == "rule":
        return _("By the city's rule “%(rule)s”.") % {"rule": rule_name}
    if because == "category":
        return _("This agency is responsible for “%(category)s”.") % {"category": name}
    if because == "subject":
        return _("This agency answers for what the report is about.")
    return _("No rule names an agency, so the central desk decides who is responsible.")


def look_words(what: str) -> str:
    """Return what somebody looked at."""
    return str(LOOKS.get(what, what))


def window_words(*, closed_at: datetime, until: datetime, at: datetime) -> str:
    """Return until when it can be opened again."""
    return _("You can open it again until %(day)s (%(left)s).") % {
        "day": day_in_full(until),
        "left": time_to(until, at=at),
    }

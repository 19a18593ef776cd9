"""What the engine says to people: states in a sentence, events as titles, refusals with what to do."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from balai.engines.cases.contributions import KindFamily
from balai.engines.cases.models import Case, Clock
from balai.engines.cases.queries.timeline import TimelineItem
from balai.engines.cases.rules.evolution import ChangeRefused
from balai.engines.cases.rules.families import FamilyWords
from balai.engines.cases.rules.kinds import END_CLASSES, CaseKind, Change, ClockPlan, State
from balai.foundation.registry.discover import contributions
from balai.foundation.web.words import is_english

# state class → mark of the frame (information, good, attention); late is added by the due date
MARKS = {
    "new": "info",
    "working": "info",
    "waiting_reporter": "attention",
    "waiting_outside": "attention",
    "answered": "info",
    "done": "good",
    "refused": "",
    "merged": "",
    "withdrawn": "",
    "draft": "",
}
REASSIGN_REASONS = {
    "not_our_task": gettext_lazy("Not our task"),
    "another_area": gettext_lazy("Another district or village is responsible"),
    "wrong_category": gettext_lazy("The category was wrong"),
    "needs_other_agency": gettext_lazy("Another agency has to act first"),
}
REFUSE_REASONS = {
    "outside_authority": gettext_lazy("Outside the city's authority"),
    "incomplete": gettext_lazy("Incomplete, and not completed in time"),
    "in_court": gettext_lazy("The matter is before a court"),
    "criminal": gettext_lazy("A criminal matter for the police"),
    "not_a_report": gettext_lazy("Not a report about public service"),
    "source": gettext_lazy("Refused in the source system"),
}
NEED_WORDS = {
    "text": gettext_lazy("words"),
    "proof": gettext_lazy("a photo as proof"),
    "reason": gettext_lazy("a reason"),
    "basis": gettext_lazy("the legal basis"),
    "unit": gettext_lazy("an agency"),
    "target": gettext_lazy("the number of the other report"),
    "rating": gettext_lazy("a rating"),
    "assignee": gettext_lazy("a person"),
    "parts": gettext_lazy("checks at other agencies"),
    "tasks": gettext_lazy("what this step still asks for"),
    "late": gettext_lazy("a promise that is broken"),
    "running": gettext_lazy("something that waits for this answer"),
    "unanswered": gettext_lazy("something that has not been answered yet"),
}
LEVEL_WORDS = {
    "handler": gettext_lazy("the handler"),
    "head": gettext_lazy("the head of the agency"),
    "secretary": gettext_lazy("the city secretary"),
    "mayor": gettext_lazy("the mayor"),
}
CHANNEL_WORDS = {
    "web": gettext_lazy("Web"),
    "app": gettext_lazy("App"),
    "counter": gettext_lazy("Counter"),
    "call": gettext_lazy("Telephone"),
    "open311": gettext_lazy("Open311"),
    "import": gettext_lazy("Imported"),
    "sms": gettext_lazy("SMS"),
    "email": gettext_lazy("E-mail"),
    "whatsapp": gettext_lazy("WhatsApp"),
    "national": gettext_lazy("SP4N-LAPOR!"),
}
EVENT_ICONS = {
    "CaseReceived": "inbox",
    "CaseRouted": "route",
    "CaseEscalated": "trending-up",
    "CaseAnswered": "message-square",
    "CaseProgressed": "message-square",
    "CaseConfirmed": "circle-check",
    "CaseReopened": "rotate-ccw",
    "ReporterAsked": "circle-help",
    "ReporterReplied": "reply",
    "ReporterAdded": "reply",
    "NoteWritten": "sticky-note",
    "CaseRefused": "circle-x",
    "CaseExtended": "clock",
    "CaseUndone": "undo-2",
}


# event → what happened; put into words only where it is shown
TITLES = {
    "CaseReceived": gettext_lazy("Received"),
    "CaseRouted": gettext_lazy("Sent to %(unit)s"),
    "CaseVerified": gettext_lazy("Checked and passed to %(unit)s"),
    "CaseReassigned": gettext_lazy("Passed to %(unit)s"),
    "CaseTaken": gettext_lazy("Given to a person"),
    "CaseStarted": gettext_lazy("Work began"),
    "CaseProgressed": gettext_lazy("News from the agency"),
    "ReporterAsked": gettext_lazy("Question to %(person)s; the promise is paused"),
    "ReporterReplied": gettext_lazy("%(Person)s answered; the promise runs again"),
    "ReporterAdded": gettext_lazy("%(Person)s added something"),
    "CodeRenewed": gettext_lazy("%(Person)s took a new code"),
    "CaseWaiting": gettext_lazy("Waiting for another body"),
    "CaseResumed": gettext_lazy("Work goes on"),
    "CaseExtended": gettext_lazy("The promise was extended"),
    "CaseAnswered": gettext_lazy("Answered: the agency says it is done"),
    "CaseConfirmed": gettext_lazy("%(Person)s confirmed that it is fixed"),
    "CaseClosedSilently": gettext_lazy("Closed without confirmation"),
    "CaseReopened": gettext_lazy("%(Person)s opened it again"),
    "CaseRefused": gettext_lazy("Cannot be handled"),
    "CaseMerged": gettext_lazy("Merged into another %(matter)s"),
    "CaseWithdrawn": gettext_lazy("Withdrawn by %(person)s"),
    "NoteWritten": gettext_lazy("Internal note"),
    "CaseUndone": gettext_lazy("The last step was taken back"),
    "CaseCorrected": gettext_lazy("Category or place corrected"),
    "CaseSupported": gettext_lazy("Supported"),
}


def _family(slug: str) -> KindFamily:
    nobody = KindFamily(slug=slug, page="", conversation="")
    return next((each for each in contributions(KindFamily) if each.slug == slug), nobody)


def called(family: str) -> dict[str, str]:
    """Return what matters of a family are called, and whoever brings them, in the reader's language.

    ``matter`` stands without article; ``person`` and, at the beginning of a sentence, ``Person`` with one.
    """
    words: FamilyWords = _family(family).called
    if is_english():
        return {"matter": words.matter_en, "person": f"the {words.person_en}", "Person": f"The {words.person_en}"}
    return {"matter": words.matter_id, "person": words.person_id, "Person": words.person_id.capitalize()}


def label_of(thing: State | Change | ClockPlan | CaseKind) -> str:
    """Return a label in the reader's language."""
    return thing.label_en if is_english() else thing.label_id


def reason_choices(change: Change) -> list[tuple[str, str]]:
    """Return the reasons that an officer may choose for a change, in the reader's language."""
    if change.reasons:
        return [(reason.slug, reason.label_en if is_english() else reason.label_id) for reason in change.reasons]
    common = REFUSE_REASONS if change.name == "refuse" else REASSIGN_REASONS
    return [(slug, str(words)) for slug, words in common.items()]


def is_late(case: Case, at: datetime) -> bool:
    """Return whether a running promise is past due."""
    return case.is_open and case.due_at is not None and case.due_at < at


def listed_title(case: Case) -> str:
    """Return how a matter is named in a list: a secret one by its number alone, for nobody has recorded a look at it."""
    if case.privacy != Case.Privacy.SECRET:
        return case.title
    hidden = _("Secret · open it to read")
    return f"{case.reference} · {hidden}"


def listed_place(case: Case) -> str:
    """Return the village of a matter in a list; of a secret one nothing."""
    return case.village.name if case.village is not None and case.privacy != Case.Privacy.SECRET else ""


def mark_of(case: Case, at: datetime) -> str:
    """Return the mark of a matter: late only while a promise is broken and open."""
    return "late" if is_late(case, at) else MARKS.get(case.state_class, "")


def _day(moment: datetime) -> str:
    return date_format(localtime(moment), "l, j F Y")


def ground_lines(*, item: TimelineItem, kind: CaseKind) -> list[str]:
    """Return the coded reason and the legal basis that a step was given, each as a line; nothing where there is none."""
    data = item.event.data
    lines = []
    if data.get("reason"):
        choices = dict(reason_choices(kind.change(data["change"], state=data.get("state_from", ""))))
        lines.append(_("Reason: %(reason)s") % {"reason": choices.get(data["reason"], data["reason"])})
    if data.get("basis"):
        lines.append(_("Legal basis: %(basis)s") % {"basis": data["basis"]})
    return lines


def _promised(case: Case, kind: CaseKind, clocks: Sequence[Clock]) -> datetime | None:
    """Return what is promised now: the main promise, or another one that runs after it was kept or broken."""
    running = [row for row in clocks if row.stopped_at is None and kind.has_clock(row.name)]
    promises = [row for row in running if kind.clock(row.name).promise]
    if promises and all(row.name != kind.main_clock for row in promises):
        return promises[-1].due_at
    return case.promised_at


def is_opened_again(case: Case, kind: CaseKind) -> bool:
    """Return whether a matter is at work because its person was not content with the answer.

    Only of kinds that are opened again; where an answer is objected to, the state says so itself.
    """
    return (
        bool(case.reopened_count)
        and case.is_open
        and case.state_class != "answered"
        and any(change.name == "reopen" for change in kind.changes)
    )


def state_sentence(
    *,
    case: Case,
    kind: CaseKind,
    at: datetime,
    unit_name: str,
    clocks: Sequence[Clock] = (),
    opened_again: str = "",
) -> str:
    """Return the state of a matter in one to three sentences that name who is responsible and by when.

    ``clocks`` are those of the matter in order of start; without them the main promise is the one that is named.
    ``opened_again`` says so to its person; everybody else reads who did it.
    """
    facts = {"unit": unit_name, "since": _day(case.updated_at)}
    sentences = {
        "received": _("Received. The central desk is checking where it belongs."),
        "assigned": _("Passed to %(unit)s.") % facts,
        "working": _("%(unit)s is working on it.") % facts,
        "waiting_reporter": _("%(unit)s has asked the reporter a question; the promise is paused until the answer.")
        % facts,
        "waiting_outside": _("%(unit)s is waiting for another body.") % facts,
        "answered": _("%(unit)s says it is done. The reporter has the last word.") % facts,
        "done_confirmed": _("Fixed. The reporter has confirmed it."),
        "done_silent": _("Closed without confirmation: the reporter has not said whether it is fixed."),
        "refused": _("It cannot be handled. The reason is below."),
        "merged": _("It continues under another report."),
        "withdrawn": _("%(Person)s has withdrawn it.") % called(kind.family),
    }
    # a city's own kind names its states itself; the name stands beside the sentence already
    of_class = {
        "new": _("%(unit)s has received it.") % facts,
        "working": sentences["working"],
        "waiting_outside": sentences["waiting_outside"],
        "waiting_reporter": _("Waiting for %(person)s; the promise is paused.") % called(kind.family),
    }
    own = of_class.get(case.state_class) if case.is_open else None
    sentence = str(sentences.get(case.state) or own or f"{label_of(kind.state(case.state))}.")
    if is_opened_again(case, kind):
        again = opened_again or _("%(Person)s opened it again.") % called(kind.family)
        sentence = f"{again} {sentence}"
    promised = _promised(case, kind, clocks)
    if case.is_open and promised is not None and case.state_class not in ("answered", "waiting_reporter"):
        if promised < at:
            # nights, as the clock beside it counts them
            days = max(1, (localtime(at).date() - localtime(promised).date()).days)
            late = ngettext(
                "The promise was broken %(count)s day ago.", "The promise was broken %(count)s days ago.", days
            )
            return f"{sentence} {late % {'count': days}}"
        return f"{sentence} " + _("Promised by %(day)s.") % {"day": _day(promised)}
    return sentence


def timeline_title(*, item: TimelineItem, kind: CaseKind, unit_names: dict[int, str]) -> str:
    """Return one thing that happened as a short sentence."""
    data: dict[str, Any] = item.event.data
    facts = {
        "unit": unit_names.get(data.get("unit_id") or 0) or _("another agency"),
        "level": LEVEL_WORDS.get(data.get("level", ""), ""),
        **called(kind.family),
    }
    if item.event.kind == "CaseEscalated":
        return _escalation(data, facts)
    if item.event.kind == "CaseStepped":
        return _stepped(data, kind)
    if item.event.kind == "CaseRefused" and data.get("state_to"):
        # as the mark at the head of the page says it
        return label_of(kind.state(data["state_to"]))
    title = TITLES.get(item.event.kind)
    return str(title) % facts if title is not None else item.event.kind


def _stepped(data: dict[str, Any], kind: CaseKind) -> str:
    """Return a step that the city's own kind names: the state that was reached, or what was done in it."""
    if data.get("state_to") == data.get("state_from"):
        return label_of(kind.change(data["change"]))
    state = kind.state(data["state_to"])
    change = kind.change(data["change"], state=data["state_from"])
    is_named = state.state_class in END_CLASSES or state.state_class == "waiting_reporter"
    reached = label_of(state) if is_named else _("Step reached: %(state)s") % {"state": label_of(state)}
    # what happened by itself has no officer's words: a payment, a term that was over
    return f"{label_of(change)}. {reached}" if change.who == "system" else reached


def _escalation(data: dict[str, Any], facts: dict[str, Any]) -> str:
    if data.get("raised_to"):
        return _("Promise broken: raised to %(level)s") % facts
    if data.get("breached"):
        return _("First answer is late: %(level)s was told") % facts
    return _("Reminder to %(level)s") % facts


def refusal_words(error: ChangeRefused, *, case: Case | None = None) -> str:
    """Return why a change was not made and what to do; with the ``case`` also what its step still asks for by name."""
    if error.code == "missing":
        needs = error.details.get("needs")
        missing = list(needs) if isinstance(needs, list) else []
        tasks = _family(case.family).task_words(case) if case is not None and "tasks" in missing else ""
        listed = ", ".join(str(NEED_WORDS[need]) for need in missing if not tasks or need != "tasks")
        words = _("Still missing: %(needs)s.") % {"needs": listed} if listed else ""
        return " ".join(filter(None, (tasks, words, _("Nothing was changed."))))
    if error.code == "window_over":
        return _("The time for reopening is over. Send a new report and mention this number.")
    return str(
        {
            "not_from_here": _("This is not possible in the present state. Load the page again to see what is."),
            "bad_rating": _("Give one to five stars."),
            "same_unit": _("It is already with this agency. Choose another one."),
            "no_extension_left": _("The promise cannot be extended again."),
            "clock_jump": _("This machine's clock is behind. Ask the operator to set it; nothing was changed."),
            "target_gone": _("There is no open report with that number. Nothing was changed."),
        }.get(error.code, _("This change is not possible. Nothing was changed."))
    )


def undo_words(code: str) -> str:
    """Return why something was not taken back."""
    return str(
        {
            "too_late": _("Ten minutes have passed; make the opposite change instead."),
            "not_yours": _("Somebody else did this; only they can take it back."),
            "not_undoable": _("This step cannot be taken back."),
        }[code]
    )


def answer_rows(case: Case) -> list[tuple[str, str]]:
    """Return the answers to the category's questions, both in the reader's words."""
    named = "en" if is_english() else "id"
    questions = {str(question["code"]): question for question in case.category.questions}
    rows = []
    for code, given in case.answers.items():
        question = questions.get(code, {})
        values = {str(value["key"]): value.get(f"name_{named}", value["key"]) for value in question.get("values", [])}
        listed = given if isinstance(given, list) else [given]
        rows.append(
            (
                str(question.get(f"description_{named}") or code),
                ", ".join(str(values.get(str(item), item)) for item in listed),
            )
        )
    return rows


def route_words(because: str) -> str:
    """Return why a matter went where it went."""
    kind, _colon, number = because.partition(":")
    words = {
        "rule": _("Routing rule %(number)s") % {"number": number},
        "category": _("The category's agency"),
        "part": _("A check that another agency asked for"),
        "service": _("The agency of the service"),
        "subject": _("The agency of what it is about"),
        "central": _("No rule and no category agency: central desk"),
        "import": _("Imported from another system"),
    }
    return str(words.get(kind, because))

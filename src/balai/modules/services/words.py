"""The module's words for codes, in the reader's language."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balai.engines.cases.models import Case
from balai.engines.cases.rules.evolution import ChangeRefused
from balai.engines.cases.words import refusal_words
from balai.engines.catalogs.rules import BadContent
from balai.foundation.forms.words import label_of
from balai.foundation.web.words import day_in_full, until_in_full
from balai.modules.services.actions.bring_in import RowProblem
from balai.modules.services.actions.uploads import FileRefused
from balai.modules.services.queries.steps import refused_documents, step_of
from balai.modules.services.queries.visits import visit_step
from balai.modules.services.rules.group_file import BadGroupFile
from balai.modules.services.rules.life import LifeProblem
from balai.modules.services.rules.standard import STANDARD
from balai.modules.services.rules.standards_file import BadStandardsFile
from balai.modules.services.rules.survey_file import BadSurveyFile
from balai.modules.services.rules.workflow import CoSigner, Workflow, WorkflowProblem
from balai.modules.services.standard_words import component_label

LOOKS = {
    "application": gettext_lazy("Your application"),
    "contact": gettext_lazy("Your name and contact"),
    "photo": gettext_lazy("A file of your application"),
    "document": gettext_lazy("The result of your application"),
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
    if error.kinds == ("photo",):
        return _("This question takes photos only. Choose a JPEG, PNG, WebP or HEIC photo.")
    if error.kinds == ("pdf",):
        return _("This question takes PDFs only. Choose a PDF.")
    return _("This kind of file does not fit here. Send what the question asks for: a photo or a PDF.")


def _waits_for_payment(case: Case) -> bool:
    step = step_of(case) if case.state_class == "waiting_reporter" else None
    return step is not None and step.kind == "pay"


def own_state(case: Case) -> str:
    """Return what an application waits for, said to the applicant; empty where its step says it."""
    if case.state_class != "waiting_reporter":
        return ""
    return _("Waiting for payment") if _waits_for_payment(case) else _("For you to complete")


def own_sentence(case: Case, *, objects: datetime | None) -> str:
    """Return where an application stands, said to the applicant; empty where the engine's own words do.

    ``objects``: until when the answer can be objected to; None: it cannot, or no more.
    """
    facts = {"unit": case.unit.name, "since": day_in_full(case.updated_at)}
    if case.state == "returned":
        return _("%(unit)s asks you to complete something. The promise is paused until you send it.") % facts
    if _waits_for_payment(case):
        return _("Waiting for your payment. The promise is paused until then.")
    if case.state in ("issued_in_part", "part_stands"):
        return _("Granted in part. What is not granted, and why, stands below.")
    if case.state_class == "done":
        return _("Done. The result is ready below.")
    if case.state_class == "refused":
        refused = _("Refused. The reasons stand below.")
        until = _("You may object until %(day)s.") % {"day": until_in_full(objects)} if objects else ""
        return f"{refused} {until}".strip()
    if case.state_class == "withdrawn":
        return _("You withdrew this application.")
    return ""


def open_task_words(case: Case) -> str:
    """Return what the step of an application still asks for, by name; empty where nothing is known of it."""
    refused = refused_documents(case)
    if refused:
        names = ", ".join(label_of(document) for document in refused)
        return _(
            "Refused, and not sent anew: %(names)s. Return the application, so that the applicant can send another one."
        ) % {"names": names}
    step = step_of(case)
    if step is not None and step.kind == "pay":
        return _("The bill has been paid; the application goes on in a moment.")
    if visit_step(case) is not None:
        return _("The checklist of the visit has not been filled in yet.")
    return ""


def change_refused_words(error: ChangeRefused) -> str:
    """Return why the applicant's step was not taken, what is kept and what to do."""
    needs = error.details.get("needs")
    if isinstance(needs, list) and "late" in needs:
        return _("The promise still runs: you can object once it is over. Your words are kept below.")
    if isinstance(needs, list) and "unanswered" in needs:
        return _(
            "Your objection to this delay was answered already. What is new you can still add, with your words below."
        )
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


def unsigned_words(wanting: Sequence[CoSigner]) -> str:
    """Return whose signature is still wanting."""
    return _("Not signed yet by: %(who)s.") % {"who": ", ".join(label_of(each) for each in wanting)}


COSIGN_STANDINGS = {
    "missing": ("attention", gettext_lazy("Nobody asked yet")),
    "asked": ("info", gettext_lazy("Asked")),
    "signed": ("good", gettext_lazy("Signed")),
    "changed": ("attention", gettext_lazy("To be signed anew")),
    "declined": ("late", gettext_lazy("Does not sign")),
}
COSIGN_PROBLEMS = {
    "not_asked": gettext_lazy("Nobody of this kind has to sign under the present answers."),
    "no_name": gettext_lazy("Write the full name."),
    "closed": gettext_lazy("There is nothing to sign here now."),
    "changed": gettext_lazy(
        "An answer changed while you were reading. Below is what stands there now: read it, then sign."
    ),
    "not_agreed": gettext_lazy("Tick that you have read it and agree."),
}
PROBLEM_WORDS = {
    "cosigner_twice": gettext_lazy("Somebody who signs too stands there twice."),
    "grounds_without_objection": gettext_lazy(
        "Grounds for an objection are named, but nobody has to answer one. Write within how long it is answered."
    ),
    "in_part_nowhere": gettext_lazy(
        "It can be granted in part, but nobody here gives the result: the last step is a payment or an outside system."
    ),
    "ground_twice": gettext_lazy("A ground for an objection stands there twice."),
    "fee_unpaid": gettext_lazy(
        "A fee is announced, but no step waits for the payment: add such a step, or take the fee away."
    ),
    "unknown_question": gettext_lazy("Who signs too: the form has no question “%(other)s”."),
    "no_steps": gettext_lazy("There is no step yet."),
    "twice": gettext_lazy("Step “%(step)s” stands there twice."),
    "reserved": gettext_lazy("“%(step)s” is a name that the system uses itself; choose another."),
    "checks_before_first_look": gettext_lazy(
        "Step “%(step)s”: other agencies check only what somebody has looked at first."
    ),
    "first_must_be_ours": gettext_lazy("Step “%(step)s”: the first step is the agency's own work."),
    "unreachable": gettext_lazy("Step “%(step)s”: no step leads there."),
    "dead_end": gettext_lazy("Step “%(step)s”: from here nothing leads to the end."),
    "nobody_decides": gettext_lazy("Somebody has to decide: one step must be a decision."),
    "unknown_step": gettext_lazy("Step “%(step)s” leads to a step that is not there."),
    "to_itself": gettext_lazy("Step “%(step)s” leads to itself."),
    "unknown_unit": gettext_lazy("Step “%(step)s”: there is no agency “%(other)s”."),
    "check_twice": gettext_lazy("Step “%(step)s”: a check stands there twice."),
    "unknown_system": gettext_lazy("Step “%(step)s”: the city knows no outside system “%(other)s”."),
    "system_inside": gettext_lazy("Step “%(step)s”: only a step of an outside body is handed over."),
    "checklist_inside": gettext_lazy("Step “%(step)s”: only a visit has a checklist."),
    "item_twice": gettext_lazy("Step “%(step)s”: the checklist asks the same twice."),
    "system_chooses": gettext_lazy("Step “%(step)s”: after an outside system only one step can follow."),
    "payment_chooses": gettext_lazy("Step “%(step)s”: after a payment only one step can follow."),
    "no_standard": gettext_lazy("No standard counts today: publish it under a decree first."),
    "no_form": gettext_lazy("There is no form yet."),
    "unknown_document": gettext_lazy("The template “%(other)s” is not there, or belongs to another agency."),
    "unknown_fee": gettext_lazy("The fee “%(other)s” is no computed value of the form."),
}

# a code that nobody has put into words yet is still never shown
UNNAMED_PROBLEM = gettext_lazy("Step “%(step)s” cannot work like this; look at it once more.")


REPLAY_SOURCES = {
    "same_step": gettext_lazy("as long as last year"),
    "same_kind": gettext_lazy("new; as long as such steps take at this agency"),
    "own_term": gettext_lazy("new; as long as its own time allows, for nobody has done it yet"),
    "nothing": gettext_lazy("new; nobody knows how long it takes, so it takes no time here"),
}
LIFE_PROBLEMS = {
    "empty": gettext_lazy("There is no step yet."),
    "too_many": gettext_lazy("That is too long for anybody: keep the list shorter."),
    "no_words": gettext_lazy("Step %(line)s: choose a service, or write what is done elsewhere."),
    "twice": gettext_lazy("Step %(line)s: this service stands there twice."),
    "term_without_law": gettext_lazy("Step %(line)s: write which law gives these days."),
}


STANDARDS_FILE = {
    "encoding": gettext_lazy("The file is not text in UTF-8. Save it again as “CSV UTF-8”."),
    "shape": gettext_lazy("The file cannot be read: %(detail)s."),
    "empty": gettext_lazy("The file is empty. Choose it again."),
    "columns": gettext_lazy("These columns are missing: %(detail)s."),
    "too_many": gettext_lazy("More than %(detail)s lines. Divide the file."),
    "too_large": gettext_lazy("The file is larger than %(detail)s kB. Divide it."),
}
STANDARDS_ROW = {
    "no_name": gettext_lazy("The name is missing."),
    "unknown_unit": gettext_lazy("There is no agency of this name; write it as in the list of agencies."),
    "not_yours": gettext_lazy("This agency makes its services itself."),
    "other_unit": gettext_lazy("The service belongs to another agency."),
    "bad_slug": gettext_lazy("The short name may hold small letters, digits and hyphens only, at most 28."),
    "twice": gettext_lazy("This short name stands in the file twice."),
    "decreed": gettext_lazy("This standard is decreed and waits for publication; publish it or take it back first."),
    "content": gettext_lazy("“%(column)s” cannot be read."),
}


def standards_file_words(error: BadStandardsFile) -> str:
    """Return why a file of standards cannot be read, and what to do."""
    return str(STANDARDS_FILE[error.code]) % {"detail": error.detail}


VISIT_PROBLEMS = {
    "not_now": gettext_lazy("This application is not in a step of visiting now."),
    "ended": gettext_lazy("This appointment is over, or was made anew. Open the application again."),
    "past": gettext_lazy("This moment has passed. Choose a later one."),
    "backwards": gettext_lazy("The visit ends before it begins. Correct the times."),
    "long": gettext_lazy("Nobody can wait that long: name at most eight hours."),
    "far": gettext_lazy("Choose a day within the next four months."),
    "outside_hours": gettext_lazy(
        "The office is open on that day at %(hours)s. Choose a time within, or tick that the applicant agreed to it."
    ),
    "closed_day": gettext_lazy(
        "The office is closed on that day. Choose another one, or tick that the applicant agreed to it."
    ),
    "no_words": gettext_lazy("Write a few words first."),
    "incomplete": gettext_lazy("Something is missing below; nothing is lost."),
}
VISIT_LINES = {
    "verdict": gettext_lazy("Choose what you found."),
    "note": gettext_lazy("Write what is not in order."),
    "photo": gettext_lazy("Take at least one photo."),
}
GROUP_FILE = {
    "encoding": gettext_lazy("This is no CSV file. Save the table as “CSV” or “CSV UTF-8” and send that."),
    "empty": gettext_lazy("The file has a heading but no person. Write one row for each."),
    "columns": gettext_lazy(
        "No column is a question of this form. The first row must hold the questions; found: %(detail)s"
    ),
    "too_many": gettext_lazy("At most %(detail)s people at once. Split the file."),
    "too_large": gettext_lazy("The file is too large: at most %(detail)s kB."),
}


def group_file_words(error: BadGroupFile) -> str:
    """Return why a file of people cannot be used, and what to do."""
    return str(GROUP_FILE[error.code]) % {"detail": error.detail}


def standards_row_words(problem: RowProblem) -> str:
    """Return what is wrong with one line of a file of standards."""
    return str(STANDARDS_ROW[problem.code]) % {"column": problem.column}


def life_problem_words(problem: LifeProblem) -> str:
    """Return what keeps a list of things to do from being kept."""
    return str(LIFE_PROBLEMS[problem.code]) % {"line": problem.line}


def workflow_problem_words(problem: WorkflowProblem, *, workflow: Workflow) -> str:
    """Return what keeps a service from being opened, with the step by its number and name."""
    names = {step.slug: f"{number}. {label_of(step)}" for number, step in enumerate(workflow.steps, start=1)}
    said = str(PROBLEM_WORDS.get(problem.code, UNNAMED_PROBLEM))
    return said % {"step": names.get(problem.step, problem.step), "other": problem.other}


CONTENT_WORDS = {
    "too_long": gettext_lazy("“%(component)s” is too long; shorten it."),
    "too_many": gettext_lazy("“%(component)s” has too many items; leave some out."),
    "not_a_term": gettext_lazy(
        "“%(component)s” is no time that can be kept: write a number and its unit, and after “up to” a larger number."
    ),
    "not_an_amount": gettext_lazy("“%(component)s” needs whole rupiah, nought or more."),
    "shape": gettext_lazy("“%(component)s” cannot be read; write it anew."),
    "unknown": gettext_lazy("“%(component)s” is no part of a service standard."),
}


def content_problem_words(problem: BadContent) -> str:
    """Return what of a standard cannot be kept, with the component by its name."""
    component = STANDARD.component(problem.component)
    name = component_label(component) if component is not None else problem.component
    return str(CONTENT_WORDS.get(problem.code, CONTENT_WORDS["shape"])) % {"component": name}

"""Pages and answers for when something went wrong: what happened, what is kept, what to do.

In the language that a person chose; in both, the city's first, where nobody has chosen yet.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.module_loading import import_string
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from balai.foundation.registry.discover import contributions
from balai.foundation.web.contributions import ErrorAnswer
from balai.foundation.web.preferences import chosen_language

MACHINE_PATHS = ("/api/", "/open311/")


@dataclass(frozen=True, kw_only=True)
class ErrorWords:
    """What a page says about one kind of failure."""

    title: Any
    what: Any
    kept: Any
    todo: Any


_NOTHING_KEPT = _("Nothing was changed.")
WORDS: dict[str, ErrorWords] = {
    "400": ErrorWords(
        title=_("We could not read this request"),
        what=_("The address or the form arrived damaged."),
        kept=_NOTHING_KEPT,
        todo=_("Go back, check what you typed and send it again."),
    ),
    "null": ErrorWords(
        title=_("We could not read this request"),
        what=_("The text holds a character that cannot be stored (a null character)."),
        kept=_("Nothing was changed. Your text is still on the page before this one."),
        todo=_("Go back, type the text anew instead of pasting it, and send it again."),
    ),
    "half": ErrorWords(
        title=_("We could not read this request"),
        what=_("The text holds a character that cannot be stored (half of one, as some programs leave it)."),
        kept=_("Nothing was changed. Your text is still on the page before this one."),
        todo=_("Go back, type the text anew instead of pasting it, and send it again."),
    ),
    "long": ErrorWords(
        title=_("The text is too long"),
        what=_("One field holds more text than we can accept."),
        kept=_("Nothing was changed. Your text is still on the page before this one."),
        todo=_("Go back, shorten the text and send it again. Long documents can be attached as a file."),
    ),
    "403": ErrorWords(
        title=_("You cannot open this page"),
        what=_("This page is only for certain posts, and your post is not one of them."),
        kept=_NOTHING_KEPT,
        todo=_("Go back, or ask the head of your unit if you need this page for your work."),
    ),
    "csrf": ErrorWords(
        title=_("The page was open too long"),
        what=_("We could not be sure that this form came from you, so we did not accept it."),
        kept=_("Nothing was changed. Your text is still on the page before this one."),
        todo=_("Go back, reload the page and send it again. Cookies must be allowed for this site."),
    ),
    "404": ErrorWords(
        title=_("This page is not here"),
        what=_("The address may be mistyped, or the page has moved."),
        kept=_("What you sent never disappears: with its number you will find it."),
        todo=_("Check the address, or begin at the home page."),
    ),
    "405": ErrorWords(
        title=_("This address does not work that way"),
        what=_("The page was opened in a way it does not know, for example by reloading a form that was sent."),
        kept=_NOTHING_KEPT,
        todo=_("Go back and use the button on the page."),
    ),
    "413": ErrorWords(
        title=_("What you sent is too large"),
        what=_("The photos or the text together are larger than we can accept at once."),
        kept=_("Nothing was changed. Your text is still on the page before this one."),
        todo=_("Go back and send fewer or smaller photos."),
    ),
    "429": ErrorWords(
        title=_("Too many at once"),
        what=_("Many requests came from your connection in a short time, so we paused it."),
        kept=_("Nothing was changed. Your text is still on the page before this one."),
        todo=_("Wait a little, then send it again."),
    ),
    "503": ErrorWords(
        title=_("This city hall is still being set up"),
        what=_("The city, its agencies or its central desk are not there yet."),
        kept=_NOTHING_KEPT,
        todo=_(
            "Come back later. If you run this installation: run “balai city create” and “balai units load-typical”."
        ),
    ),
    "busy": ErrorWords(
        title=_("This paper cannot be made at the moment"),
        what=_("Many papers are being made, or something is wrong with this one."),
        kept=_NOTHING_KEPT,
        todo=_("Go back and try again in a minute. If that does not help, tell us which paper it was."),
    ),
    "500": ErrorWords(
        title=_("Something broke on our side"),
        what=_("The page could not be made. The fault is ours, and it has been recorded."),
        kept=_("What you sent before is kept."),
        todo=_("Try again in a few minutes. If it is urgent, telephone us; in danger call 112."),
    ),
}
_OTHER = {"id": "en", "en": "id"}


def wants_json(request: HttpRequest) -> bool:
    """Return whether a program asks, not a person."""
    return request.path.startswith(MACHINE_PATHS)


def error_answer(
    request: HttpRequest, *, status: int, key: str = "", headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """Return the page or the problem document for a failure; ``key`` chooses the words, else the status does."""
    words = WORDS.get(key or str(status), WORDS["400"])
    response = answer_to_program(request, words, status) if wants_json(request) else _page(request, words, status)
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def _page(request: HttpRequest, words: ErrorWords, status: int) -> HttpResponse:
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    context = {"status": status, "words": words}
    if not chosen_language(request):
        context |= {"other_language": _OTHER[language], **_in_other(words, language)}
    return HttpResponse(render_to_string("web/error.html", context, request=request), status=status)


def _in_other(words: ErrorWords, language: str) -> dict[str, str]:
    with override(_OTHER[language]):
        return {
            "other_title": str(words.title),
            "other_text": " ".join(str(part) for part in (words.what, words.kept, words.todo)),
        }


def answer_to_program(request: HttpRequest, words: ErrorWords, status: int) -> HttpResponse:
    """Return a failure in the form of the protocol that is spoken at this address, else as a problem document."""
    text = gettext("%(what)s %(todo)s") % {"what": words.what, "todo": words.todo}
    for own in contributions(ErrorAnswer):
        if request.path.startswith(own.prefix):
            answered: HttpResponse = import_string(own.answer)(request, status=status, text=text)
            return answered
    body = {"type": "about:blank", "title": str(words.title), "status": status, "detail": text}
    return HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type="application/problem+json")

"""Pages on which staff keep the texts of messages and see what became of them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balai.foundation.calendar import clock
from balai.foundation.identity.models import User
from balai.foundation.messages import actions, queries
from balai.foundation.messages.contributions import MessageTemplate
from balai.foundation.messages.forms import WordsForm, values_of
from balai.foundation.messages.words import known_names, sample_of, state_words

PERMISSION = "messages.edit"


@require_safe
def texts(request: HttpRequest) -> HttpResponse:
    """List every message with its subject and whether the city has words of its own."""
    _editor(request)
    return render(request, "messages/texts.html", {"lines": queries.texts(locale=get_language() or "id")})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, channel: str) -> HttpResponse:
    """Show, preview and store the words of one message."""
    by = _editor(request)
    brought = _template(slug, channel)
    words, own = queries.words_now(brought=brought)
    form = WordsForm(request.POST if request.method == "POST" else None, brought=brought, initial=values_of(words))
    if form.is_bound:
        is_good = form.is_valid()
        if is_good and "preview" not in request.POST:
            actions.change_words(slug=slug, channel=channel, words=form.words(), by=by, at=clock.now())
            messages.success(request, _("Saved. The next message that is sent has the new words."))
            return redirect("messages:edit", slug=slug, channel=channel)
        words = form.words() if is_good else {}
    samples = {locale: sample_of(each) for locale, each in words.items()}
    context = {"brought": brought, "form": form, "own": own, "samples": samples, "names": known_names(brought)}
    return render(request, "messages/edit.html", context, status=422 if form.errors else 200)


@require_POST
def reset(request: HttpRequest, slug: str, channel: str) -> HttpResponse:
    """Go back to the words that came with the program."""
    by = _editor(request)
    _template(slug, channel)
    if actions.reset_words(slug=slug, channel=channel, by=by, at=clock.now()):
        messages.success(request, _("The original words are back."))
    return redirect("messages:edit", slug=slug, channel=channel)


@never_cache
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """Show the log of messages, newest first."""
    _editor(request)
    state, before = request.GET.get("state", ""), request.GET.get("before", "")
    lines, following = queries.outbox(state=state, before=int(before) if before.isdecimal() else None)
    counts = queries.counts_by_state()
    return render(
        request,
        "messages/outbox.html",
        {
            "lines": lines,
            "state": state,
            "states": [(code, state_words(code), counts[code]) for code in counts],
            "next_url": f"?state={state}&before={following}" if following else "",
            "failed": counts["failed"],
        },
    )


@require_POST
def again(request: HttpRequest, message_id: int) -> HttpResponse:
    """Send one failed message again."""
    by = _editor(request)
    if actions.send_again(message_id=message_id, by=by, at=clock.now()):
        messages.success(request, _("The message is on its way again."))
    else:
        messages.info(request, _("This message has not failed, so nothing was sent again."))
    return redirect("messages:outbox")


@require_POST
def all_again(request: HttpRequest) -> HttpResponse:
    """Send everything again that has failed and certainly not left."""
    by = _editor(request)
    count = actions.send_all_again(by=by, at=clock.now())
    text = ngettext("%(count)s message is on its way again.", "%(count)s messages are on their way again.", count)
    messages.success(request, text % {"count": count})
    return redirect("messages:outbox")


@require_POST
def test(request: HttpRequest) -> HttpResponse:
    """Send a test message to oneself."""
    by = _editor(request)
    actions.send_test(to=by, at=clock.now())
    messages.success(
        request,
        _("A test message to %(address)s is on its way. This list shows how it ends.") % {"address": by.email},
    )
    return redirect("messages:outbox")


def _template(slug: str, channel: str) -> MessageTemplate:
    try:
        return actions.find_template(slug=slug, channel=channel)
    except actions.UnknownMessage as unknown:
        raise Http404 from unknown


def _editor(request: HttpRequest) -> User:
    """Return who edits, if they may."""
    authority = getattr(request, "authority", None)
    if authority is None or not authority.may(PERMISSION) or not isinstance(request.user, User):
        raise PermissionDenied
    return request.user

"""The mailbox of the demonstration: every message that would have left the machine, for everybody to read."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from balai.foundation.messages import queries
from balai.foundation.messages.models import MailboxItem


@login_not_required
@never_cache
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """List the messages, newest first."""
    _only_in_a_demo()
    before = request.GET.get("before", "")
    items, following = queries.mailbox(before=int(before) if before.isdecimal() else None)
    context = {"items": items, "next_url": f"?before={following}" if following else ""}
    return render(request, "messages/mailbox.html", context)


@login_not_required
@never_cache
@require_safe
def letter(request: HttpRequest, item_id: int) -> HttpResponse:
    """Show one message."""
    _only_in_a_demo()
    return render(request, "messages/letter.html", {"item": get_object_or_404(MailboxItem, pk=item_id)})


def _only_in_a_demo() -> None:
    if not settings.BALAI_DEMO:
        raise Http404

"""What people can do here with a record of the catalogue: report about it, and read what others reported."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from balai.engines.cases.queries.subjects import count_about, subject_of
from balai.engines.catalogs.contributions import RecordLink
from balai.engines.catalogs.models import Record


def links_of(record: Record) -> list[RecordLink]:
    """Return the way to a report about a record, and to those that everybody may read; two queries."""
    about = f"{record.kind}:{record.slug}"
    if subject_of(about) is None:
        return []
    asked = urlencode({"about": about})
    links = [RecordLink(_("Report a problem with it"), f"{reverse('complaints:new')}?{asked}", "megaphone")]
    if count := count_about(about):
        words = ngettext("%(count)s report about it", "%(count)s reports about it", count) % {"count": count}
        links.append(RecordLink(words, f"{reverse('complaints:list')}?{asked}", "inbox"))
    return links

"""Begin applications for many people at once: an RT, a company, a school applies for its own."""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from balai.modules.services.actions.apply import DRAFT_LIVES, new_draft_code
from balai.modules.services.actions.life import BegunBundle
from balai.modules.services.models import Application, Bundle, BundleLine, Service
from balai.modules.services.queries.applications import draft_hash
from balai.modules.services.queries.life import bundle_hash
from balai.modules.services.rules.group_file import MOST_PEOPLE
from balai.modules.services.rules.life import LifeLine, lines_to_json


@transaction.atomic
def begin_group(
    *, service: Service, name: str, people: Sequence[Mapping[str, Any]], locale: str = "id", at: datetime
) -> BegunBundle:
    """Begin a list with a draft of the same service for each person; ``people`` are their answers so far.

    ``name`` says who applies for them and by what right; the officer reads it on each.

    :raises ValueError: for nobody, or more than a hundred. :raises LookupError: if the service takes no applications.
    """
    if service.live_id is None:
        raise LookupError(service.slug)
    if not 0 < len(people) <= MOST_PEOPLE:
        raise ValueError(len(people))
    code = new_draft_code()
    bundle = Bundle.objects.create(
        service=service, group_name=name, token_hash=bundle_hash(code), locale=locale, started_at=at, changed_at=at
    )
    drafts = Application.objects.bulk_create(
        Application(
            version_id=service.live_id,
            # nobody knows it: the list opens the draft
            token_hash=draft_hash(secrets.token_hex(16)),
            answers=json.dumps(dict(answers), ensure_ascii=False),
            on_behalf=name,
            locale=locale,
            started_at=at,
            changed_at=at,
            expires_at=at + DRAFT_LIVES,
        )
        for answers in people
    )
    line = lines_to_json([LifeLine(service=service.slug)])[0]
    BundleLine.objects.bulk_create(
        BundleLine(bundle=bundle, position=place, line=line, application=draft) for place, draft in enumerate(drafts)
    )
    return BegunBundle(bundle=bundle, code=code)

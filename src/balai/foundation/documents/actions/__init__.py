"""Every write of this room."""

from balai.foundation.documents.actions.documents import (
    NotRetryable,
    NotRevocable,
    NumberTaken,
    drop_document,
    request_document,
    retry_document,
    revoke_document,
    take_number,
)
from balai.foundation.documents.actions.templates import (
    DraftMoved,
    UnknownTemplate,
    adopt_template,
    publish_template,
    save_draft,
)

__all__ = [
    "DraftMoved",
    "NotRetryable",
    "NotRevocable",
    "NumberTaken",
    "UnknownTemplate",
    "adopt_template",
    "drop_document",
    "publish_template",
    "request_document",
    "retry_document",
    "revoke_document",
    "save_draft",
    "take_number",
]

"""Who has to sign besides the applicant, and whether a signature still stands for what is being sent."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal

from balai.modules.services.rules.workflow import CoSigner, Workflow

Standing = Literal["missing", "asked", "signed", "changed", "declined"]


def asked_cosigners(workflow: Workflow, values: Mapping[str, Any]) -> tuple[CoSigner, ...]:
    """Return who has to sign too under these answers, in the order of the workflow."""
    return tuple(each for each in workflow.cosigners if not each.only_if or _is_yes(values.get(each.only_if)))


def _is_yes(value: Any) -> bool:
    return value not in (None, "", False, [], {})


def digest_of(values: Mapping[str, Any]) -> str:
    """Return what a signature stands for: the answers as they are, in 64 hexadecimal digits.

    The order of the questions is no part of it; any other change is.
    """
    canonical = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def standing_of(*, signed: str | None, declined: bool, digest: str) -> Standing:
    """Return how a request stands. ``signed`` is the digest that was signed, empty: none yet; None: nobody was asked.

    A signature under other answers stands for nothing: nobody signs what comes afterwards.
    """
    if signed is None:
        return "missing"
    if declined:
        return "declined"
    if not signed:
        return "asked"
    return "signed" if signed == digest else "changed"

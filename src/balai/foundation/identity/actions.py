"""Every write about people."""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from balai.foundation.identity.contributions import CodeSender
from balai.foundation.identity.fields import blind_index
from balai.foundation.identity.models import AccessRecord, Resident, Role, User, VerificationCode
from balai.foundation.identity.rules import BadPhone, check_nik, normalise_phone
from balai.foundation.limits.actions import check_limit
from balai.foundation.registry.discover import contributions

CODE_LIVES = timedelta(minutes=15)
MOST_TRIES = 5
MOST_CODES_AN_HOUR = 5
SEEN_EVERY = timedelta(minutes=10)
_CONTACT = ("name", "email", "phone", "nik", "email_index", "phone_index", "nik_index")
_PERSONAL = (*_CONTACT, "verified_by")


class ContactRefused(Exception):
    """Contact data that cannot be right. ``errors``: field → what to do, in the reader's language."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


class NoSender(Exception):
    """No room can deliver a code on this channel."""


def _checked(*, name: str, email: str, phone: str, nik: str) -> dict[str, str]:
    errors: dict[str, str] = {}
    email, nik, name = email.strip().lower(), nik.replace(" ", "").strip(), " ".join(name.split())
    if email:
        try:
            validate_email(email)
        except ValidationError:
            errors["email"] = _("This e-mail address cannot be right. Correct it, or leave it empty.")
    if phone.strip():
        try:
            phone = normalise_phone(phone)
        except BadPhone:
            errors["phone"] = _("This telephone number cannot be right. Correct it, or leave it empty.")
    else:
        phone = ""
    if nik and any(problem.is_error for problem in check_nik(nik)):
        errors["nik"] = (
            _("A NIK has 16 digits; this one has %(count)s. Correct it, or leave it empty.") % {"count": len(nik)}
            if len(nik) != 16
            else _("This NIK cannot be right. Compare it with the card, or leave it empty.")
        )
    if errors:
        raise ContactRefused(errors)
    return {"name": name[:120], "email": email, "phone": phone, "nik": nik}


def prepare_resident(
    *, name: str = "", email: str = "", phone: str = "", nik: str = "", locale: str = "id", at: datetime
) -> Resident | None:
    """Return an unsaved resident, or None when nothing was given.

    :raises ContactRefused: with a message for each field that cannot be right.
    """
    given = _checked(name=name, email=email, phone=phone, nik=nik)
    if not any(given.values()):
        return None
    return Resident(
        **given,
        email_index=blind_index("email", given["email"]),
        phone_index=blind_index("phone", given["phone"]),
        nik_index=blind_index("nik", given["nik"]),
        locale=locale if locale in ("id", "en") else "id",
        created_at=at,
    )


def register_resident(**given: Any) -> Resident | None:
    """Store a resident (arguments as :func:`prepare_resident`) and return it, or None when nothing was given."""
    resident = prepare_resident(**given)
    if resident is not None:
        resident.save(force_insert=True)
    return resident


def correct_resident(*, resident_id: int | None, **given: Any) -> int | None:
    """Keep what somebody corrected of who they are (arguments as :func:`prepare_resident`); return the resident.

    An address that changed has to be verified anew.

    :raises ContactRefused: with a message for each field that cannot be right.
    """
    fresh = prepare_resident(**given)
    if fresh is None:
        return resident_id
    known = Resident.objects.select_for_update().filter(pk=resident_id or 0).first()
    if known is None:
        fresh.save(force_insert=True)
        return fresh.pk
    moved = (known.email_index, known.phone_index) != (fresh.email_index, fresh.phone_index)
    for name in _CONTACT:
        setattr(known, name, getattr(fresh, name))
    if moved:
        known.verified_by, known.verified_at = "", None
    known.save()
    return known.pk


def choose_language(*, resident_id: int, locale: str) -> None:
    """Send a resident's messages in another language from now on."""
    Resident.objects.filter(pk=resident_id).update(locale=locale if locale in ("id", "en") else "id")


@transaction.atomic
def forget_resident(*, resident_id: int) -> bool:
    """Delete everything that tells who a resident is; their matters stay, from nobody. False: it was done before.

    Who looked at the data stays on the record, without saying whose they were.

    Source: UU 27/2022 art. 8, 43, 44.
    """
    VerificationCode.objects.filter(resident_id=resident_id).delete()
    still_there = Resident.objects.filter(pk=resident_id).exclude(
        email_index="", phone_index="", nik_index="", name="", verified_by=""
    )
    return bool(still_there.update(**dict.fromkeys(_PERSONAL, ""), verified_at=None))


def record_access(
    *,
    user: User | Any,
    post_title: str = "",
    resident_id: int | None,
    subject_kind: str,
    subject_id: int,
    what: str,
    reason: str = "",
    at: datetime,
) -> AccessRecord:
    """Keep that somebody looked at personal data or at a secret matter. Append-only."""
    return AccessRecord.objects.create(
        at=at,
        user_id=getattr(user, "pk", None),
        post_title=post_title[:160],
        resident_id=resident_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        what=what,
        reason=reason[:300],
    )


def _code_hash(resident: Resident, code: str) -> str:
    return blind_index("verification", f"{resident.pk}:{code}")


@transaction.atomic
def send_code(*, resident: Resident, channel: str, at: datetime) -> VerificationCode:
    """Send a six-digit code; an older one stops working.

    :raises TooMany: beyond five an hour; :raises NoSender: if no room delivers on ``channel``.
    """
    sender = next((item for item in contributions(CodeSender) if item.channel == channel), None)
    if sender is None:
        raise NoSender(channel)
    index = resident.email_index or resident.phone_index
    check_limit(key=f"code:{channel}:{index}", limit=MOST_CODES_AN_HOUR, per=timedelta(hours=1), at=at)
    code = f"{secrets.randbelow(1_000_000):06d}"
    VerificationCode.objects.filter(resident=resident, channel=channel, used_at__isnull=True).update(expires_at=at)
    row = VerificationCode.objects.create(
        resident=resident,
        channel=channel,
        code_hash=_code_hash(resident, code),
        created_at=at,
        expires_at=at + CODE_LIVES,
    )
    sender.send(resident=resident, code=code, key=f"code:{row.pk}", at=at)
    return row


@transaction.atomic
def verify_code(*, resident: Resident, code: str, at: datetime) -> bool:
    """Return whether ``code`` is the resident's; the fifth wrong try kills it."""
    row = (
        # locked: two tries at once must both count
        VerificationCode.objects.select_for_update(of=("self",))
        .filter(resident=resident, used_at__isnull=True, expires_at__gt=at, attempts__lt=MOST_TRIES)
        .order_by("-created_at")
        .first()
    )
    if row is None:
        return False
    row.attempts += 1
    good = hmac.compare_digest(row.code_hash, _code_hash(resident, code.strip()))
    if good:
        row.used_at = at
        Resident.objects.filter(pk=resident.pk).update(verified_by=row.channel, verified_at=at)
    row.save(update_fields=["attempts", "used_at"])
    return good


DEFAULT_ROLES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "handler": (
        "Petugas penghubung",
        "Handler",
        ("cases.desk", "cases.handle", "cases.assign", "cases.refuse", "cases.see_contact", "cases.see_secret"),
    ),
    "head": (
        "Kepala",
        "Head",
        (
            "cases.desk",
            "cases.handle",
            "cases.assign",
            "cases.refuse",
            "cases.see_contact",
            "cases.see_secret",
            "services.decide",
            "services.objections",
            "services.design",
            "forms.edit",
            "catalogs.edit",
            "catalogs.publish",
            "documents.edit",
            "documents.issue",
            "payments.collect",
            "payments.refund",
            "queue.serve",
            "queue.manage",
        ),
    ),
    "secretary": ("Sekretaris daerah", "City secretary", ("cases.desk", "cases.assign", "units.neglect")),
    "mayor": ("Wali kota", "Mayor", ("cases.desk", "units.neglect")),
    "central_desk": (
        "Meja pusat",
        "Central desk",
        (
            "cases.desk",
            "cases.handle",
            "cases.assign",
            "cases.refuse",
            "cases.see_contact",
            "complaints.enter",
            "complaints.rules",
            "units.neglect",
        ),
    ),
    "counter": (
        "Petugas loket",
        "Counter officer",
        ("cases.desk", "complaints.enter", "services.enter", "payments.collect", "queue.serve"),
    ),
    "inspector": (
        "Inspektur",
        "Inspector",
        ("cases.desk", "cases.handle", "cases.assign", "cases.see_contact", "cases.see_secret"),
    ),
    "settings": (
        "Pengelola sistem",
        "Operator",
        (
            "settings.edit",
            "units.edit",
            "units.neglect",
            "messages.edit",
            "calendar.edit",
            "complaints.rules",
            "documents.edit",
            "documents.issue",
        ),
    ),
}


class EmailTaken(Exception):
    """Somebody signs in with this address already. ``user`` says who."""

    def __init__(self, user: User) -> None:
        super().__init__(user.email)
        self.user = user


@transaction.atomic
def invite_user(*, email: str, name: str, at: datetime, locale: str = "id") -> User:
    """Make an account without a password: its owner chooses one by a link.

    :raises EmailTaken: if there is one with this address.
    """
    email = email.strip().lower()
    there = User.objects.filter(email=email).first()
    if there is not None:
        raise EmailTaken(there)
    user = User(email=email, name=" ".join(name.split())[:120], locale=locale, created_at=at)
    user.set_unusable_password()
    user.save(force_insert=True)
    return user


def note_seen(*, user: User, at: datetime) -> None:
    """Keep that somebody is at work, at most every ten minutes: neglect shows who stays away."""
    if user.last_seen_at is None or at - user.last_seen_at >= SEEN_EVERY:
        User.objects.filter(pk=user.pk).update(last_seen_at=at)
        user.last_seen_at = at


def edit_own_details(*, user: User, name: str, locale: str) -> None:
    """Store the name and the language that somebody chose for themselves."""
    user.name, user.locale = " ".join(name.split())[:120], locale if locale in ("id", "en") else "id"
    user.save(update_fields=["name", "locale"])


def create_default_roles() -> None:
    """Make the usual roles; those that exist are left as the city edited them."""
    Role.objects.bulk_create(
        [
            Role(slug=slug, name_id=name_id, name_en=name_en, permissions=list(permissions))
            for slug, (name_id, name_en, permissions) in DEFAULT_ROLES.items()
        ],
        ignore_conflicts=True,
    )

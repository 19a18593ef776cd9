"""QRIS: the national payment code (EMV, merchant presented) read and written.

Source: QRIS standard of Bank Indonesia (PADG 21/18/2019) on EMVCo QR Code Specification, merchant-presented mode.
"""

import binascii
from collections.abc import Iterable
from dataclasses import dataclass

MAX_NAME, MAX_CITY = 25, 15
RUPIAH, INDONESIA = "360", "ID"
NATIONAL = "51"
PROVIDERS = tuple(f"{tag:02}" for tag in range(26, 46))
MAX_AMOUNT_IDR = 9_999_999_999
MAX_VALUE = 99


class BadQris(ValueError):
    """A text that is no QRIS code. ``code``: length, tag, checksum, missing, not_indonesian, amount, letters."""

    def __init__(self, code: str, tag: str = "") -> None:
        super().__init__(f"{code} {tag}".strip())
        self.code = code
        self.tag = tag


@dataclass(frozen=True, kw_only=True)
class Merchant:
    """Who is paid, as the provider registered it. ``account`` is the provider's own template, tag and text."""

    name: str
    city: str
    postal_code: str
    category: str  # MCC, four digits
    nmid: str
    size: str  # UMI, UKE, UME, UBE, URE
    account_tag: str
    account: str


@dataclass(frozen=True, kw_only=True)
class Qris:
    """A code. ``amount_idr`` is None in a static one; ``bill`` is the number that travels with the payment."""

    merchant: Merchant
    amount_idr: int | None = None
    bill: str = ""


def checksum(text: str) -> str:
    """Return the four capital hex digits that end a code (CRC-16/CCITT-FALSE over everything up to ``6304``)."""
    return f"{binascii.crc_hqx(text.encode('ascii'), 0xFFFF):04X}"


def read_fields(text: str) -> dict[str, str]:
    """Return tag → value of one level of a code.

    :raises BadQris: ``length`` where a value is cut off, ``tag`` where no tag stands or one stands twice.
    """
    fields: dict[str, str] = {}
    at = 0
    while at < len(text):
        tag, size = text[at : at + 2], text[at + 2 : at + 4]
        if not (tag.isascii() and tag.isdigit() and len(tag) == 2) or tag in fields:
            raise BadQris("tag", tag)
        if not (size.isascii() and size.isdigit() and len(size) == 2):
            raise BadQris("length", tag)
        value = text[at + 4 : at + 4 + int(size)]
        if len(value) != int(size):
            raise BadQris("length", tag)
        fields[tag] = value
        at += 4 + int(size)
    return fields


def write_fields(fields: Iterable[tuple[str, str]]) -> str:
    """Return one level of a code; empty values are left out.

    :raises BadQris: ``letters`` where a value is not plain ASCII, ``length`` where it is longer than 99.
    """
    parts = []
    for tag, value in fields:
        if not value:
            continue
        if not value.isascii() or not value.isprintable():
            raise BadQris("letters", tag)
        if len(value) > MAX_VALUE:
            raise BadQris("length", tag)
        parts.append(f"{tag}{len(value):02}{value}")
    return "".join(parts)


def read_qris(text: str) -> Qris:
    """Return what a code says, with its checksum proved.

    :raises BadQris: if it is damaged, not a payment in rupiah, or names no merchant.
    """
    text = text.strip()
    if not text.isascii():
        raise BadQris("letters")
    if len(text) < 8 or text[-8:-4] != "6304":
        raise BadQris("missing", "63")
    if checksum(text[:-4]) != text[-4:].upper():
        raise BadQris("checksum", "63")
    fields = read_fields(text)
    for tag in ("00", "01", "52", "53", "58", "59", "60", NATIONAL):
        if tag not in fields:
            raise BadQris("missing", tag)
    if fields["53"] != RUPIAH or fields["58"] != INDONESIA:
        raise BadQris("not_indonesian")
    national = read_fields(fields[NATIONAL])
    account_tag = next((tag for tag in PROVIDERS if tag in fields), "")
    if not account_tag:
        raise BadQris("missing", "26")
    amount = fields.get("54")
    if amount is not None and not (amount.isdigit() and amount.strip("0")):
        raise BadQris("amount", "54")
    return Qris(
        merchant=Merchant(
            name=fields["59"],
            city=fields["60"],
            postal_code=fields.get("61", ""),
            category=fields["52"],
            nmid=national.get("02", ""),
            size=national.get("03", ""),
            account_tag=account_tag,
            account=fields[account_tag],
        ),
        amount_idr=int(amount) if amount else None,
        bill=read_fields(fields["62"]).get("01", "") if "62" in fields else "",
    )


def write_qris(qris: Qris) -> str:
    """Return the code of a payment: dynamic with an amount, static without.

    :raises BadQris: ``amount`` outside 1 to 9,999,999,999 rupiah, ``length`` or ``letters`` of a name.
    """
    merchant = qris.merchant
    if qris.amount_idr is not None and not 0 < qris.amount_idr <= MAX_AMOUNT_IDR:
        raise BadQris("amount", "54")
    for tag, value, most in (("59", merchant.name, MAX_NAME), ("60", merchant.city, MAX_CITY)):
        if not value or len(value) > most:
            raise BadQris("length", tag)
    national = write_fields((("00", "ID.CO.QRIS.WWW"), ("02", merchant.nmid), ("03", merchant.size)))
    body = write_fields(
        (
            ("00", "01"),
            ("01", "11" if qris.amount_idr is None else "12"),
            (merchant.account_tag, merchant.account),
            (NATIONAL, national),
            ("52", merchant.category),
            ("53", RUPIAH),
            ("54", "" if qris.amount_idr is None else str(qris.amount_idr)),
            ("58", INDONESIA),
            ("59", merchant.name),
            ("60", merchant.city),
            ("61", merchant.postal_code),
            ("62", write_fields((("01", qris.bill),))),
        )
    )
    body += "6304"
    return body + checksum(body)

"""Every write of this room."""

from balai.foundation.payments.actions.bills import (
    NotPayable,
    RefundRefused,
    cancel_bill,
    expire_bills,
    issue_bill,
    pay_out,
    refund_bill,
    take_cash,
)
from balai.foundation.payments.actions.closing import ClosingRefused, cash_of, close_day
from balai.foundation.payments.actions.receipts import (
    BadCallback,
    UnknownProvider,
    provider_named,
    receive_callback,
    reconcile,
    settle_receipt,
)

__all__ = [
    "BadCallback",
    "ClosingRefused",
    "NotPayable",
    "RefundRefused",
    "UnknownProvider",
    "cancel_bill",
    "cash_of",
    "close_day",
    "expire_bills",
    "issue_bill",
    "pay_out",
    "provider_named",
    "receive_callback",
    "reconcile",
    "refund_bill",
    "settle_receipt",
    "take_cash",
]

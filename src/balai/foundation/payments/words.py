"""Words for codes, in the reader's language."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STATES: dict[str, tuple[str, Promise]] = {
    "open": ("attention", _("Waiting for payment")),
    "paid": ("good", _("Paid")),
    "expired": ("late", _("The term is over")),
    "cancelled": ("", _("Not owed any more")),
    "refunded": ("info", _("Money given back")),
}
# instead of the state, while money that has come is being looked at
CHECKING: tuple[str, Promise] = ("info", _("Payment is being checked"))
NOT_PAYABLE: dict[str, Promise] = {
    "": _("This bill was decided a moment ago; nothing was taken. Look at its state."),
    "day_closed": _(
        "This counter's day is closed already; nothing was taken. Take it at another counter, or tomorrow."
    ),
}
OUTCOMES: dict[str, Promise] = {
    "wrong_amount": _("The amount is not the bill's"),
    "unknown_bill": _("No bill has this number"),
    "paid_twice": _("The bill was paid already"),
    "not_payable": _("The bill is not owed any more"),
}
REFUSALS: dict[str, Promise] = {
    "not_paid": _("Only a paid bill can be given back, and only once."),
    "too_much": _("More than was paid cannot go back."),
    "no_reason": _("Write the reason, or the number of the transfer."),
    "closed_already": _("This counter's day is closed already."),
    "not_explained": _("What was counted is not what the record says. Write why."),
    "not_over": _("This day lies ahead."),
}

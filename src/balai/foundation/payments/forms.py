"""Check what whoever holds the money writes."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from balai.foundation.payments.rules.bills import MOST_IDR
from balai.foundation.units.models import Unit


class CashForm(forms.Form):
    """Where money was taken."""

    counter = forms.CharField(label=_("Counter"), max_length=60)


class RefundForm(forms.Form):
    """How much goes back, and why."""

    amount_idr = forms.IntegerField(label=_("Amount in rupiah"), min_value=1, max_value=MOST_IDR)
    reason = forms.CharField(label=_("Reason"), max_length=300)


class PayOutForm(forms.Form):
    """The number under which a refund went out."""

    reference = forms.CharField(label=_("Number of the transfer or receipt"), max_length=80)


class SettleForm(forms.Form):
    """What was done about money without a bill."""

    note = forms.CharField(label=_("What was done about it"), max_length=300)


class ClosingForm(forms.Form):
    """What lay in the drawer of a counter of one of ``units``."""

    unit_id = forms.TypedChoiceField(label=_("Agency"), coerce=int)
    counter = forms.CharField(label=_("Counter"), max_length=60)
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    counted_idr = forms.IntegerField(label=_("Counted, in rupiah"), min_value=0, max_value=MOST_IDR)
    note = forms.CharField(
        label=_("Why it differs"),
        max_length=300,
        required=False,
        help_text=_("Only when what was counted is not what the record says."),
    )

    def __init__(self, *args: Any, units: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(unit.pk, unit.name) for unit in units]
        # one agency is no choice
        blank = [] if len(choices) == 1 else [("", "—")]
        self.fields["unit_id"].choices = [*blank, *choices]  # type: ignore[attr-defined]

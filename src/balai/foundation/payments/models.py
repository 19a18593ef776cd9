"""Bills, what providers said of them, refunds, and the day's closing of a counter."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower


class Bill(models.Model):
    """Something to pay: amounts in whole rupiah, one number, one term. The owner is a soft reference upward."""

    class State(models.TextChoices):
        OPEN = "open"
        PAID = "paid"
        EXPIRED = "expired"
        CANCELLED = "cancelled"
        REFUNDED = "refunded"

    class Method(models.TextChoices):
        QRIS = "qris"
        CASH = "cash"

    number = models.CharField(max_length=20, unique=True)
    owner_kind = models.SlugField(max_length=20)
    owner_id = models.BigIntegerField()
    resident = models.ForeignKey("identity.Resident", on_delete=models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    amount_idr = models.PositiveBigIntegerField()
    # a list of label and amount_idr
    lines = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    method = models.CharField(max_length=10, choices=Method.choices, blank=True)
    # who says so: a provider and its own reference, or the officer who took the money
    provider = models.SlugField(max_length=30, blank=True)
    reference = models.CharField(max_length=80, blank=True)
    taken_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, null=True, related_name="+")
    counter = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount_idr__gt=0), name="payments_bill_asks_something"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("issued_at")), name="payments_bill_has_time"),
            models.CheckConstraint(
                condition=Q(state__in=("paid", "refunded"), paid_at__isnull=False)
                | Q(state__in=("open", "expired", "cancelled"), paid_at__isnull=True),
                name="payments_paid_has_moment",
            ),
            models.CheckConstraint(
                condition=~Q(method="cash") | Q(taken_by__isnull=False), name="payments_cash_has_taker"
            ),
        )
        indexes = (
            models.Index(fields=["owner_kind", "owner_id"], name="payments_bill_owner"),
            models.Index(fields=["expires_at"], condition=Q(state="open"), name="payments_bill_open"),
            models.Index(fields=["paid_at"], condition=Q(paid_at__isnull=False), name="payments_bill_paid"),
        )

    def __str__(self) -> str:
        return self.number


class BillCounter(models.Model):
    """The last bill number of a year; counted up by one statement."""

    year = models.PositiveSmallIntegerField(unique=True)
    value = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.value}"


class Receipt(models.Model):
    """One word of a provider that money came, kept whatever came of it; the same reference counts once."""

    class Outcome(models.TextChoices):
        PAID = "paid"
        WRONG_AMOUNT = "wrong_amount"
        UNKNOWN_BILL = "unknown_bill"
        PAID_TWICE = "paid_twice"
        NOT_PAYABLE = "not_payable"

    provider = models.SlugField(max_length=30)
    reference = models.CharField(max_length=80)
    number = models.CharField(max_length=40)
    amount_idr = models.PositiveBigIntegerField()
    outcome = models.CharField(max_length=15, choices=Outcome.choices)
    # "callback", or "reconciliation" when the provider had to be asked
    heard_by = models.CharField(max_length=15)
    at = models.DateTimeField()
    # money that no bill explains: settled by giving it back, or by hand with a reason
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["provider", "reference"], name="payments_receipt_once"),)
        indexes = (
            models.Index(
                fields=["at"], condition=Q(settled_at__isnull=True) & ~Q(outcome="paid"), name="payments_unsettled"
            ),
        )

    def __str__(self) -> str:
        return f"{self.provider} {self.reference}"


class Refund(models.Model):
    """Money that goes back, with the reason and who decided; one for each bill."""

    bill = models.OneToOneField(Bill, on_delete=models.PROTECT, related_name="+")
    amount_idr = models.PositiveBigIntegerField()
    reason = models.CharField(max_length=300)
    decided_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    # the transfer's or the cash receipt's number; empty until it went out
    reference = models.CharField(max_length=80, blank=True)
    paid_out_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount_idr__gt=0), name="payments_refund_gives_something"),
            models.CheckConstraint(
                condition=Q(paid_out_at__isnull=True) | ~Q(reference=""), name="payments_refund_has_reference"
            ),
        )

    def __str__(self) -> str:
        return f"refund of {self.bill_id}"


class Closing(models.Model):
    """The day's end of one counter: what the record says, what was counted, and the difference explained."""

    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    counter = models.CharField(max_length=60)
    day = models.DateField()
    recorded_idr = models.PositiveBigIntegerField()
    bills = models.PositiveIntegerField()
    counted_idr = models.PositiveBigIntegerField()
    note = models.CharField(max_length=300, blank=True)
    closed_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint("unit", Lower("counter"), "day", name="payments_closed_once"),
            models.CheckConstraint(
                condition=Q(recorded_idr=F("counted_idr")) | ~Q(note=""), name="payments_difference_is_explained"
            ),
        )

    def __str__(self) -> str:
        return f"{self.counter} {self.day}"


class SimulatedPayment(models.Model):
    """What the simulated provider of demonstration and tests holds: its own books, apart from ours."""

    reference = models.CharField(max_length=80, unique=True)
    number = models.CharField(max_length=40)
    amount_idr = models.PositiveBigIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.reference

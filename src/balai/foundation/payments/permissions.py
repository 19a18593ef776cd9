"""What may be done with money."""

from django.utils.translation import gettext_lazy as _

from balai.foundation.identity.permissions import Permission

COLLECT = Permission(name="payments.collect", label=_("Take payments at a counter and close its day"))
REFUND = Permission(name="payments.refund", label=_("Give money back, settle payments that match no bill"))
PERMISSIONS = (COLLECT, REFUND)

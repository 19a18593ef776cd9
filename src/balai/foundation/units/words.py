"""What kinds, levels, scopes and alarms are called."""

from django.utils.translation import gettext_lazy as _

KINDS = {
    "agency": _("Agency"),
    "secretariat": _("Secretariat"),
    "inspectorate": _("Inspectorate"),
    "hospital": _("Hospital"),
    "district": _("District office"),
    "village": _("Village office"),
    "subunit": _("Part of an agency"),
    "outside": _("Body outside the city"),
}
LEVELS = {
    "handler": _("Handler: does the work"),
    "head": _("Head: answers for the agency"),
    "secretary": _("City secretary"),
    "mayor": _("Mayor"),
}
SCOPES = {
    "unit": _("its own agency"),
    "branch": _("its agency and those below it"),
    "city": _("the whole city"),
}
# alarm → (title of the group, what it means)
ALARMS = {
    "no_holder": (_("Nobody holds the post"), _("The deputy acts. Appoint somebody.")),
    "inactive_holder": (_("The holder's account is closed"), _("Nobody answers here. Appoint somebody else.")),
    "silent": (_("Not signed in for a week"), _("Work may be lying here unread. Ask what is the matter.")),
    "no_deputy": (_("No deputy"), _("When the holder is away, nobody steps in. Name a deputy.")),
}

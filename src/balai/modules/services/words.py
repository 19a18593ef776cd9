"""The module's words for codes, in the reader's language."""

from django.utils.translation import gettext as _

from balai.modules.services.rules.survey_file import BadSurveyFile


def survey_file_words(error: BadSurveyFile) -> str:
    """Return what is wrong with a file of answers, and what to do."""
    if error.code == "columns":
        return _("These columns are missing: %(names)s. The first line must name U1 to U9.") % {"names": error.detail}
    if error.code == "encoding":
        return _("The file is not text in UTF-8 (%(where)s). Save it again as “CSV UTF-8”.") % {"where": error.detail}
    return _("The file is empty. It needs a first line with U1 to U9 and one line for each answer.")

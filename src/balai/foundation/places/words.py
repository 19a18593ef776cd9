"""What is wrong with a file of outlines, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from balai.foundation.places.rules import BoundaryProblem


def describe_problem(problem: BoundaryProblem) -> str:
    """Return one line about a problem: which feature, what is wrong, what to do."""
    what = _SENTENCES[problem.code]() % {"detail": problem.detail}
    if problem.feature and problem.name:
        return _("Feature %(number)s (%(name)s): %(what)s") % {
            "number": problem.feature,
            "name": problem.name,
            "what": what,
        }
    if problem.feature:
        return _("Feature %(number)s: %(what)s") % {"number": problem.feature, "what": what}
    return _("%(name)s: %(what)s") % {"name": problem.name, "what": what} if problem.name else what


def describe_rest(count: int) -> str:
    """Return the line about problems that are not listed."""
    return ngettext("… and %(count)s more.", "… and %(count)s more.", count) % {"count": count}


_SENTENCES = {
    "no_file": lambda: _("The file cannot be read (%(detail)s). Check its path."),
    "not_json": lambda: _("The file is not JSON in UTF-8 (%(detail)s). Export it again as GeoJSON."),
    "not_a_collection": lambda: _("The file is not a GeoJSON FeatureCollection. Export all areas into one file."),
    "no_features": lambda: _("The file has no features."),
    "not_a_feature": lambda: _("this is not a GeoJSON feature."),
    "missing_property": lambda: _(
        "the property “%(detail)s” is missing or empty. Each feature needs code, name, level."
    ),
    "bad_level": lambda: _("the level is not regency, district or village (%(detail)s)."),
    "bad_code": lambda: _("code and level do not fit together (%(detail)s). A village is written as 35.73.01.1001."),
    "outside_code": lambda: _("the code belongs to another city (%(detail)s). Remove this feature."),
    "doubled_code": lambda: _("the code %(detail)s stands in the file twice."),
    "no_geometry": lambda: _("there is no outline."),
    "bad_geometry": lambda: _("the outline is broken and could not be mended. Draw it again."),
    "not_an_area": lambda: _("the outline is not a Polygon or MultiPolygon."),
    "bad_position": lambda: _(
        "the outline lies outside Indonesia. Positions are longitude, then latitude, in degrees (WGS84)."
    ),
    "unknown_district": lambda: _("its district %(detail)s is neither in the national list nor in the file."),
    "no_city": lambda: _("The outline of the city itself (code %(detail)s, level regency) is missing."),
    "no_villages": lambda: _("The file has no villages. Reports are routed by village, so outlines are needed."),
    "village_elsewhere": lambda: _("more than half of the village %(detail)s lies outside the outline of the city."),
}

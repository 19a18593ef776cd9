"""Outlines for maps in the browser."""

import gzip
from functools import lru_cache

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from balai.foundation.places.queries import NoCityYet, current_city, outlines_of

_FIVE_MINUTES, _ONE_YEAR = 300, 365 * 24 * 3600


@login_not_required
@require_safe
def outlines(request: HttpRequest, level: str) -> HttpResponse:
    """Give the outlines of ``level`` as GeoJSON; with ``?v=`` and the present edition browsers keep them for good."""
    try:
        city = current_city()
        text = outlines_of(city=city, level=level)
    except (NoCityYet, ValueError) as error:
        raise Http404 from error
    etag = quote_etag(f"{city.boundary_version}-{level}")
    unchanged = get_conditional_response(request, etag=etag)
    response = unchanged or HttpResponse(content_type="application/geo+json")
    if unchanged is None:
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            response.content = _packed(text)
            response["Content-Encoding"] = "gzip"
        else:
            response.content = text.encode()
    is_lasting = request.GET.get("v") == str(city.boundary_version)
    response["Cache-Control"] = (
        f"public, max-age={_ONE_YEAR}, immutable" if is_lasting else f"public, max-age={_FIVE_MINUTES}"
    )
    response["ETag"] = etag
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


@lru_cache(maxsize=8)
def _packed(text: str) -> bytes:
    # the same text packs to the same bytes: no time of packing inside
    return gzip.compress(text.encode(), compresslevel=9, mtime=0)

"""The mark of the city: what the city uploaded, else a pendopo, the open hall from which this program has its name."""

from balai.foundation.web.queries import CityFace
from balai.foundation.web.rules.colours import NotAColour, tokens_for
from balai.foundation.web.theme import FALLBACK_COLOUR

_PENDOPO = (
    '<path d="M12.2 6.5h7.6l2.9 6.2 6.3 3.6v1.7H3v-1.7l6.3-3.6z"/>'
    '<path d="M6.4 19.4h2.4v5.2H6.4zM12.4 19.4h2.2v5.2h-2.2zM17.4 19.4h2.2v5.2h-2.2zM23.2 19.4h2.4v5.2h-2.4z"/>'
    '<path d="M4.2 25.4h23.6v2H4.2z"/>'
)


def mark_svg(face: CityFace) -> str:
    """Return the drawing shown in the top bar."""
    return face.mark_svg or icon_svg(face)


def icon_svg(face: CityFace) -> str:
    """Return the drawing shown in the browser's tab: the city's mark, else the pendopo on the city's colour."""
    if face.mark_svg:
        return face.mark_svg
    try:
        colour = tokens_for(face.colour).light["brand"]
    except NotAColour:
        colour = FALLBACK_COLOUR
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" '
        f'fill="{colour}"/><g fill="#fff">{_PENDOPO}</g></svg>'
    )

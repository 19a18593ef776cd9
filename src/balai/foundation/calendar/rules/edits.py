"""Who edits the calendar."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Editor:
    """A member of staff with the name at the time of the edit; number 0: a command on the server."""

    id: int = 0
    name: str = ""


SERVER = Editor()

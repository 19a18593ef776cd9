"""Bytes on their way to the disk while the request that brought them goes on."""

from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache

from django.core.files.base import File
from django.core.files.storage import default_storage

# each waits for the disk and not for the processor
_AT_ONCE = 8


@cache
def _writers() -> ThreadPoolExecutor:
    # made at the first file, in the process that serves: threads do not outlive a fork
    return ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="files")


def begin(*, name: str, content: File[bytes]) -> "Future[str]":
    """Store bytes under a name that nobody else has, and return at once; the result is the name under which they lie.

    Nobody else may read ``content`` any more.
    """
    try:
        return _writers().submit(default_storage.save, name, content)
    except RuntimeError:
        # the process is on its way out and starts nothing more; who is being served is served to the end
        stored: Future[str] = Future()
        stored.set_result(default_storage.save(name, content))
        return stored

"""Drawings that stand for photos and papers: one stored picture, to which many rows point."""

import hashlib
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image


def store_picture(image: Image.Image, *, small: tuple[int, int], stored: str, thumbnail: str) -> dict[str, Any]:
    """Write a drawing and its thumbnail (``small`` in pixels) under two names, and return the columns of an
    ``Attachment`` that point at them. What lies there of an earlier load is replaced.
    """
    data = _encoded(image)
    for name, content in ((stored, data), (thumbnail, _encoded(image.resize(small)))):
        if default_storage.exists(name):
            default_storage.delete(name)
        default_storage.save(name, ContentFile(content))
    return {
        "content_type": "image/jpeg",
        "width": image.width,
        "height": image.height,
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "stored": stored,
        "thumbnail": thumbnail,
    }


def _encoded(image: Image.Image) -> bytes:
    held = BytesIO()
    image.save(held, "JPEG", quality=85)
    return held.getvalue()

"""Pictures as they are given out: the same image, drawn anew, without its notes.

A photo carries notes that nobody sees: where it was taken, by which phone, when
(EXIF, XMP, IPTC). The bytes as they were handed in stay kept and sealed: a court may
ask for them. What officers read is drawn anew from the image points, turned upright.
"""

import warnings
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
MOST_PIXELS = 50_000_000
"""A phone's largest photo has 50 million image points; each takes four bytes here."""
QUALITY = 90
SAVED: Mapping[str, Mapping[str, Any]] = {
    "JPEG": {"quality": QUALITY},
    "PNG": {"optimize": False},
    "WEBP": {"quality": QUALITY},
}


class PictureBroken(Exception):
    """The bytes begin like a picture and are none."""


class PictureTooLarge(Exception):
    """More image points than `MOST_PIXELS`."""


def drawn_anew(content: bytes, media_type: str) -> bytes:
    """Return a picture without its notes, in the same format.

    Raises PictureBroken and PictureTooLarge; the size is read before it is unpacked.
    """
    form = FORMATS[media_type]
    try:
        with warnings.catch_warnings():
            # Pillow's own bound warns first; ours is lower and refuses.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=[form]) as picture:
                width, height = picture.size
                if width * height > MOST_PIXELS:
                    raise PictureTooLarge
                upright = ImageOps.exif_transpose(picture)
                return _saved(upright, form)
    except Image.DecompressionBombError:
        raise PictureTooLarge from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise PictureBroken from error


def _saved(picture: Image.Image, form: str) -> bytes:
    """Return the image points alone: a copy has no notes to take along."""
    mode = picture.mode if picture.mode in {"L", "RGB"} else _usual(picture, form)
    bare = Image.new(mode, picture.size)
    bare.paste(picture.convert(mode))
    out = BytesIO()
    bare.save(out, form, **SAVED[form])
    return out.getvalue()


def _usual(picture: Image.Image, form: str) -> str:
    has_holes = form != "JPEG" and picture.has_transparency_data
    return "RGBA" if has_holes else "RGB"

"""Pieces of evidence for tests: a picture with a phone's notes, and a paper."""

from hashlib import sha256
from io import BytesIO

from PIL import Image

from libs.objects import ObjectKeys
from libs.pictures import drawn_anew

PDF = b"%PDF-1.7 a wage sheet"
PLACE = "N 31 4 12"


def picture(form: str, mode: str = "RGB") -> bytes:
    """Draw a small picture that carries the notes of a phone."""
    drawn = Image.new(mode, (8, 4), "white")
    drawn.paste("red" if mode == "RGB" else 0, (0, 0, 4, 4))
    notes = Image.Exif()
    notes[ORIENTATION] = 6  # Taken with the phone upright: a quarter to the right.
    notes[MAKER] = PLACE
    out = BytesIO()
    drawn.save(out, form, exif=notes)
    return out.getvalue()


ORIENTATION, MAKER = 0x0112, 0x010F
CAME = picture("PNG")
PNG = drawn_anew(CAME, "image/png")
DIGEST = sha256(PNG).hexdigest()
FIRST = ObjectKeys.of(b"1" * 32)

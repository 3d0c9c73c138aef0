"""Uploaded pictures: upright, without hidden data, no finer than a reader needs."""

from collections.abc import Iterator
from io import BytesIO

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError
from pillow_heif import register_heif_opener

from rejoinder.errors import ExhibitRejected
from tools.packet.blocks import Picture
from tools.packet.masking import refuse_cards
from tools.packet.quality import Quality

FORMATS = ("JPEG", "PNG", "HEIF", "WEBP", "GIF", "TIFF", "BMP")
_SCREEN_DPI = 96
_PAPER_INCHES = (6.7, 9.5)
_MOST_PIXELS = 80_000_000
_MOST_FRAMES = 20
_POINTS = 72

register_heif_opener()


def is_picture(content: bytes) -> bool:
    """Tell whether Pillow knows the bytes as one of the formats taken."""
    try:
        with Image.open(BytesIO(content), formats=FORMATS):
            return True
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False


def read_pictures(content: bytes, where: str, alt: str, quality: Quality) -> tuple[Picture, ...]:
    """Return each picture of a file, upright and without metadata.

    Raises:
        ExhibitRejected: broken, or too large to open.
        CardNumberFound: a full card number in its metadata.
    """
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            refuse_cards(_metadata(image), f"{where}, in the data about the picture")
            return tuple(_frames(image, where, alt, quality))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as exc:
        raise ExhibitRejected(f"{where}: the picture is broken ({exc}); open it and save it anew as JPEG") from exc


def shrunk(image: Image.Image, box: tuple[float, float], quality: Quality) -> Image.Image:
    """Return an RGB or grey picture on white, with no more dots than the box (in inches) shows."""
    flat = _on_white(image)
    if quality.grey:
        flat = flat.convert("L")
    most = (max(1, round(box[0] * quality.dpi)), max(1, round(box[1] * quality.dpi)))
    if flat.width > most[0] or flat.height > most[1]:
        flat = ImageOps.contain(flat, most)
    return flat


def _frames(image: Image.Image, where: str, alt: str, quality: Quality) -> Iterator[Picture]:
    if image.width * image.height > _MOST_PIXELS:
        raise ExhibitRejected(
            f"{where}: {image.width} by {image.height} dots are too many; make it smaller than {_MOST_PIXELS:,} dots"
        )
    count = getattr(image, "n_frames", 1) if image.format in ("TIFF",) else 1
    if count > _MOST_FRAMES:
        raise ExhibitRejected(f"{where}: {count} pictures in one file; split it, {_MOST_FRAMES} are taken at most")
    for number, frame in enumerate(ImageSequence.Iterator(image), start=1):
        yield _picture(frame, image.format == "PNG", alt if count == 1 else f"{alt} ({number} of {count})", quality)
        if number == count:
            break


def _picture(image: Image.Image, was_png: bool, alt: str, quality: Quality) -> Picture:
    width, height = image.size
    if image.getexif().get(0x0112, 1) >= 5:
        width, height = height, width
    points = _POINTS / _SCREEN_DPI
    scale = min(1.0, _PAPER_INCHES[0] * _SCREEN_DPI / width, _PAPER_INCHES[1] * _SCREEN_DPI / height)
    shown = (width * scale / _SCREEN_DPI, height * scale / _SCREEN_DPI)
    longest = round(max(shown) * quality.dpi)  # for both sides: the picture may still lie on its side
    image.draft("RGB", (longest, longest))
    small = shrunk(ImageOps.exif_transpose(image), shown, quality)
    content, suffix = _encoded(small, was_png, quality)
    return Picture(
        content=content, suffix=suffix, width=width * scale * points, height=height * scale * points, alt=alt
    )


def _encoded(image: Image.Image, was_png: bool, quality: Quality) -> tuple[bytes, str]:
    """Encode as JPEG; a screenshot stays PNG, with its edges sharp, where that costs little more."""
    jpeg = BytesIO()
    image.save(jpeg, "JPEG", quality=quality.jpeg, optimize=True)
    if was_png:
        png = BytesIO()
        image.save(png, "PNG", optimize=True)
        if png.tell() <= jpeg.tell() * 1.5:
            return png.getvalue(), "png"
    return jpeg.getvalue(), "jpg"


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in ("L", "RGB"):
        return image
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        page = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(page, layer).convert("RGB")
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        return image.convert("F").point(lambda dot: dot / 256).convert("L")
    return image.convert("RGB")


def _metadata(image: Image.Image) -> str:
    exif = image.getexif()
    values = [*image.info.values(), *exif.values(), *exif.get_ifd(0x8769).values(), *exif.get_ifd(0x8825).values()]
    return "\n".join(_text_of(value) for value in values)


def _text_of(value: object) -> str:
    if isinstance(value, bytes):
        wide = value.decode("utf-16", "ignore") if value[:8] == b"UNICODE\0" else ""
        return f"{value[:200_000].decode('latin-1')}\n{wide}"
    return value[:200_000] if isinstance(value, str) else ""

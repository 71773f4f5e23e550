"""PDF files written by hand, so that a test says every octet that matters."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image

FONT = (
    b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[<</Type/Font"
    b"/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>"
    b"/FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0"
    b"/Ascent 880/Descent -120/CapHeight 880/StemV 93>>/DW 1000>>]>>"
)
"""A Chinese font that every reader has, without an embedded program."""


@dataclass
class Pdf:
    """A file that grows by objects; number 1 is the catalogue, 2 the tree of pages."""

    objects: list[bytes] = field(default_factory=lambda: [b"", b""])
    pages: list[int] = field(default_factory=list)
    catalogue: bytes = b""

    def add(self, body: bytes) -> int:
        """Add an object; its number."""
        self.objects.append(body)
        return len(self.objects)

    def stream(self, data: bytes, entries: bytes = b"") -> int:
        """Add a stream as it is; its number."""
        return self.add(b"<<%b/Length %d>>stream\n%b\nendstream" % (entries, len(data), data))

    def page(
        self, content: bytes, entries: bytes = b"", *, box: str = "0 0 595 842", resources: bytes = b""
    ) -> None:
        """Add a page; its font is /F."""
        font, body = self.add(FONT), self.stream(content)
        self.pages.append(
            self.add(
                b"<</Type/Page/Parent 2 0 R/MediaBox[%b]/Contents %d 0 R/Resources<</Font<</F %d 0 R>>%b>>%b>>"
                % (box.encode(), body, font, resources, entries)
            )
        )

    def picture(self, picture: Image.Image, layer: bytes = b"") -> None:
        """Add a page that is a *picture*, with further content over it."""
        octets = io.BytesIO()
        picture.convert("RGB").save(octets, "JPEG", quality=80)
        size = b"/Width %d/Height %d" % picture.size
        image = self.stream(
            octets.getvalue(),
            b"/Type/XObject/Subtype/Image/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode" + size,
        )
        width, height = (595, 842) if picture.height > picture.width else (842, 595)
        self.page(
            b"q %d 0 0 %d 0 0 cm /I Do Q " % (width, height) + layer,
            box=f"0 0 {width} {height}",
            resources=b"/XObject<</I %d 0 R>>" % image,
        )

    def octets(self) -> bytes:
        """The file."""
        kids = b" ".join(b"%d 0 R" % number for number in self.pages)
        self.objects[0] = b"<</Type/Catalog/Pages 2 0 R%b>>" % self.catalogue
        self.objects[1] = b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, len(self.pages))
        out, places = b"%PDF-1.7\n", []
        for number, body in enumerate(self.objects, start=1):
            places.append(len(out))
            out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
        table = b"".join(b"%010d 00000 n \n" % place for place in places)
        return out + (
            b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
            % (len(places) + 1, table, len(places) + 1, len(out))
        )


def show(words: str, matrix: str = "1 0 0 1 72 760", size: int = 12) -> bytes:
    """Content that shows *words* at a text matrix."""
    return b"BT /F %d Tf %b Tm <%b> Tj ET\n" % (
        size,
        matrix.encode(),
        words.encode("utf-16-be").hex().encode(),
    )


def written(pages: Sequence[Sequence[str]], entries: bytes = b"") -> bytes:
    """A file whose pages hold these lines."""
    made = Pdf()
    for lines in pages:
        shown = (show(line, f"1 0 0 1 72 {760 - 24 * row}") for row, line in enumerate(lines))
        made.page(b"".join(shown), entries)
    return made.octets()


def packed(data: bytes) -> bytes:
    """Deflated."""
    return zlib.compress(data, 9)

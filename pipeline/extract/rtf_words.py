"""The control words of RTF that matter for its text.

Purpose: the tables of rtf.py.
Source: Rich Text Format Specification 1.9.1; [MS-OXRTFEX] (\\htmlrtf).
Limits: words that are not here change nothing.
"""

from __future__ import annotations

import re

from pipeline.records import Aside

TOKEN = re.compile(
    rb"\\'([0-9A-Fa-f]{2})|\\([A-Za-z]{1,40})(-?\d{1,10})? ?|\\([^A-Za-z])|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\",
    re.DOTALL,
)
SILENT = frozenset(
    b"fonttbl colortbl stylesheet info themedata datastore fldinst listtable listoverridetable rsidtbl generator "
    b"xmlnstbl latentstyles bkmkstart bkmkend sp atnid atnauthor atndate atnref filetbl revtbl mmathPr "
    b"colorschememapping nonshppict objclass objname objalias objsect ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn "
    b"background".split()
)
"""Destinations whose text is not shown."""
ASIDES = {
    **dict.fromkeys((b"header", b"headerl", b"headerr", b"headerf"), Aside.HEADER),
    **dict.fromkeys((b"footer", b"footerl", b"footerr", b"footerf"), Aside.FOOTER),
    b"footnote": Aside.FOOTNOTE,
    b"annotation": Aside.COMMENT,
}
OPEN = frozenset(
    b"shppict shpinst shptxt shp pict listtext pntext fldrslt footnote annotation objdata result".split()
)
"""Destinations that are read although a star marks them as skippable."""
SIGNS = {
    b"tab": " ",
    b"line": "\n",
    b"column": "\n",
    b"emdash": "—",
    b"endash": "–",
    b"lquote": "‘",
    b"rquote": "’",
    b"ldblquote": "“",
    b"rdblquote": "”",
    b"bullet": "•",
    b"emspace": "\u3000",
    b"enspace": " ",
    b"~": "\u00a0",
    b"_": "-",
}
ENDS = frozenset(b"par sect page cell nestcell row nestrow".split())
CELLS = frozenset(b"cell nestcell row nestrow".split())
ALIGN = {b"ql": "", b"qj": "", b"qc": "centre", b"qr": "right", b"qd": ""}
STYLE = re.compile(rb"\{\\s(\d{1,4})\b([^{}]{0,2000}(?:\{[^{}]{0,500}\}[^{}]{0,500}){0,8})\}")
"""One style of the style sheet: its number, and what it says with its name at the end."""
LEVEL = re.compile(rb"\\outlinelevel([0-8])\b")
HEADING = re.compile(rb"(?:(?:\bheading|\\'b1\\'ea\\'cc\\'e2) ?([1-9])|\btitle);$", re.IGNORECASE)
"""The names of headings and of the title (标题 1 in GBK)."""
BULLET = re.compile(r"^[\uf020-\uf0ff·•]\s+")
"""A bullet that Word writes out before an item of a list."""

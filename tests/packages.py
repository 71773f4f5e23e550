"""What Excel and Word call damage, looked for in a file: `faults` of a package of ECMA-376, without the programs themselves.

Source: ECMA-376 part 1 (18.3.1, 18.7) and part 2 (names, content types, relationships); limits of Excel.
Limits: no schema; the order of elements is that of CT_Worksheet alone.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from itertools import combinations

from lxml import etree

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
TYPES = "[Content_Types].xml"
ORDER = [
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetProtection",
    "autoFilter",
    "mergeCells",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "drawing",
    "legacyDrawing",
    "tableParts",
]
LONGEST, HIGHEST, MOST_LINKS, LONGEST_LINK, LONGEST_LIST = 32_767, 409.5, 65_530, 2_079, 255
Box = tuple[int, int, int, int]


def faults(octets: bytes) -> list[str]:
    """What is wrong with the package, one line each."""
    with zipfile.ZipFile(io.BytesIO(octets)) as package:
        names = package.namelist()
        parts = {name: package.read(name) for name in names}
    found = [] if len({name.lower() for name in names}) == len(names) else ["two parts of one name"]
    trees = {
        name: etree.fromstring(part)
        for name, part in parts.items()
        if name.endswith((".xml", ".rels", ".vml"))
    }
    found += _typed(trees[TYPES], names)
    found += _related(trees, names)
    for name, tree in trees.items():
        found += [f"{name}: {fault}" for fault in _faults(name, tree)]
    return found


def _faults(name: str, tree: etree._Element) -> Iterator[str]:
    if "worksheets/sheet" in name:
        yield from _sheet(tree)
    if re.search(r"drawings/(vml)?[dD]rawing|word/document", name):
        ids = [one.get("id") for one in tree.iter() if _local(one) in ("cNvPr", "docPr", "shape")]
        ids = ids if "word" not in name else [one.get("id") for one in tree.iter() if _local(one) == "docPr"]
        yield from ["two drawings of one id"] * (len(set(ids)) < len(ids))
    if "comments" in name:
        places = [one.get("ref") for one in tree.iter(f"{SHEET}comment")]
        yield from ["two comments in one cell"] * (len(set(places)) < len(places))
        yield from (
            "long comment"
            for one in tree.iter(f"{SHEET}comment")
            if _units("".join(map(str, one.itertext()))) > LONGEST
        )
    if name == "xl/workbook.xml":
        titles = [str(one.get("name")) for one in tree.iter(f"{SHEET}sheet")]
        yield from (
            "name of a sheet" for one in titles if len(one) > 31 or re.search(r"[\[\]:*?/\\]|^'|'$", one)
        )
        yield from ["two sheets of one name"] * (len({one.lower() for one in titles}) < len(titles))
    if name == "xl/styles.xml":
        count = tree.find(f"{SHEET}cellXfs")
        yield from ["too many styles"] * (count is not None and len(count) > 64_000)


def _typed(types: etree._Element, names: list[str]) -> Iterator[str]:
    """Each part has a content type, and each that is named is there."""
    endings = {str(one.get("Extension")).lower() for one in types if _local(one) == "Default"}
    named = [str(one.get("PartName")) for one in types if _local(one) == "Override"]
    yield from (f"{one} is not there" for one in named if one[1:] not in names)
    yield from ["two types of one part"] * (len(set(named)) < len(named))
    for name in names:
        if name != TYPES and f"/{name}" not in named and name.rpartition(".")[2].lower() not in endings:
            yield f"{name} has no type"


def _related(trees: dict[str, etree._Element], names: list[str]) -> Iterator[str]:
    """Relationships lead somewhere, each part is led to, and each r:id is one of its own part."""
    led = {TYPES}
    for name, tree in trees.items():
        if not name.endswith(".rels"):
            own = f"{posixpath.dirname(name)}/_rels/{posixpath.basename(name)}.rels"
            known = {one.get("Id") for one in trees[own]} if own in trees else set()
            used = {
                value
                for one in tree.iter()
                for key, value in one.attrib.items()
                if str(key).startswith(RELATION)
            }
            yield from (f"{name}: {one} is no relationship" for one in sorted(map(str, used - known)))
            continue
        led.add(name)
        ids = [one.get("Id") for one in tree]
        yield from [f"{name}: two relationships of one id"] * (len(set(ids)) < len(ids))
        for one in tree:
            target = str(one.get("Target"))
            if one.get("TargetMode") == "External":
                yield from (f"{name}: {fault}" for fault in _link(target))
                continue
            base = posixpath.dirname(posixpath.dirname(name))
            path = (
                posixpath.normpath(posixpath.join(base, target)) if not target.startswith("/") else target[1:]
            )
            led.add(path)
            yield from [f"{name}: {target} is not there"] * (path not in names)
    yield from (f"nothing leads to {name}" for name in names if name not in led)


def _link(target: str) -> Iterator[str]:
    """RFC 3986, of a path beside the file; signs beyond ASCII may stand (RFC 3987)."""
    if _units(target) > LONGEST_LINK:
        yield f"long link {target[:60]}"
    if re.search(r"""[\x00-\x20<>"{}|\\^`\[\]]|%(?![0-9A-Fa-f]{2})""", target):
        yield f"link {target[:60]}"
    if re.match(r"/|[A-Za-z][A-Za-z0-9+.-]*:", target) or ".." in target.split("/"):
        yield f"link that leads away {target[:60]}"


def _sheet(tree: etree._Element) -> Iterator[str]:
    order = [ORDER.index(_local(one)) for one in tree]
    yield from ["order of elements"] * (order != sorted(set(order)))
    for row in tree.iter(f"{SHEET}row"):
        yield from ["high row"] * (float(row.get("ht", "0")) > HIGHEST)
        columns = [_box(str(one.get("r")))[0] for one in row]
        yield from [f"order of cells in row {row.get('r')}"] * (columns != sorted(set(columns)))
        yield from (
            f"long text in {one.get('r')}"
            for one in row
            if _units("".join(map(str, one.itertext()))) > LONGEST
        )
    yield from ("wide column" for one in tree.iter(f"{SHEET}col") if float(one.get("width", "0")) > 255)
    merged = [_box(str(one.get("ref"))) for one in tree.iter(f"{SHEET}mergeCell")]
    yield from ("merged areas overlap" for one, other in combinations(merged, 2) if _meet(one, other))
    checked: set[tuple[int, int]] = set()
    for rule in tree.iter(f"{SHEET}dataValidation"):
        yield from _rule(rule)
        for left, top, right, bottom in map(_box, str(rule.get("sqref")).split()):
            cells = {(column, row) for column in range(left, right + 1) for row in range(top, bottom + 1)}
            yield from [f"two rules for cells of {rule.get('sqref')}"] * bool(cells & checked)
            checked |= cells
    links = [one.get("ref") for one in tree.iter(f"{SHEET}hyperlink")]
    yield from ["links"] * (len(set(links)) < len(links) or len(links) > MOST_LINKS)
    yield from ("long footer" for one in tree.iter(f"{SHEET}oddFooter") if _units(one.text or "") > 255)


def _rule(rule: etree._Element) -> Iterator[str]:
    for one in rule:
        formula = one.text or ""
        if _units(formula.removeprefix('"').removesuffix('"')) > LONGEST_LIST:
            yield f"long list {formula[:60]}"
        if formula.startswith('"') and re.search(r"_x[0-9A-Fa-f]{4}_|[\n]|.\"+.", formula):
            yield f"list {formula[:60]}"
    for name, most in (("promptTitle", 32), ("errorTitle", 32), ("prompt", 255), ("error", 255)):
        yield from [f"long {name}"] * (_units(rule.get(name, "")) > most)


def _box(area: str) -> Box:
    """Left, top, right, bottom from 1."""
    first, _, last = area.replace("$", "").partition(":")
    return (*_cell(first), *_cell(last or first))


def _cell(place: str) -> tuple[int, int]:
    column = 0
    for sign in place.rstrip("0123456789"):
        column = 26 * column + ord(sign) - ord("A") + 1
    return column, int(place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def _meet(one: Box, other: Box) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _local(node: etree._Element) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2

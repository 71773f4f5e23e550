"""The file that xlsxwriter's parts are packed into: cheaper, with the same parts.

Purpose: `Book`, an xlsxwriter.Workbook that packs quickly and leaves nothing of the machine in the package.
Source: xlsxwriter 3.3, packager.py and worksheet.py (`_create_package`, `_add_image_files`, `_write_worksheet_rels_files`,
`_write_optimized_sheet_data`, `_write_hyperlinks`);
ECMA-376 part 2. tests/test_workbook_package.py compares the parts with those that xlsxwriter packs itself.
Limits: constant_memory; pictures are octets in memory, each JPEG or PNG.
"""

from __future__ import annotations

import io
import os
import shutil
import time
import zipfile
from itertools import chain
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.packager import Packager
from xlsxwriter.relationships import PACKAGE_SCHEMA, Relationships
from xlsxwriter.worksheet import Worksheet

from outputs.workbook import links

LEVEL = 2
"""Of deflate: a season's sheets (100 MB) take 0.6 instead of 1.7 s of processor, and 16 instead of 13 MB."""
PIECE = 1 << 20
"""Octets that are copied at a time."""
MADE = (1980, 1, 31, 0, 0, 0)
"""When every part was made, as xlsxwriter has it: nothing in the file comes from a clock."""
MODE = 0o600 << 16
"""Permissions of every part: those of the temporary files would be the umask's."""


class _Page(Worksheet):  # type: ignore[misc]  # xlsxwriter tells no types
    """A sheet whose rows go into its part as the octets they are. leads: its links, in the order of the cells."""

    def __init__(self) -> None:
        super().__init__()
        self.leads: list[links.Lead] = []

    def _write_optimized_sheet_data(self) -> None:
        self.row_data_fh.close()
        written = Path(self.row_data_filename)
        if self.dim_rowmin is None:
            self._xml_empty_tag("sheetData")
        else:
            self._xml_start_tag("sheetData")
            self.fh.flush()
            with written.open("rb") as rows:
                shutil.copyfileobj(rows, self.fh.buffer, PIECE)
            self._xml_end_tag("sheetData")
        written.unlink()

    def _write_hyperlinks(self) -> None:
        if not self.leads:
            super()._write_hyperlinks()
            return
        self.fh.writelines(("<hyperlinks>", *links.elements(self.leads), "</hyperlinks>"))
        self.rel_count = len(links.outward(self.leads))


class _Relations(Relationships):  # type: ignore[misc]  # xlsxwriter tells no types
    """The relations of a sheet: first those to what its links lead to."""

    def __init__(self, page: _Page) -> None:
        super().__init__()
        self._targets = links.outward(page.leads)
        self.id = len(self._targets) + 1
        beside = (page.external_drawing_links, page.external_vml_links, page.external_comment_links)
        for one in chain(page.external_hyper_links, *beside):
            self._add_document_relationship(*one)

    def any(self) -> bool:
        return bool(self._targets or self.relationships)

    def _write_relationships(self) -> None:
        self._xml_start_tag("Relationships", [("xmlns", PACKAGE_SCHEMA)])
        self.fh.writelines(links.relations(self._targets))
        for one in self.relationships:
            self._write_relationship(one)
        self._xml_end_tag("Relationships")


class _Packager(Packager):  # type: ignore[misc]  # xlsxwriter tells no types
    """Packs what it made into the file at *path*, and leaves nothing to pack to the workbook that asked."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def _create_package(self) -> list[tuple[Any, str, bool]]:
        with zipfile.ZipFile(self._path, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as package:
            for part, name, pictured in super()._create_package():
                if pictured:  # is compressed already
                    package.writestr(zipfile.ZipInfo(name, MADE), part.getvalue(), zipfile.ZIP_STORED)
                else:
                    stamp = time.mktime((*MADE, 0, 0, -1))
                    os.utime(part, (stamp, stamp))
                    package.write(part, name)
                    Path(part).unlink()
                package.getinfo(name).external_attr = MODE
        return []

    def _write_worksheet_rels_files(self) -> None:
        for number, page in enumerate(self.workbook.worksheets(), 1):
            relations = _Relations(page)
            if relations.any():
                relations._set_xml_writer(self._filename(f"xl/worksheets/_rels/sheet{number}.xml.rels"))
                relations._assemble_xml_file()

    def _add_image_files(self) -> None:
        for number, image in enumerate(self.workbook.images, 1):
            name = f"xl/media/image{number}.{image._image_extension}"
            self.filenames.append((image.image_data, name, True))


class Book(Workbook):  # type: ignore[misc]  # xlsxwriter tells no types
    """A workbook that is written to *path* when it is closed."""

    worksheet_class = _Page

    def __init__(self, path: Path, options: dict[str, Any]) -> None:
        super().__init__(io.BytesIO(), {**options, "constant_memory": True})
        self._path = path

    def close(self) -> None:
        """Write the file, and let the sheets go with the workbook: a compile searches for no cycles, and they hold the pictures."""
        super().close()
        for page in self.worksheets():
            page.workbook_add_format = None

    def _get_packager(self) -> Packager:
        return _Packager(self._path)

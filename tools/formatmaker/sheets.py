"""Excel, WPS, ODF and CSV, and what calls itself .xls."""

from __future__ import annotations

import io

from tools.formatmaker.drawing import picture_of
from tools.formatmaker.saying import ROW, SENTENCE, TITLE, Files
from tools.formatmaker.writing import converted, replaced


def sheets() -> Files:
    """Excel, WPS, ODF, CSV, and what calls itself .xls."""
    import xlsxwriter

    octets = io.BytesIO()
    with xlsxwriter.Workbook(octets) as book:
        sheet = book.add_worksheet("活动")
        sheet.merge_range("A1:C1", TITLE)
        for place, row in enumerate((*ROW, (SENTENCE,)), start=1):
            sheet.write_row(place, 0, row)
        sheet.insert_image("E2", "图.png", {"image_data": io.BytesIO(picture_of("PNG"))})
    plain = octets.getvalue()
    yield "sheet.xlsx", plain
    yield "sheet-dispimg.xlsx", _dispimg()
    for suffix in ("xls", "ods"):
        written = converted("in.xlsx", plain, suffix)
        yield f"sheet.{suffix}", written
        if suffix == "xls":
            yield "sheet.et", written
    rows = "\r\n".join(",".join(row) for row in ((TITLE,), *ROW, (SENTENCE,)))
    yield "sheet-gb18030.csv", rows.encode("gb18030")
    cells = "".join(
        f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in ((TITLE,), *ROW, (SENTENCE,))
    )
    yield "sheet-html.xls", f"<html><meta charset=gbk><table>{cells}</table></html>".encode("gbk")
    cell = '<Cell><Data ss:Type="String">{}</Data></Cell>'
    data = "".join(f"<Row>{''.join(map(cell.format, row))}</Row>" for row in ((TITLE,), *ROW, (SENTENCE,)))
    yield (
        "sheet-xml2003.xls",
        (
            '<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Excel.Sheet"?>'
            '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
            'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="活动"><Table>'
            f"{data}</Table></Worksheet></Workbook>"
        ).encode(),
    )


def _dispimg() -> bytes:
    """A picture in a cell as WPS keeps it: a formula that only WPS knows, and xl/cellimages.xml."""
    import xlsxwriter

    octets = io.BytesIO()
    with xlsxwriter.Workbook(octets) as book:
        sheet = book.add_worksheet("活动")
        sheet.write_row(0, 0, ("活动名称", "照片"))
        sheet.write(1, 0, SENTENCE)
        sheet.write_formula(1, 1, '=_xlfn.DISPIMG("ID_6F8A",1)', None, '=DISPIMG("ID_6F8A",1)')
    drawing = "http://schemas.openxmlformats.org/drawingml/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    images = (
        f'<etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData" xmlns:xdr="{drawing}/spreadsheetDrawing"'
        f' xmlns:a="{drawing}/main" xmlns:r="{office}"><etc:cellImage><xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="ID_6F8A"/>'
        '<xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill><a:blip r:embed="rId1"/></xdr:blipFill><xdr:spPr/></xdr:pic>'
        "</etc:cellImage></etc:cellImages>"
    )
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{office}/image" Target="media/image1.png"/></Relationships>'
    )
    return replaced(
        octets.getvalue(),
        {},
        {
            "xl/cellimages.xml": images.encode(),
            "xl/_rels/cellimages.xml.rels": relations.encode(),
            "xl/media/image1.png": picture_of("PNG"),
        },
    )

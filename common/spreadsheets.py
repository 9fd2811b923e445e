"""Tables for spreadsheets, in which no text becomes a formula."""

import csv
import re
from collections.abc import Iterable, Sequence
from html import escape
from io import BytesIO, StringIO
from zipfile import ZIP_DEFLATED, ZipFile

Cell = str | int | float

# A cell begins with the text, or wherever a program splits it that takes another
# separator than ours or no notice of quotes: it may begin with spaces and quotes.
# Some take wide signs for the usual ones.
FORMULA = re.compile(
    r"(\A|[;|\t\r\n\v\f\x85\u2028\u2029])"
    r"(?=[\"' \xa0\u3000]*[=+\-@＝＋－＠])"
)
CONTROL = re.compile(r"\A[\t\r\n]")
# Neither XML nor a spreadsheet can hold more.
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MAX_CELL = 32_767

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_FILES = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/sheet.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_RELATIONS}/officeDocument" '
    'Target="workbook.xml"/></Relationships>',
    "workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
    '<sheet name="HypoTweet" sheetId="1" r:id="r1"/></sheets></workbook>',
    "_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_RELATIONS}/worksheet" Target="sheet.xml"/>'
    "</Relationships>",
}
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def harmless(text: str) -> str:
    """Put an apostrophe where a cell of this text would begin like a formula."""
    marked = FORMULA.sub(r"\1'", text)
    return f"'{marked}" if CONTROL.match(marked) else marked


def as_csv(rows: Iterable[Sequence[Cell]]) -> str:
    """Write CSV in which no cell begins like a formula, whatever separator is taken.

    Texts are quoted, numbers are not.
    """
    written = StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_NONNUMERIC)
    for row in rows:
        writer.writerow(
            [harmless(cell) if isinstance(cell, str) else cell for cell in row]
        )
    return written.getvalue()


def as_xlsx(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Write a workbook of one sheet whose texts are typed as text.

    What a cell cannot hold is left out: control characters, and all beyond 32,767
    characters.
    """
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        for name, content in _FILES.items():
            archive.writestr(name, _DECLARATION + content)
        with archive.open("sheet.xml", "w") as sheet:
            begin = f'{_DECLARATION}<worksheet xmlns="{_MAIN}"><sheetData>'
            sheet.write(begin.encode())
            for row in rows:
                cells = "".join(map(_xlsx_cell, row))
                sheet.write(f"<row>{cells}</row>".encode())
            sheet.write(b"</sheetData></worksheet>")
    return written.getvalue()


def _xlsx_cell(cell: Cell) -> str:
    if not isinstance(cell, str):
        return f"<c><v>{cell}</v></c>"
    text = escape(NOT_IN_XML.sub("", cell)[:MAX_CELL], quote=False)
    text = text.replace("\r", "&#13;")  # else read as a line feed
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'

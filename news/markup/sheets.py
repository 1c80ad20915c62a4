"""Tables of spreadsheets as tables of an article."""

from news.markup import elements
from news.markup.blocks import Block, Kind, Paragraph

_SPANS = ("colspan", "rowspan")


def tidy(table: Block) -> None:
    """Takes out the rows and columns in which nothing stands, unless it is a table of one row or with joined cells,
    and makes the cells of a first row that is all bold into headings."""
    rows = [row for part in _blocks(table) if part.tag != "caption" for row in _blocks(part)]
    cells = [_blocks(row) for row in rows]
    if len(rows) < 2:
        return
    if not any(span in cell.attributes for row in cells for cell in row for span in _SPANS):
        _drop_blank_columns(rows, cells)
        _drop_blank_rows(table)
    filled = [row for row in rows if not row.is_blank]
    if len(filled) > 1 and _is_heading(filled[0]) and not all(map(_is_heading, filled)):
        for cell in _blocks(filled[0]):
            cell.tag = "th"
            _unbold(cell)


def _blocks(parent: Block) -> list[Block]:
    return [child for child in parent.children if isinstance(child, Block)]


def _drop_blank_columns(rows: list[Block], cells: list[list[Block]]) -> None:
    kept = {column for row in cells for column, cell in enumerate(row) if not cell.is_blank}
    for row, its_cells in zip(rows, cells, strict=True):
        dropped = {id(cell) for column, cell in enumerate(its_cells) if column not in kept}
        row.children = [child for child in row.children if id(child) not in dropped]


def _drop_blank_rows(table: Block) -> None:
    for part in _blocks(table):
        part.children = [
            child for child in part.children if not (isinstance(child, Block) and child.tag == "tr" and child.is_blank)
        ]


def _is_heading(row: Block) -> bool:
    """Whether all of its text is bold, in ordinary cells."""
    cells = _blocks(row)
    return not row.is_blank and all(cell.tag == "td" and _is_bold(cell) for cell in cells)


def _is_bold(cell: Block) -> bool:
    return all(
        isinstance(child, str)
        or (isinstance(child, Paragraph) and child.tag not in elements.HEADINGS and _is_all_bold(child))
        for child in cell.children
    )


def _is_all_bold(paragraph: Paragraph) -> bool:
    return all(
        piece.is_blank or (piece.kind == Kind.TEXT and any(mark.tag == "strong" for mark in piece.marks))
        for piece in paragraph.pieces
    )


def _unbold(cell: Block) -> None:
    for child in cell.children:
        if isinstance(child, Paragraph):
            child.pieces = [
                piece._replace(marks=tuple(mark for mark in piece.marks if mark.tag != "strong"))
                for piece in child.pieces
            ]

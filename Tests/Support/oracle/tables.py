"""CSV and JSON as the contracts have them. A cell is None if it is not given, and empty if it is a quoted empty text."""
import json, re

NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\Z")


class Invalid(Exception):
    pass


def require(condition, why):
    if not condition:
        raise Invalid(why)


def records(text):
    """The records of a file: lists of (text, was quoted)."""
    text = text.removeprefix("\ufeff")
    cells, index, end = [], 0, len(text)
    while index < end:
        if text[index] == '"':
            value = ""
            index += 1
            while True:
                require(index < end, "a quote that nothing closes")
                if text[index] == '"':
                    if text[index + 1:index + 2] != '"':
                        break
                    index += 1
                value += text[index]
                index += 1
            index += 1
            require(index == end or text[index] in ",\r\n", "text after a quote")
            cells.append((value, True))
        else:
            start = index
            while index < end and text[index] not in ",\r\n":
                require(text[index] != '"', "a quote within a field")
                index += 1
            cells.append((text[start:index], False))
        if index < end and text[index] == ",":
            index += 1
            if index == end or text[index] in "\r\n":
                cells.append(("", False))
            else:
                continue
        index += 2 if text[index:index + 2] == "\r\n" else 1
        if cells != [("", False)]:
            yield cells
        cells = []


def rows(path, known, aliases=(), needed=()):
    """The rows of a file as {column: cell}, columns by their first name; unknown ones keep theirs."""
    with open(path, newline="", encoding="utf-8") as file:
        text = file.read()
    while text.startswith("#"):
        text = text.partition("\n")[2]
    all_records = list(records(text))
    if not all_records:
        return
    names = dict(aliases)
    header = [cell[0] for cell in all_records[0]]
    columns = []
    for name in header:
        lower = name.lower()
        columns.append(names.get(lower, lower) if names.get(lower, lower) in known else name)
    require(len(set(columns)) == len(columns) and "" not in columns, "columns")
    require(set(needed) <= set(columns), "a needed column")
    for record in all_records[1:]:
        if [cell[0] for cell in record] == header or all(cell == ("", False) for cell in record) and len(record) == len(header):
            continue
        require(len(record) == len(columns), "number of fields")
        yield {
            column: None if cell == ("", False) else cell[0] for column, cell in zip(columns, record)
        }


def given(row, column):
    """A cell where the quoted empty text means 'not given', too."""
    return row.get(column) or None


def boolean(cell, default):
    if not cell:
        return default
    require(cell.lower() in {"true", "false", "1", "0", "yes", "no"}, "boolean")
    return cell.lower() in {"true", "1", "yes"}


class Raw(str):
    """JSON that is copied as it stands."""


def dump(value):
    """Canonical JSON: members in order, numbers as they were written."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(json.dumps(name, ensure_ascii=False) + ":" + dump(item) for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(dump, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def parse(text):
    """JSON with its numbers as they are written; members must not repeat."""
    def members(pairs):
        require(len(dict(pairs)) == len(pairs), "repeated member")
        return dict(pairs)
    try:
        value = json.loads(text, parse_int=Raw, parse_float=Raw, object_pairs_hook=members,
                           parse_constant=lambda _: require(False, "JSON"))
    except ValueError:
        raise Invalid("JSON")
    require(not re.search("[\ud800-\udfff]", dump(value)), "half of a surrogate pair")
    return value


def extra(row, known):
    """The cells of unknown columns, as texts."""
    return {name: cell for name, cell in row.items() if name not in known and cell is not None}

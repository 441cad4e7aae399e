"""Locales and placeholders of translations."""
import re


def locale(text, wide=False):
    """A locale as it is stored, or None."""
    match = re.fullmatch("([a-z]{2,3})([-_][a-z]{4})?([-_](?:[a-z]{2}|[0-9]{3}))?", text.lower())
    if not match or wide and len(text) == 3:
        return None
    language, script, region = match.groups()
    return language + ("_" + script[1:].title() if script else "") + ("_" + region[1:].upper() if region else "")


def placeholders(text):
    """The names of placeholders, each once, in the order of their first appearance."""
    names = []

    def close(start):
        """The index after the brace that closes the one before `start`, or None."""
        depth = 1
        for index in range(start, len(text)):
            depth += {"{": 1, "}": -1}.get(text[index], 0)
            if not depth:
                return index + 1
        return None

    def scan(start, end):
        index = start
        while index < end:
            double = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_.]*|[0-9]+)\s*\}\}").match(text, index, end)
            plain = re.compile(r"\{([A-Za-z_][A-Za-z0-9_.]*|[0-9]+)\}").match(text, index, end)
            argument = re.compile(r"\{\s*([A-Za-z_][A-Za-z0-9_.]*|[0-9]+)\s*,").match(text, index, end)
            if double or plain:
                names.append((double or plain).group(1))
                index = (double or plain).end()
            elif argument and close(index + 1):
                names.append(argument.group(1))
                index, last = argument.end(), close(index + 1)
                while index < last - 1:
                    if text[index] == "{":
                        scan(index + 1, close(index + 1) - 1)
                        index = close(index + 1)
                    else:
                        index += 1
                index = last
            else:
                index += 1

    scan(0, len(text))
    return list(dict.fromkeys(names))

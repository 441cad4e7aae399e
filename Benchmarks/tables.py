"""CSV files from a seed, of the shapes that a reader meets: the same bytes each time."""
import random

from generate import WORDS

SHAPES = ("translations", "narrow", "quoted")
SECTIONS = ["section%d.item" % number for number in range(97)]
CONTEXTS = ("ui", "button", "label", "tooltip", "")


def texts(random_source, count, most_words):
    """Texts of 2 to `most_words` words, a third of their characters with accents."""
    return [" ".join(random_source.choice(WORDS) for _ in range(random_source.randint(2, most_words)))
            for _ in range(count)]


def translations(random_source):
    """Four columns; a tenth of the texts quoted, because of commas, line feeds or quotes in them."""
    values = texts(random_source, 20_000, 9)
    for place in range(0, len(values), 10):
        middle = random_source.choice((", ", ", ", ", ", "\n", ' "" '))
        values[place] = '"%s"' % values[place].replace(" ", middle, 1)
    yield "key,value,context,updated\n"
    number = 0
    while True:
        yield "%s%d,%s,%s,2026-%02d-%02dT%02d:%02d:00Z\n" % (
            SECTIONS[number % 97], number, values[random_source.randrange(20_000)], CONTEXTS[number % 5],
            1 + number % 12, 1 + number % 28, number % 24, number % 60)
        number += 1


def narrow(random_source):
    """Five short columns of numbers."""
    yield "id,qty,price,flag,score\n"
    number = 0
    while True:
        bits = random_source.getrandbits(60)
        yield "%d,%d,%d.%02d,%d,%d\n" % (
            number, bits & 1023, bits >> 10 & 4095, (bits >> 22) % 100, bits >> 30 & 1, bits >> 31 & 0xFFFFF)
        number += 1


def quoted(random_source):
    """Five columns, every field quoted; a fifth of the texts with a doubled quote."""
    values = texts(random_source, 20_000, 3)
    for place in range(0, len(values), 5):
        values[place] = values[place].replace(" ", ' ""', 1)
    yield '"id","name","text","city","note"\n'
    number = 0
    while True:
        row = tuple(values[random_source.randrange(20_000)] for _ in range(4))
        yield '"%d","%s","%s","%s","%s"\n' % (number, *row)
        number += 1


def write(path, shape, size, seed=20260131):
    """Writes a file of at least `size` bytes; returns how many records it has."""
    records, written, batch = 0, 0, []
    with open(path, "wb") as table:
        for row in globals()[shape](random.Random(seed)):
            batch.append(row)
            records += 1
            if len(batch) == 5000 or records % 100 == 0 and size < 2_000_000:
                data = "".join(batch).encode()
                table.write(data)
                batch.clear()
                written += len(data)
                if written >= size:
                    return records


def write_field(path, size):
    """Writes a header and one field of `size` bytes of text, in which quotes stand."""
    with open(path, "wb") as table:
        table.write(b'text\n"')
        for _ in range(size // 1024):
            table.write(b"x" * 1023 + b'""')
        table.write(b'"\n')

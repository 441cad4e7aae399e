"""Benchmark input from a seed: a translations file, and the SET commands that importing it comes to."""
import random, uuid, json

NAMESPACE = uuid.UUID("9d2c1f0e-6a53-5b7e-8c41-2f60d7a3e915")
TIME = "2026-01-31T02:00:00.000Z"
WORDS = ("Übersicht Größe für Straße Öffnen speichern Menü Startseite Kontakt weiter zurück löschen bestätigen "
         "prénom données hôtel élève bientôt Anmeldung Konto {site_name}").split()


def rows(count, seed=20260131):
    random_source = random.Random(seed)
    texts = []
    for _ in range(5000):
        text = " ".join(random_source.choice(WORDS) for _ in range(random_source.randint(2, 7)))
        texts.append(text + (", " + random_source.choice(WORDS) if random_source.random() < 0.1 else ""))
    for number in range(count):
        yield "section%d.item%d" % (number % 97, number), random_source.choice(texts), \
            random_source.choice(("", "ui", "button")), "2026-01-%02d" % (1 + number % 28)


def quote(text):
    return '"%s"' % text.replace('"', '""') if "," in text or '"' in text else text


def bulk(data):
    return b"$%d\r\n%s\r\n" % (len(data), data)


def translation(row, columns):
    """The id's name and the data of a translation."""
    key, value, context, updated = row
    data = {"key": key, "locale": "de", "layer": "global", "scope": None, "value": value}
    if context:
        data["context"] = context
    data["updated"] = updated
    data["placeholders"] = ["site_name"] if "{site_name}" in value else []
    return "translation:de:global::" + key, data


def snippet(row, columns):
    """The id's name and the data of a snippet: its cells as they are."""
    return "snippet:" + row[0], dict(zip(["snippet_type"] + columns[1:], row))


def snippets(count):
    """Rows of a snippets.csv without a column field_name, about as long as translations."""
    for number, (key, value, context, updated) in enumerate(rows(count)):
        yield "item-%d-of-section-%d" % (number, number % 97), value, context or "plain", updated


SHAPES = {
    "translations": ("translations.de.csv", ["key", "value", "context", "updated"], rows, translation),
    "snippets": ("snippets.csv", ["snippet_name", "title", "category", "changed"], snippets, snippet),
}


def write(folder, count, shape="translations", with_commands=True):
    """Writes a directory `config` and, as SETs, what importing it comes to, into `folder`."""
    name, columns, make, entity_of = SHAPES[shape]
    (folder / "config").mkdir()
    with open(folder / "config" / name, "w", encoding="utf-8") as table, \
            open(folder / "sets.resp", "wb") as commands:
        table.write(",".join(columns) + "\n")
        for row in make(count):
            table.write(",".join(map(quote, row)) + "\n")
            if not with_commands:
                continue
            full_name, data = entity_of(row, columns)
            identity, kind = str(uuid.uuid5(NAMESPACE, full_name)), full_name.split(":")[0]
            entity = {"id": identity, "entity_type": kind, "semantic_name": None, "created_at": TIME,
                      "updated_at": TIME, "created_by": "system", "data": data}
            value = json.dumps(entity, ensure_ascii=False, separators=(",", ":")).encode()
            key = "entity:%s:%s" % (kind, identity)
            commands.write(b"*3\r\n$3\r\nSET\r\n" + bulk(key.encode()) + bulk(value))


def content(count, seed=20260131):
    """SQL that makes a site's tables: `count` snippets in five locales, about 750 bytes each in a dump."""
    return """
        create table users (
          id int primary key, email text not null unique, name text not null, active boolean not null,
          created_at timestamptz not null);
        insert into users
          select n, 'user' || n || '@example.org', 'Jürgen Größe ' || n, n %% 7 > 0,
            timestamptz '2026-01-01Z' + n * interval '1 hour'
          from generate_series(1, 500) n;
        create function pg_temp.hash(n int, part text) returns text language sql immutable
          as $$ select encode(sha512(convert_to('%d:' || part || n, 'UTF8')), 'hex') $$;
        create table snippet_content (
          id uuid primary key, snippet text not null, locale text not null, title text not null,
          body text not null, data jsonb not null, thumbnail bytea, author int not null references users,
          updated_at timestamptz not null, unique (snippet, locale));
        insert into snippet_content
          select md5(pg_temp.hash(n, 'id'))::uuid, 'section' || n / 5 %% 97 || '.item' || n / 5,
            (array['de', 'en', 'fr', 'it', 'es'])[1 + n %% 5],
            'Übersicht ' || translate(left(pg_temp.hash(n, 'title'), 24), '0123456789abcdef', 'äöüßaeiou nrstl '),
            translate(pg_temp.hash(n, 'a') || pg_temp.hash(n, 'b') || pg_temp.hash(n, 'c'),
              '0123456789abcdef', E'äöüßaeiou nrstl\\n'),
            jsonb_build_object('layout', 'wide', 'tags', array['Größe', left(pg_temp.hash(n, 'tag'), 6)],
              'position', n %% 40, 'visible', n %% 3 > 0),
            case when n %% 4 > 0 then decode(left(pg_temp.hash(n, 'image'), 96), 'hex') end,
            1 + n %% 500, timestamptz '2026-01-01Z' + n * interval '1 minute'
          from generate_series(0, %d) n;
        """ % (seed, count - 1)

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


def write(folder, count):
    """Writes config/translations.de.csv and sets.resp into `folder`."""
    (folder / "config").mkdir()
    with open(folder / "config/translations.de.csv", "w", encoding="utf-8") as table, \
            open(folder / "sets.resp", "wb") as commands:
        table.write("key,value,context,updated\n")
        for key, value, context, updated in rows(count):
            table.write("%s,%s,%s,%s\n" % (key, quote(value), context, updated))
            identity = str(uuid.uuid5(NAMESPACE, "translation:de:global::" + key))
            data = {"key": key, "locale": "de", "layer": "global", "scope": None, "value": value}
            if context:
                data["context"] = context
            data["updated"] = updated
            data["placeholders"] = ["site_name"] if "{site_name}" in value else []
            entity = {"id": identity, "entity_type": "translation", "semantic_name": None, "created_at": TIME,
                      "updated_at": TIME, "created_by": "system", "data": data}
            value = json.dumps(entity, ensure_ascii=False, separators=(",", ":")).encode()
            commands.write(b"*3\r\n$3\r\nSET\r\n" + bulk(b"entity:translation:" + identity.encode()) + bulk(value))

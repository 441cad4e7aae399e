"""The keys that a site leads to."""
import hashlib, json, unicodedata, uuid
from directory import Site
from tables import Raw, dump


def envelope(kind, identity, name, data, author):
    text = dump({"id": identity, "entity_type": kind, "semantic_name": name, "created_by": author or "system", "data": data})
    # What is left of the times when they are taken out.
    return text.replace(',"created_by":', ',,,"created_by":', 1)


def words(texts):
    found = set()
    for text in texts:
        run = ""
        for character in text + " ":
            category = unicodedata.category(character)
            if category[0] in "LM" or category == "Nd":
                run += character
            else:
                if len(run.lower()) >= 3:
                    found.add(run.lower())
                run = ""
    return found


def graph_keys(entities, setting):
    """The graph keys as {key: text, or set of lines}."""
    keys = {}

    def add(key, line):
        keys.setdefault(key, set()).add(line)

    for kind, identity, name, data, _, _ in entities if setting != "none" else ():
        add("type_index:" + kind, identity)
        if name:
            keys["semantic:%s:%s" % (kind, name)] = identity
        if kind == "snippet":
            keys["semantic:snippet:" + data["snippet_type"]] = identity
        if kind == "theme":
            keys["semantic:theme:" + data["name"]] = identity
        if kind == "association":
            parent, child, weight = data["parent_id"], data["child_id"], str(data["weight"])
            add("refs:" + child, identity)
            if "path" in data:
                keys["assoc:" + data["path"]] = {
                    "id=" + identity, "parent_id=" + (parent or ""), "child_id=" + child,
                    "type=" + data["association_type"], "weight=" + weight}
            if parent and data["association_type"] == "contains":
                add("children:" + parent, child + " " + str(int(weight)))
                keys["parent:" + child] = parent
            if "entity_id" in data:
                keys["semantic:%s:%s" % (data["entity_type"], data["entity_id"])] = child
        if setting == "words":
            texts = [name] + [data.get(member) for member in ("title", "content", "description", "value")]
            for word in words(text for text in texts if isinstance(text, str) and not isinstance(text, Raw)):
                add("word:" + word, identity)
                add("entity_words:" + identity, word)
    return {key: "\n".join(sorted(value)) if isinstance(value, set) else value for key, value in keys.items()}


def keyspace(folder, setting):
    site = Site(folder)
    keys = graph_keys(site.entities, setting)
    owned = {}
    for kind, identity, name, data, author, _ in site.entities:
        keys["entity:%s:%s" % (kind, identity)] = envelope(kind, identity, name, data, author)
        owned.setdefault(kind, []).append(uuid.UUID(identity).bytes)
    for kind, ids in owned.items():
        packed = {}
        for identity in sorted(ids):
            packed.setdefault(b"%02x" % identity[0], []).append(identity)
        text = b"".join(field + b"".join(packed[field]) for field in sorted(packed))
        keys["reed-import:csv:owned:" + kind] = hashlib.sha1(text).hexdigest()
    if owned:
        keys["reed-import:csv:types"] = "\n".join(sorted(owned))
    keys["reed-import:sources"] = "csv"
    return keys

"""Checks the contents of a Redis against the output contract, by other means than the importer's own.

Standard input: a JSON object, keys to values. Prints one line a fault; exits 1 if there is any.
"""
import json, sys, uuid

NAMESPACE = uuid.UUID("9d2c1f0e-6a53-5b7e-8c41-2f60d7a3e915")
ENVELOPE = ["id", "entity_type", "semantic_name", "created_at", "updated_at", "created_by", "data"]
MEMBERS = {
    "snippet": ["snippet_type", "fields"],
    "theme": ["name", "parent", "parent_id", "context", "active", "description", "chain"],
    "association": ["parent_id", "child_id", "association_type", "weight", "path", "depth", "parent",
                    "entity_type", "entity_id"],
    "translation": ["key", "locale", "layer", "scope", "value", "context", "updated", "placeholders"],
}
OPTIONAL = {"fields", "description", "path", "depth", "context", "updated", "parent", "entity_type", "entity_id"}


def name(kind, data):
    if kind == "snippet":
        return data["snippet_type"]
    if kind == "theme":
        return data["name"]
    if kind == "translation":
        return ":".join([data["locale"], data["layer"], data["scope"] or "", data["key"]])
    if "path" in data:
        return data["path"]
    return ":".join([data["parent_id"] or "", data["association_type"], data["child_id"]])


faults = []
for key, value in json.load(sys.stdin).items():
    try:
        entity = json.loads(value)
        prefix, kind, identity = key.split(":")
        data = entity["data"]
        expected = str(uuid.uuid5(NAMESPACE, kind + ":" + name(kind, data)))
        known = [member for member in data if member in MEMBERS[kind]]
        required = [member for member in MEMBERS[kind] if member not in OPTIONAL]
        numbers = [field.get("default") for field in data.get("fields", [])]
        checks = {
            "key": prefix == "entity",
            "envelope": list(entity) == ENVELOPE,
            "id": identity == expected and entity["id"] == identity,
            "type": entity["entity_type"] == kind,
            "semantic name": entity["semantic_name"] is None,
            "order of members": known == [member for member in MEMBERS[kind] if member in known],
            "members": all(member in data for member in required),
            "canonical JSON": any(isinstance(number, float) for number in numbers)
            or json.dumps(entity, ensure_ascii=False, separators=(",", ":")) == value,
        }
        faults += ["%s: %s: %s" % (key, check, value) for check, holds in checks.items() if not holds]
    except Exception as error:
        faults.append("%s: %r: %s" % (key, error, value))
print("\n".join(faults))
sys.exit(1 if faults else 0)

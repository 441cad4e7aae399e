"""Says what an import of a configuration directory has to lead to, by other means than the importer's own.

usage: oracle DIR [none|graph|words]

Written from the contracts alone. Prints a JSON object: `{"valid": false, "why": ...}`, or `{"valid": true, "keys": {...}}`
with every key of an import into an empty server but the record of the last import. A key's value is text: that of a
string without its times; of a set its members, of a sorted set `member score`, of a hash `field=value`, one a line,
sorted; of the packed ids that are owned their SHA-1.
"""
import json, sys
from keys import keyspace
from tables import Invalid

try:
    result = {"valid": True, "keys": keyspace(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "none")}
except (Invalid, UnicodeDecodeError) as problem:
    result = {"valid": False, "why": str(problem)}
print(json.dumps(result))

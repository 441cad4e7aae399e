"""What most teams would write: csv, uuid5, json and redis-py. usage: python_load.py SHAPE CSV SOCKET|PORT BATCH [LIMIT]

Prints the seconds that it took from the first row to the last reply.
"""
import csv, itertools, json, sys, time, uuid
import redis
import generate

shape, path, where, batch = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
limit = int(sys.argv[5]) if len(sys.argv) > 5 else None
_, columns, _, entity_of = generate.SHAPES[shape]
server = redis.Redis(unix_socket_path=where) if "/" in where else redis.Redis("127.0.0.1", int(where))
server.ping()
start, waiting, pipeline = time.perf_counter(), 0, server.pipeline(transaction=False)
with open(path, encoding="utf-8", newline="") as table:
    reader = csv.reader(table)
    next(reader)
    for row in itertools.islice(reader, limit):
        name, data = entity_of(row, columns)
        identity, kind = str(uuid.uuid5(generate.NAMESPACE, name)), name.split(":")[0]
        value = json.dumps({"id": identity, "entity_type": kind, "semantic_name": None, "created_at": generate.TIME,
                            "updated_at": generate.TIME, "created_by": "system", "data": data},
                           ensure_ascii=False, separators=(",", ":"))
        if batch == 1:
            server.set("entity:%s:%s" % (kind, identity), value)
            continue
        pipeline.set("entity:%s:%s" % (kind, identity), value)
        waiting += 1
        if waiting == batch:
            pipeline.execute()
            waiting = 0
pipeline.execute()
print("%.6f" % (time.perf_counter() - start))

"""What commands for many keys cost the server, by the number of keys in each."""
import statistics, subprocess
import generate

COUNT = 200_000
VALUE = b"x" * 363


def key(number):
    return b"entity:translation:%032x0000" % (number * 0x9E3779B97F4A7C15 % (1 << 128))


def encoded(words):
    return b"*%d\r\n" % len(words) + b"".join(map(generate.bulk, words))


COMMANDS = {
    "SET, MSET": lambda keys: [b"SET" if len(keys) == 1 else b"MSET"] + [part for k in keys for part in (k, VALUE)],
    "GET, MGET": lambda keys: [b"GET" if len(keys) == 1 else b"MGET"] + keys,
    "UNLINK": lambda keys: [b"UNLINK"] + keys,
    "SADD": lambda keys: [b"SADD", b"members"] + keys,
    "HSET": lambda keys: [b"HSET", b"fields"] + [part for k in keys for part in (k, b"1")],
}
SIZES = (1, 16, 64, 128, 256, 512)


def bench(options, server, folder):
    print("\nthe server's CPU time in microseconds a key, by keys a command (median of %d runs)" % options.runs)
    print("%-10s %s" % ("", " ".join("%6d" % size for size in SIZES)))
    fill = folder / "fill.resp"
    for name, command in COMMANDS.items():
        costs = []
        for size in SIZES:
            path = folder / "commands.resp"
            write(path, command, size)
            write(fill, COMMANDS["SET, MSET"], 128)
            costs.append(statistics.median(cost(server, path, fill if name != "SET, MSET" else None)
                                           for _ in range(options.runs)))
        print("%-10s %s" % (name, " ".join("%6.2f" % (seconds / COUNT * 1e6) for seconds in costs)), flush=True)


def write(path, command, size):
    with open(path, "wb") as file:
        for start in range(0, COUNT, size):
            file.write(encoded(command([key(number) for number in range(start, min(COUNT, start + size))])))


def cost(server, path, fill):
    server.ask("flushall")
    for step in (fill, path):
        if step:
            before = server.cpu()
            with open(step, "rb") as commands:
                subprocess.run(["redis-cli", "-s", server.socket, "--pipe"], stdin=commands,
                               stdout=subprocess.DEVNULL, check=True)
    return server.cpu() - before

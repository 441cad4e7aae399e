"""Importing once, again, and after a change, side by side with the server's own limits by redis-cli --pipe."""
import json, pathlib, statistics, tempfile
import generate
from measure import line, timed

CHANGED = 1000
OTHER = ", other build"


def bench(options, server, folder):
    count = options.rows or 1_000_000
    with tempfile.TemporaryDirectory(dir=folder) as place:
        place = pathlib.Path(place)
        generate.write(place, count)
        with open(place / "sets.resp", "rb") as commands:
            pairs = [entry[3:] for entry in entries(commands.read())]
        write(place / "mset.resp", b"MSET", pairs, 256)
        write(place / "msetnx.resp", b"MSETNX", pairs, 256)
        write(place / "mget.resp", b"MGET", [pair[:2] for pair in pairs], 100)
        change(place, "changed", CHANGED)
        change(place, "all", count)
        measure(options, server, place, count)
    small(options, server)


def entries(commands):
    """The lines of each SET, in groups."""
    lines = commands.split(b"\r\n")
    for start in range(0, len(lines) - 1, 7):
        yield lines[start:start + 7]


def write(path, name, pairs, size):
    with open(path, "wb") as commands:
        for start in range(0, len(pairs), size):
            words = [word for pair in pairs[start:start + size] for word in pair]
            commands.write(b"*%d\r\n$%d\r\n%s\r\n" % (1 + len(words) // 2, len(name), name))
            commands.write(b"\r\n".join(words) + b"\r\n")


def change(folder, name, count):
    """A directory of that name, of which so many rows, evenly spread, have another text."""
    (folder / name).mkdir()
    with open(folder / "config/translations.de.csv", encoding="utf-8") as old, \
            open(folder / name / "translations.de.csv", "w", encoding="utf-8") as new:
        rows = old.readlines()
        step = max(1, (len(rows) - 1) // count)
        for number, row in enumerate(rows):
            if number > 0 and (number - 1) % step == 0 and (number - 1) // step < count:
                key, rest = row.split(",", 1)
                row = "%s,%s" % (key, rest.replace(rest[:1], '"X' if rest[:1] == '"' else "X" + rest[:1], 1))
            new.write(row)


def measure(options, server, folder, count):
    results = {}

    def piped(name, file):
        with open(folder / file, "rb") as commands:
            results.setdefault(name, []).append((*timed(["redis-cli", "-s", server.socket, "--pipe"], commands), 0))

    def ours(program, name, directory, changed):
        command = [program, "--csv", str(folder / directory), "--redis", "unix://" + server.socket,
                   "--format", "json"]
        with open(folder / "summary", "w+") as summary:
            figures = timed(command, stdout=summary)
            summary.seek(0)
            report = json.load(summary)
        total = report["total"]
        if total["created"] + total["updated"] != changed:
            raise SystemExit("%s: %s" % (name, report))
        name += OTHER if program == options.against else ""
        results.setdefault(name, []).append((*figures, report["writing_seconds"]))

    steps = {"first import": ("config", count), "unchanged": ("config", 0),
             "%d changed" % CHANGED: ("changed", min(count, CHANGED)),
             "%d changed back" % CHANGED: ("config", min(count, CHANGED)), "all changed": ("all", count)}
    programs = [options.program, options.against] if options.against else [options.program]
    for run in range(options.runs):
        for name, file in (("SET, redis-cli --pipe", "sets.resp"), ("MSET of 256", "mset.resp"),
                           ("MSETNX of 256", "msetnx.resp")):
            server.ask("flushall")
            piped(name, file)
        for program in programs if run % 2 == 0 else reversed(programs):
            server.ask("flushall")
            for name, (directory, changed) in steps.items():
                ours(program, name, directory, changed)
                if name == "first import" and program == options.program:
                    piped("MGET of 100, redis-cli --pipe", "mget.resp")
    print("\n%d translations, unix socket, median of %d runs in turns" % (count, options.runs))
    for name, figures in results.items():
        seconds, cpu, peak, writing = zip(*figures)
        more = "" if not max(writing) else "%.2f us CPU an entity  %.0f MiB peak, %.0f bytes an entity beyond 128 MiB" % (
            statistics.median(cpu) / count * 1e6, max(peak), max(0, max(peak) - 128) * 1048576 / count)
        line(name, seconds, "%8.0f entities/s  %s" % (count / statistics.median(seconds), more))

    def ratio(text, ours, theirs, of=0):
        print("%s: %.2f" % (text, statistics.median(
            their[0] / our[of] for our, their in zip(results[ours], results[theirs]))))

    ratio("rate of the first import to that of SET", "first import", "SET, redis-cli --pipe")
    ratio("the same from the lock on", "first import", "SET, redis-cli --pipe", 3)
    ratio("rate of an unchanged import to that of MGET", "unchanged", "MGET of 100, redis-cli --pipe")
    ratio("time of %d changed to that of unchanged" % CHANGED, "unchanged", "%d changed" % CHANGED)
    for name in steps if options.against else ():
        ratio("rate of %s to that of the other build" % name, name, name + OTHER)


def small(options, server):
    site = pathlib.Path(__file__).parent.parent / "fixtures/config"
    where = ["--csv", str(site), "--redis", "unix://" + server.socket]
    server.ask("flushall")
    timed([options.program, *where])
    seconds = [timed([options.program, "plan", *where])[0] for _ in range(max(20, options.runs))]
    print("\nplan of fixtures/config, from process start to exit, median of %d runs" % len(seconds))
    line("reed-import plan", seconds)

"""Importing with graph keys, side by side with importing without, in turns."""
import pathlib, statistics, tempfile
import generate
from measure import line
from redis_load import measured

SETTINGS = ["none", "graph", "words"]


def bench(options, server, folder):
    count = options.rows or 1_000_000
    with tempfile.TemporaryDirectory(dir=folder) as place:
        place = pathlib.Path(place)
        generate.write(place, count)
        results, memory = {setting: [] for setting in SETTINGS}, {}
        for run in range(options.runs):
            for setting in SETTINGS if run % 2 == 0 else reversed(SETTINGS):
                results[setting].append(
                    measured(options, server, place, "unix://" + server.socket, "--graph-keys", setting))
                memory[setting] = used(server)
    print("\n%d translations, first import, unix socket, median of %d runs in turns" % (count, options.runs))
    for setting, figures in results.items():
        seconds, cpu, peak, _, served = zip(*figures)
        line("--graph-keys " + setting, seconds, "the server %.2f us an entity  %.0f MiB peak  the server holds %.0f MiB" % (
            statistics.median(served) / count * 1e6, max(peak), memory[setting] / 1048576))
    for setting in SETTINGS[1:]:
        pairs = list(zip(results[setting], results["none"]))
        wall = statistics.median(ours[0] / base[0] for ours, base in pairs)
        served = statistics.median(ours[4] / base[4] for ours, base in pairs)
        print("%s to none: time %.2f, the server's CPU time %.2f" % (setting, wall, served))


def used(server):
    """The bytes that the server holds."""
    entries = dict(entry.split(":") for entry in server.ask("info", "memory").splitlines() if ":" in entry)
    return int(entries["used_memory"])

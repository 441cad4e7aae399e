"""Importing into Redis, side by side with redis-cli --pipe, Python, and one SET a round trip."""
import json, os, pathlib, shutil, statistics, subprocess, sys, tempfile
import generate
from measure import line, timed

PROXY = pathlib.Path(__file__).parent.parent / "Tests/Support/faultproxy.py"


def command(options, folder, *more):
    return [options.program, "--csv", str(folder / "config"), "--timestamp", generate.TIME, "--format", "json", *more]


def measured(options, server, folder, url, *more):
    """One import into an empty server: seconds, CPU, peak MiB, seconds of writing, the server's CPU."""
    server.ask("flushall")
    before = server.cpu()
    with open(folder / "summary", "w+") as summary:
        seconds, cpu, peak = timed(command(options, folder, "--redis", url, *more), stdout=summary)
        summary.seek(0)
        writing = json.load(summary)["writing_seconds"]
    return seconds, cpu, peak, writing, server.cpu() - before


def bench(options, server, folder):
    count = options.rows or 1_000_000
    for shape in generate.SHAPES:
        with tempfile.TemporaryDirectory(dir=folder) as place:
            place = pathlib.Path(place)
            generate.write(place, count, shape)
            for name, url, pipe in (
                    ("unix socket", "unix://" + server.socket, ["-s", server.socket]),
                    ("TCP", "redis://127.0.0.1:%d" % server.port, ["-p", str(server.port)])):
                compare(options, server, place, shape, name, url, pipe, count)
            if shape == "translations":
                without_socket(options, place, count)
                delayed(options, server, place, count)
    sizes(options, server, folder)


def compare(options, server, folder, shape, name, url, pipe, count):
    ours, theirs, digests = [], [], set()
    for _ in range(options.runs):
        ours.append(measured(options, server, folder, url))
        server.ask("del", *server.ask("--scan", "--pattern", "reed-import:*").split())
        digests.add((server.ask("dbsize"), server.ask("debug", "digest")))
        server.ask("flushall")
        before = server.cpu()
        with open(folder / "sets.resp", "rb") as commands:
            figures = timed(["redis-cli", *pipe, "--pipe"], commands)
        theirs.append((*figures, server.cpu() - before))
        digests.add((server.ask("dbsize"), server.ask("debug", "digest")))
    if len(digests) != 1 or int(digests.pop()[0]) != count:
        raise SystemExit("the two did not write the same")
    print("\n%d %s, %s, median of %d runs in turns" % (count, shape, name, options.runs))
    for who, figures in (("reed-import", ours), ("redis-cli --pipe, ready-made SETs", theirs)):
        seconds, cpu, peak = list(zip(*figures))[:3]
        served = [figure[-1] for figure in figures]
        line(who, seconds, "%7.0f entities/s  %.2f us CPU an entity, the server %.2f us  %.0f MiB peak" % (
            count / statistics.median(seconds), statistics.median(cpu) / count * 1e6,
            statistics.median(served) / count * 1e6, max(peak)))
    ratio = [their[0] / our[0] for our, their in zip(ours, theirs)]
    writing = [their[0] / our[3] for our, their in zip(ours, theirs)]
    print("rate to that of redis-cli --pipe: whole process %.2f (%.2f to %.2f), from the first write %.2f (%.2f to %.2f)" % (
        statistics.median(ratio), min(ratio), max(ratio), statistics.median(writing), min(writing), max(writing)))
    print("its CPU time to that of its server: %.2f" % statistics.median(our[1] / our[4] for our in ours))
    others(options, server, folder, shape, pipe, count / statistics.median(our[0] for our in ours), count)


def others(options, server, folder, shape, pipe, rate, count):
    """Python in pipelines of 1,000, and one SET a round trip from C."""
    script = str(pathlib.Path(__file__).parent / "python_load.py")
    table = str(folder / "config" / generate.SHAPES[shape][0])
    where, limit = pipe[1], min(count, 100_000)
    # Debian's python3-redis is for Debian's own Python.
    pythons = [python for python in (sys.executable, "/usr/bin/python3") if not subprocess.run(
        [python, "-c", "import redis"], stderr=subprocess.DEVNULL).returncode]
    if pythons:
        seconds = []
        for _ in range(3):
            server.ask("flushall")
            answer = subprocess.run(
                [pythons[0], script, shape, table, where, "1000", str(limit)], capture_output=True, text=True)
            seconds.append(float(answer.stdout))
        print("rate to that of Python (pipelines of 1,000): %.1f" % (rate * statistics.median(seconds) / limit))
    else:
        print("no redis-py here (python3-redis): Python is left out")
    server.ask("flushall")
    rates = []
    for _ in range(3):
        answer = subprocess.run(
            ["redis-benchmark", *pipe, "-t", "set", "-c", "1", "-P", "1", "-n", "50000", "-r", "1000000", "-d", "363",
             "--csv"], capture_output=True, text=True).stdout
        rates.append(float(answer.splitlines()[-1].split(",")[1].strip('"')))
    print("rate to that of one SET a round trip (redis-benchmark -c 1): %.1f" % (rate / statistics.median(rates)))


def without_socket(options, folder, count):
    seconds = [timed(command(options, folder, "--out", "/dev/null"))[0] for _ in range(options.runs)]
    print()
    line("everything but the socket (--out /dev/null)", seconds, "%7.0f entities/s" % (count / statistics.median(seconds)))


def delayed(options, server, folder, count):
    """Through a relay, with and without a millisecond of delay."""
    results = {}
    for _ in range(options.runs):
        for delay in ("0", "1"):
            relay = subprocess.Popen(
                [sys.executable, "-u", str(PROXY), "--upstream", "unix:" + server.socket, "--listen", "127.0.0.1:0",
                 "--delay-ms", delay], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            try:
                url = "redis://" + relay.stdout.readline().split()[1]
                results.setdefault(delay, []).append(measured(options, server, folder, url)[3])
            finally:
                relay.terminate()
                relay.wait()
    print("\nthrough a relay (Python), from the first write")
    for delay, seconds in results.items():
        line("%s ms delay" % delay, seconds)
    ratios = [without / behind for without, behind in zip(results["0"], results["1"])]
    print("rate with 1 ms of delay to that without: %.2f" % statistics.median(ratios))


def sizes(options, server, folder):
    """What an entity costs, and the memory, by the number of entities."""
    print("\ntranslations by number, unix socket")
    for count in (10_000, 100_000, 1_000_000, 5_000_000):
        with tempfile.TemporaryDirectory(dir=folder) as place:
            place = pathlib.Path(place)
            generate.write(place, count, with_commands=False)
            runs = options.runs if count < 5_000_000 else min(options.runs, 3)
            figures = [measured(options, server, place, "unix://" + server.socket) for _ in range(runs)]
            seconds, peak = [figure[0] for figure in figures], max(figure[2] for figure in figures)
            line("%d" % count, seconds, "%.2f us an entity, %.0f MiB peak, %.0f bytes an entity beyond 12 MiB" % (
                statistics.median(seconds) / count * 1e6, peak, max(0, peak - 12) * 1048576 / count))

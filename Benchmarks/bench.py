"""Times whole processes, in turns, and prints medians and the ratio of rates. See scripts/bench."""
import argparse, contextlib, hashlib, os, pathlib, platform, shutil, signal, statistics, subprocess
import tempfile, time
import atomic, commands, generate, graph, postgres, redis_load, rust_csv, sync, tables
from measure import Memory, Server, line, timed

options = argparse.ArgumentParser(description=__doc__)
options.add_argument("what", nargs="?", default="all", choices=["csv", "redis", "sync", "atomic", "graph", "commands", "small", "backup", "all"])
options.add_argument("--program", required=True, help="a release build of reed-import")
options.add_argument("--against", metavar="PROGRAM", help="another build, measured in turns with it by sync")
options.add_argument("--rows", type=int, help="default: 1,000,000, for backup 400,000")
options.add_argument("--megabytes", type=int, default=256, help="of each CSV file")
options.add_argument("--runs", type=int, default=5)
options = options.parse_args()


def bench_small(server, folder):
    site = pathlib.Path(__file__).parent.parent / "fixtures/config"
    command = [options.program, "--csv", str(site), "--redis", "unix://" + server.socket]
    timed(command)
    seconds = [timed(command)[0] for _ in range(max(20, options.runs))]
    print("\nfixtures/config, from process start to exit, unix socket, median of %d runs" % len(seconds))
    line("reed-import", seconds)


def bench_csv(folder):
    """All fields touched, all checks made; what is compared with checks less."""
    peer = rust_csv.build(folder)
    if not peer:
        print("no Rust here (cargo, librust-csv-dev, librust-memchr-dev): its csv crate is left out")
    for shape in tables.SHAPES:
        path = str(folder / (shape + ".csv"))
        records = tables.write(path, shape, options.megabytes * 1_000_000)
        count = subprocess.run([options.program, "csv", "--count", path], capture_output=True, text=True)
        if not count.stdout.startswith("%d records" % records):
            raise SystemExit("%s: %d records were written, reed-import says %s" % (path, records, count))
        seconds, peaks = {"reed-import csv --count": [], "cat": []}, []
        for _ in range(options.runs):
            elapsed, _, peak = timed([options.program, "csv", "--count", path])
            seconds["reed-import csv --count"].append(elapsed)
            peaks.append(peak)
            seconds["cat"].append(timed(["cat", path])[0])
            if peer:
                seconds.setdefault("Rust csv ByteRecord", []).append(rust_csv.seconds(peer, path))
        size = os.path.getsize(path)
        print("\n%s: %.0f MB, %d records, median of %d runs in turns" % (shape, size / 1e6, records, options.runs))
        for name, figures in seconds.items():
            line(name, figures, "%6.2f GB/s" % (size / statistics.median(figures) / 1e9))
        ours, *others = seconds.items()
        for name, theirs in others:
            pairs = [their / our for our, their in zip(ours[1], theirs)]
            print("rate of reed-import to rate of %s: %.2f" % (name, statistics.median(pairs)))
        print("peak memory of the process: %.1f MiB" % max(peaks))
        os.unlink(path)
    bench_csv_memory(folder)
    bench_csv_sizes(folder)


def bench_csv_memory(folder):
    """Of a reader at rest, which has seen a header, and with one large field."""
    process = subprocess.Popen([options.program, "csv", "--count", "-"], stdin=subprocess.PIPE,
                               stdout=subprocess.DEVNULL)
    memory = Memory(process.pid)
    process.stdin.write(b"a\n")
    process.stdin.flush()
    time.sleep(0.5)
    memory.stop()
    process.stdin.close()
    process.wait()
    print("\npeak memory with a file of two bytes: %.1f MiB" % memory.peak)
    path, size = str(folder / "field.csv"), 64 << 20
    tables.write_field(path, size)
    command = [options.program, "csv", "--count", "--max-field", "1GiB", "--max-record", "1GiB", path]
    peak = timed(command)[2]
    print("with a field of 64 MiB: %.1f MiB, %.2f times the field" % (peak, peak * 1048576 / size))
    os.unlink(path)


def bench_csv_sizes(folder):
    """What a byte costs in files of 1 MB, 100 MB and 1 GB.

    Counted from 400 KB on, by which the process has started and touched all its memory.
    """
    path, first = str(folder / "sizes.csv"), None
    print("\ncost of a byte beyond the first 400 KB, by size (translations)")
    for size in (400_000, 1_000_000, 100_000_000, 1_000_000_000):
        tables.write(path, "translations", size)
        runs = options.runs if size > 1_000_000 else 60 * options.runs
        seconds = statistics.median(timed([options.program, "csv", "--count", path])[0] for _ in range(runs))
        size = os.path.getsize(path)
        if first is None:
            first = seconds, size
        else:
            print("%13d bytes: %.3f ns (median of %d runs)" % (
                size, (seconds - first[0]) / (size - first[1]) * 1e9, runs), flush=True)


def digest(path):
    """Of a dump without \\restrict and \\unrestrict, whose key is a new one each time."""
    sha256 = hashlib.sha256()
    with open(path, "rb") as dump:
        for text in dump:
            if not text.startswith((b"\\restrict ", b"\\unrestrict ")):
                sha256.update(text)
    return sha256.hexdigest()


def compare(server, ours, theirs, check):
    """Runs both in turns; after each, `check` says what came of it, which must always be the same."""
    results, outcomes = {}, set()
    for run in range(options.runs):
        pair = [("reed-import " + ours[2], ours), (theirs[0], theirs)]
        for name, command in pair if run % 2 == 0 else reversed(pair):
            server.settle()
            results.setdefault(name, []).append(timed(command, environment=server.environment))
            outcomes.add(check(name))
    if len(outcomes) != 1:
        raise SystemExit("the two did not do the same")
    for name, figures in results.items():
        seconds, cpu, memory = zip(*figures)
        line(name, seconds, "%.2f s CPU  %.0f MiB peak" % (statistics.median(cpu), max(memory)))
    ours, theirs = results.values()
    ratios = [ours[0] / theirs[0] for ours, theirs in zip(ours, theirs)]
    print("time of reed-import to time of %s: %.3f  (%.3f to %.3f)" % (
        name, statistics.median(ratios), min(ratios), max(ratios)), flush=True)


def bench_backup(server, folder):
    rows = options.rows or 400_000
    server.ask(generate.content(rows))
    backups, dump, last = folder / "backups", str(folder / "dump.sql"), str(folder / "last.sql")
    backups.mkdir(mode=0o700)

    def dumped(name):
        """Also removes the dump before this one, so that neither has to replace a file."""
        if name == "pg_dump":
            os.replace(dump, last)
            return digest(last)
        *old, new = sorted(backups.glob("*.sql"), key=lambda path: path.stat().st_mtime_ns)
        for path in old:
            for part in backups.glob(path.stem + ".*"):
                part.unlink()
        return digest(new)

    def restored(name):
        return server.ask("".join("select count(*), sum(hashtextextended(t::text, 0)) from %s t;" % table
                                  for table in ("users", "snippet_content")))

    where = ["--dir", str(backups)]
    print("\nPostgreSQL %s, %d snippets, unix socket, median of %d runs in turns" % (
        server.ask("show server_version"), rows, options.runs))
    before = restored("")
    compare(server, [options.program, "backup", "create", "--version", "bench", *where],
            ["pg_dump", "--clean", "--if-exists", "--no-owner", "--no-privileges", "--format=plain", "--no-password",
             "-f", dump], dumped)
    print("the dump: %.0f MiB" % (os.path.getsize(last) / 1048576))
    compare(server, [options.program, "backup", "restore", "latest", "--yes", "--no-backup-first", *where],
            ["psql", "-X", "-q", "-w", "-v", "ON_ERROR_STOP=1", "--single-transaction",
             "-c", "drop schema public cascade", "-c", "create schema public", "-f", last], restored)
    if restored("") != before:
        raise SystemExit("what was restored is not what was dumped")


signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: the servers are stopped
with contextlib.ExitStack() as cleanup:
    folder = pathlib.Path(tempfile.mkdtemp(prefix="reed-bench-"))
    cleanup.callback(shutil.rmtree, folder)
    print("%s, %d CPUs" % (platform.machine(), os.cpu_count()))
    if options.what in ("csv", "all"):
        bench_csv(folder)
    if options.what not in ("csv", "backup"):
        server = Server(folder)
        cleanup.callback(server.stop)
        print("Redis " + server.ask("info", "server").split("redis_version:")[1].split()[0])
    if options.what in ("small", "all"):
        bench_small(server, folder)
    if options.what in ("commands", "all"):
        commands.bench(options, server, folder)
    if options.what in ("redis", "all"):
        redis_load.bench(options, server, folder)
    if options.what in ("sync", "all"):
        sync.bench(options, server, folder)
    if options.what in ("atomic", "all"):
        atomic.bench(options, server, folder)
    if options.what in ("graph", "all"):
        graph.bench(options, server, folder)
    if options.what in ("backup", "all"):
        server = postgres.Postgres()
        cleanup.callback(server.stop)
        bench_backup(server, folder)

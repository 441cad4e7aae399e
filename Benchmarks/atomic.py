"""What one transaction costs the server, and how long it keeps other clients waiting, beside the bare MSETs."""
import pathlib, socket, statistics, subprocess, tempfile, threading, time
import generate, sync

COUNT = 49_000


class Pinger(threading.Thread):
    """Sends PING after PING, and keeps the longest wait, in seconds."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.longest, self.ended = 0, threading.Event()
        self.connection = socket.socket(socket.AF_UNIX)
        self.connection.connect(path)
        self.start()

    def run(self):
        while not self.ended.is_set():
            start = time.perf_counter()
            self.connection.sendall(b"PING\r\n")
            self.connection.recv(100)
            self.longest = max(self.longest, time.perf_counter() - start)
            time.sleep(0.0005)

    def stop(self):
        self.ended.set()
        self.join()
        self.connection.close()
        return self.longest


def bench(options, server, folder):
    count = options.rows or COUNT
    with tempfile.TemporaryDirectory(dir=folder) as place:
        place = pathlib.Path(place)
        generate.write(place, count)
        with open(place / "sets.resp", "rb") as commands:
            pairs = [entry[3:] for entry in sync.entries(commands.read())]
        sync.write(place / "mset.resp", b"MSET", pairs, 256)
        bare = b"MULTI\r\n" + (place / "mset.resp").read_bytes() + b"EXEC\r\n"
        (place / "mset.resp").write_bytes(bare)
        sync.change(place, "all", count)
        (place / "less").mkdir()
        text = (place / "config/translations.de.csv").read_text(encoding="utf-8").splitlines(keepends=True)
        (place / "less/translations.de.csv").write_text("".join(text[:2]), encoding="utf-8")
        measure(options, server, place, count)


def measure(options, server, folder, count):
    results = {}

    def run(name, command, file=None):
        pinger, before = Pinger(server.socket), server.cpu()
        with open(folder / file if file else "/dev/null", "rb") as commands:
            done = subprocess.run(command, stdin=commands, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit("%s: %s" % (name, done.stderr))
        # The pings cost something as well, whatever stands beside them.
        results.setdefault(name, []).append((server.cpu() - before, pinger.stop()))
        return done.stdout

    def ours(name, directory, *more, atomic=True):
        command = [options.program, "--csv", str(folder / directory), "--redis", "unix://" + server.socket, *more]
        out = run(name, command)
        if atomic and "in one transaction" not in out:
            raise SystemExit("%s: not one transaction: %s" % (name, out))

    prune = ["--prune", "--max-delete", "100%"]
    for _ in range(options.runs):
        server.ask("flushall")
        run("MSETs in one MULTI, redis-cli --pipe", ["redis-cli", "-s", server.socket, "--pipe"], "mset.resp")
        server.ask("flushall")
        ours("new, empty database", "config", atomic=False)
        server.ask("flushall")
        server.ask("set", "other", "x")
        ours("new, beside another key", "config")
        ours("all updated", "all")
        ours("all but one deleted", "less", *prune)
    print("\n%d translations, unix socket, default options, median of %d runs in turns" % (count, options.runs))
    base = statistics.median(cpu for cpu, _ in results["MSETs in one MULTI, redis-cli --pipe"])
    for name, figures in results.items():
        cpu = statistics.median(cpu for cpu, _ in figures)
        print("%-40s %6.0f ms of the server's CPU, %5.2f times; longest PING %4.0f ms (of all runs %.0f)" % (
            name, cpu * 1e3, cpu / base, statistics.median(wait for _, wait in figures) * 1e3,
            max(wait for _, wait in figures) * 1e3))

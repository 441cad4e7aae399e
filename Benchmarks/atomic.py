"""What one transaction costs the server, and how long it keeps other clients waiting, beside the bare MSETs."""
import pathlib, socket, statistics, subprocess, tempfile, threading, time
import generate, sync

COUNT = 49_000
BARE = "MSETs in one MULTI, redis-cli --pipe"


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
    times, waits = {}, {}

    def run(name, command, file, pings):
        with open(folder / file if file else "/dev/null", "rb") as commands:
            pinger, before = Pinger(server.socket) if pings else None, server.cpu()
            done = subprocess.run(command, stdin=commands, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit("%s: %s" % (name, done.stderr))
        # The pings cost the server something as well, so its time is taken without them.
        if pings:
            waits.setdefault(name, []).append(pinger.stop())
        else:
            times.setdefault(name, []).append(server.cpu() - before)
        return done.stdout

    def turn(pings):
        def ours(name, directory, *more, atomic=True):
            command = [options.program, "--csv", str(folder / directory), "--redis", "unix://" + server.socket, *more]
            out = run(name, command, None, pings)
            if atomic and "in one transaction" not in out:
                raise SystemExit("%s: not one transaction: %s" % (name, out))

        server.ask("flushall")
        run(BARE, ["redis-cli", "-s", server.socket, "--pipe"], "mset.resp", pings)
        server.ask("flushall")
        ours("new, empty database", "config", atomic=False)
        server.ask("flushall")
        server.ask("set", "other", "x")
        ours("new, beside another key", "config")
        ours("all updated", "all")
        ours("all but one deleted", "less", "--prune", "--max-delete", "100%")

    for _ in range(options.runs):
        turn(pings=False)
        turn(pings=True)
    print("\n%d translations, unix socket, default options, median of %d runs in turns" % (count, options.runs))
    base = statistics.median(times[BARE])
    for name in times:
        cpu = statistics.median(times[name])
        print("%-40s %6.0f ms of the server's CPU, %5.2f times; longest PING %4.0f ms (of all runs %.0f)" % (
            name, cpu * 1e3, cpu / base, statistics.median(waits[name]) * 1e3, max(waits[name]) * 1e3))

"""Imports under random faults, for a time. See scripts/soak."""
import argparse, collections, contextlib, os, pathlib, random, re, shutil, signal, subprocess, sys, tempfile, time

options = argparse.ArgumentParser(description=__doc__)
options.add_argument("--program", required=True)
options.add_argument("--proxy", required=True)
options.add_argument("--seconds", type=float, default=600)
options.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
options = options.parse_args()
TIME = "2026-01-31T02:00:00Z"
ROWS = 30_000


class Server:
    """A redis-server of its own, which keeps an append-only file."""

    def __init__(self, folder):
        self.folder, self.socket, self.process = folder, str(folder / "redis.sock"), None
        self.start()

    def start(self):
        (self.folder / "data").mkdir(exist_ok=True)
        self.process = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.socket, "--save", "", "--dir",
             str(self.folder / "data"), "--appendonly", "yes", "--appendfsync", "always",
             "--enable-debug-command", "yes", "--busy-reply-threshold", "50"],
            stdout=subprocess.DEVNULL)
        while self.ask("ping") != "PONG":
            time.sleep(0.02)

    def crash(self, keeps_data):
        self.process.kill()
        self.process.wait()
        if not keeps_data:
            shutil.rmtree(self.folder / "data")
        self.start()

    def ask(self, *command):
        answer = subprocess.run(["redis-cli", "-s", self.socket, *command], capture_output=True, text=True)
        return answer.stdout.strip()

    def count(self):
        return int(self.ask("eval", "return #redis.call('keys', 'entity:*')", "0"))

    def digest(self):
        """Of entities and who owns them; the lock and the last import hold times."""
        return self.ask("eval", """
            local keys = redis.call('keys', 'entity:*')
            table.sort(keys)
            local digest = #keys .. ''
            for _, key in ipairs(keys) do digest = redis.sha1hex(digest .. key .. redis.call('get', key)) end
            local owned = redis.call('hgetall', 'reed-import:csv:owned:translation')
            local fields = {}
            for index = 1, #owned, 2 do fields[#fields + 1] = owned[index] .. owned[index + 1] end
            table.sort(fields)
            return redis.sha1hex(digest .. table.concat(fields))""", "0")

    def stop(self):
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def relay(server, *faults):
    """The address of a relay that misbehaves."""
    process = subprocess.Popen(
        [sys.executable, "-u", options.proxy, "--upstream", "unix:" + server.socket, "--listen", "127.0.0.1:0",
         *faults], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield "redis://" + process.stdout.readline().split()[1]
    finally:
        process.terminate()
        process.wait()


def command(config, url, *more):
    return [options.program, "--csv", str(config), "--redis", url, "--timestamp", TIME, *more]


def counts(line):
    """Confirmed and sent, as the line says."""
    if "nothing written" in line:
        return 0, 0
    found = re.search(r"(\d+) of (\d+) entities confirmed", line)
    unsent = re.search(r"(\d+) not sent", line)
    return (int(found[1]), int(found[2]) - int(unsent[1] if unsent else 0)) if found else None


def on_the_way(dice):
    """Faults of the relay: their arguments, and whether a patient run can succeed."""
    return dice.choice([
        ["--cut-after-bytes", str(dice.randrange(1, 9_000_000)), "--first", str(dice.randint(1, 4))],
        ["--cut-after-bytes", str(dice.randrange(1, 30_000)), "--dir", "s2c", "--first", "3"],
        ["--cut-after-bytes", str(dice.randrange(1, 9_000_000)), "--rst", "--first", "2"],
        # Replies with all that is there come to 6 MB, so that drops of them are for a connection that is cut.
        ["--dribble", str(dice.randint(2000, 20_000))],
        ["--dribble", str(dice.randint(20, 400)), "--cut-after-bytes", str(dice.randrange(1, 60_000)),
         "--dir", "s2c", "--first", "2"],
        ["--delay-ms", str(dice.randint(1, 20))],
        ["--serial", "--sockbuf", "8192"],
        ["--error-every", str(dice.randint(2, 50)), dice.choice(
            ["TRYAGAIN later", "BUSY a script", "LOADING loading", "CLUSTERDOWN down", "ERR injected",
             "OOM command not allowed", "READONLY You can't write", "NOPERM no"]), "--only",
         dice.choice(["SET", "MSET"]), "--first", "2"],
        ["--garbage-after", str(dice.randrange(5000, 60_000)), "--first", "1"],
        ["--stall", str(dice.randrange(5000, 60_000)), "--dir", "s2c", "--first", "1"],
    ])


def to_the_server(dice, server, process):
    """What happens to the server in the middle, to which the importer goes on meanwhile unless data is lost."""
    kind = dice.choice(["kill", "stop", "crash", "crash empty", "flush", "busy", "sleep", "nothing", "nothing"])
    if kind not in ("crash empty", "flush"):
        process.send_signal(signal.SIGCONT)
    if kind == "kill":
        for _ in range(dice.randint(1, 10)):
            server.ask("client", "kill", "type", "normal", "skipme", "yes")
            time.sleep(0.03)
    elif kind == "stop":
        server.process.send_signal(signal.SIGSTOP)
        time.sleep(dice.uniform(0.1, 2))
        server.process.send_signal(signal.SIGCONT)
    elif kind.startswith("crash"):
        server.crash(keeps_data=kind == "crash")
    elif kind == "flush":
        server.ask("flushall")
    elif kind == "busy":
        script = subprocess.Popen(
            ["redis-cli", "-s", server.socket, "eval", "while true do end", "0"], stdout=subprocess.DEVNULL)
        time.sleep(dice.uniform(0.1, 0.5))
        server.ask("script", "kill")
        script.wait()
    elif kind == "sleep":
        server.ask("debug", "sleep", "0.5")
    return kind


def one(number, seed, server, config, wanted, tally):
    dice = random.Random(seed)
    server.ask("flushall")
    faults = on_the_way(dice)
    batch, patience = str(dice.choice([1, 3, 128, 128])), str(dice.choice([0, 20]))
    atomic = dice.choice(["auto", "never", "never"])
    if dice.random() < 0.5:  # something is there already: a third of it, and as much that is pruned
        subprocess.run(command(older, "unix://" + server.socket, "--quiet"), check=True)
    with relay(server, *faults) as url:
        summary = open(folder / "summary", "w+")
        process = subprocess.Popen(
            command(config, url, "--batch", batch, "--retry-for", patience, "--timeout", "4", "--atomic", atomic,
                    "--prune", "--max-delete", "100%"),
            stdout=summary, stderr=subprocess.PIPE, text=True)
        time.sleep(dice.uniform(0, 0.4))
        process.send_signal(signal.SIGSTOP)
        # What happens to the server after the summary is no fault of the importer.
        is_over = process.poll() is not None or summary.seek(0, os.SEEK_END) > 0
        # A last look at the server, "all is well", may still be on its way back.
        was_complete = server.digest() == wanted
        kind = "nothing" if is_over else to_the_server(dice, server, process)
        process.send_signal(signal.SIGCONT)
        wound = dice.choice([None] * 5 + [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
        if wound:
            time.sleep(dice.uniform(0, 0.3))
            process.send_signal(wound)
        try:
            errors = process.communicate(timeout=90)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            return "it hangs"
    status, stored = process.returncode, server.count()
    what = "%s, %s, %s" % (" ".join(faults), kind, wound)
    tally[status] += 1
    lines = [line for line in errors.splitlines() if " note: " not in line and ": error: " not in line]
    if status == 0:
        if server.digest() != wanted and not (was_complete and kind in ("crash empty", "flush")):
            return "exit 0, and %d entities are there (%s)" % (stored, what)
    else:
        if status not in (65, 69, 75, 76, 77, 130, 143, -signal.SIGKILL, -signal.SIGINT, -signal.SIGTERM):
            return "exit code %d (%s): %s" % (status, what, errors)
        if status >= 0:
            if len(lines) != 1:
                return "not one line (%s): %s" % (what, errors)
            said = counts(lines[0])
            # What a relay has not passed on yet may still arrive, and a server may have lost what it had.
            if said and kind not in ("crash empty", "flush") and "present" not in lines[0]:
                if not said[0] <= stored:
                    return "%d stored (%s): %s" % (stored, what, errors)
    server.ask("del", "reed-import:csv:lock")  # of a run that was killed; it would expire
    again = subprocess.run(
        command(config, "unix://" + server.socket, "--prune", "--max-delete", "100%"), capture_output=True, text=True)
    if again.returncode != 0 or server.digest() != wanted:
        return "a second run ends with %d (%s): %s" % (again.returncode, what, again.stderr)
    return None


with contextlib.ExitStack() as cleanup:
    folder = pathlib.Path(tempfile.mkdtemp(prefix="reed-soak-"))
    cleanup.callback(shutil.rmtree, folder, ignore_errors=True)
    config = folder / "config"
    config.mkdir()
    with open(config / "translations.de.csv", "w") as table:
        table.write("key,value\n")
        for row in range(ROWS):
            table.write("section.key%d,The text of number %d\n" % (row, row))
    older = folder / "older"
    older.mkdir()
    with open(older / "translations.de.csv", "w") as table:
        table.write("key,value\n")
        for row in range(ROWS // 3):
            table.write("section.key%d,%s of number %d\n" % (row, "The text" if row % 2 else "A text", row))
        for row in range(ROWS // 3):
            table.write("gone.key%d,text\n" % row)
    server = Server(folder)
    cleanup.callback(server.stop)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    subprocess.run(command(config, "unix://" + server.socket, "--quiet"), check=True)
    wanted, tally, number, end = server.digest(), collections.Counter(), 0, time.monotonic() + options.seconds
    print("soak: seed %d, %d entities, %.0f seconds" % (options.seed, ROWS, options.seconds), flush=True)
    while time.monotonic() < end:
        seed = options.seed + number
        problem = one(number, seed, server, config, wanted, tally)
        if problem:
            raise SystemExit("soak: seed %d: %s" % (seed, problem))
        number += 1
    print("soak: %d runs, nothing lost; exit codes %s" % (
        number, ", ".join("%d: %d" % pair for pair in sorted(tally.items()))))

"""Times whole processes, in turns, and prints medians and the ratio of rates. See scripts/bench."""
import argparse, os, pathlib, platform, shutil, statistics, subprocess, tempfile, time
import generate

options = argparse.ArgumentParser(description=__doc__)
options.add_argument("what", nargs="?", default="all", choices=["import", "small", "all"])
options.add_argument("--program", required=True, help="a release build of reed-import")
options.add_argument("--rows", type=int, default=1_000_000)
options.add_argument("--runs", type=int, default=5)
options = options.parse_args()


class Server:
    """A redis-server of its own on a unix socket."""

    def __init__(self, folder):
        self.socket = str(folder / "redis.sock")
        self.process = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.socket, "--save", "", "--dir", str(folder),
             "--enable-debug-command", "yes"],
            stdout=subprocess.DEVNULL)
        while self.ask("ping") != "PONG":
            time.sleep(0.05)

    def ask(self, *command):
        answer = subprocess.run(["redis-cli", "-s", self.socket, *command], capture_output=True, text=True)
        return answer.stdout.strip()

    def stop(self):
        self.process.kill()
        self.process.wait()


def timed(command, stdin=None):
    """Wall seconds, CPU seconds and peak MiB of one process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    if process.returncode != 0:
        raise SystemExit("%s ended with %d" % (command[0], process.returncode))
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def line(name, seconds, rest=""):
    print("%-42s %8.3f s  (%.3f to %.3f)  %s" % (
        name, statistics.median(seconds), min(seconds), max(seconds), rest), flush=True)


def bench_import(server, folder):
    generate.write(folder, options.rows)
    ours = [options.program, "--quiet", "--csv", str(folder / "config"), "--redis", "unix://" + server.socket,
            "--timestamp", generate.TIME]
    theirs = ["redis-cli", "-s", server.socket, "--pipe"]
    results = {"reed-import": [], "redis-cli --pipe": []}
    digests = set()
    for _ in range(options.runs):
        server.ask("flushall")
        results["reed-import"].append(timed(ours))
        digests.add((server.ask("dbsize"), server.ask("debug", "digest")))
        server.ask("flushall")
        with open(folder / "sets.resp", "rb") as commands:
            results["redis-cli --pipe"].append(timed(theirs, commands))
        digests.add((server.ask("dbsize"), server.ask("debug", "digest")))
    if len(digests) != 1 or int(digests.pop()[0]) != options.rows:
        raise SystemExit("the two did not write the same")
    print("\n%d translations, unix socket, median of %d runs in turns" % (options.rows, options.runs))
    for name, figures in results.items():
        seconds, cpu, memory = zip(*figures)
        median = statistics.median(seconds)
        line(name, seconds, "%6.0f entities/s  %.2f us CPU an entity  %.0f MiB peak" % (
            options.rows / median, statistics.median(cpu) / options.rows * 1e6, max(memory)))
    pairs = [theirs[0] / ours[0] for ours, theirs in zip(results["reed-import"], results["redis-cli --pipe"])]
    print("rate of reed-import to rate of redis-cli --pipe: %.2f" % statistics.median(pairs))
    print("bytes of memory a row beyond 10 MiB: %.0f" % (
        (max(figure[2] for figure in results["reed-import"]) - 10) * 1048576 / options.rows))


def bench_small(server, folder):
    site = pathlib.Path(__file__).parent.parent / "fixtures/config"
    command = [options.program, "--csv", str(site), "--redis", "unix://" + server.socket]
    timed(command)
    seconds = [timed(command)[0] for _ in range(max(20, options.runs))]
    print("\nfixtures/config, from process start to exit, unix socket, median of %d runs" % len(seconds))
    line("reed-import", seconds)


folder = pathlib.Path(tempfile.mkdtemp(prefix="reed-bench-"))
server = Server(folder)
try:
    print("%s, %d CPUs, Redis %s" % (
        platform.machine(), os.cpu_count(), server.ask("info", "server").split("redis_version:")[1].split()[0]))
    if options.what in ("small", "all"):
        bench_small(server, folder)
    if options.what in ("import", "all"):
        bench_import(server, folder)
finally:
    server.stop()
    shutil.rmtree(folder)

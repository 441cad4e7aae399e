"""Servers, processes and their times: what every bench uses."""
import os, socket, statistics, subprocess, threading, time


class Server:
    """A redis-server of its own on a unix socket and a port of 127.0.0.1."""

    def __init__(self, folder):
        self.socket = str(folder / "redis.sock")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--unixsocket", self.socket,
             "--save", "", "--dir", str(folder), "--enable-debug-command", "yes"],
            stdout=subprocess.DEVNULL)
        while self.ask("ping") != "PONG":
            time.sleep(0.05)

    def ask(self, *command):
        answer = subprocess.run(["redis-cli", "-s", self.socket, *command], capture_output=True, text=True)
        return answer.stdout.strip()

    def cpu(self):
        """Seconds of CPU time so far."""
        entries = dict(entry.split(":") for entry in self.ask("info", "cpu").splitlines() if ":" in entry)
        return float(entries["used_cpu_user"]) + float(entries["used_cpu_sys"])

    def stop(self):
        self.process.kill()
        self.process.wait()


class Memory(threading.Thread):
    """Watches the peak of one process, in MiB.

    ru_maxrss would not do: it counts its children, and the Python that it was forked from.
    """

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.path, self.peak, self.ended = "/proc/%d/status" % pid, 0, threading.Event()
        self.start()

    def run(self):
        while True:
            try:
                with open(self.path) as status:
                    for entry in status:
                        if entry.startswith("VmHWM:"):
                            self.peak = int(entry.split()[1]) / 1024
            except OSError:
                return
            if self.ended.wait(0.01):
                return

    def stop(self):
        self.ended.set()
        self.join()


def timed(command, stdin=None, environment=None, stdout=subprocess.DEVNULL):
    """Wall seconds, CPU seconds (with children) and peak MiB (without) of one process."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, stdin=stdin, stdout=stdout, stderr=subprocess.DEVNULL, env=environment)
    memory = Memory(process.pid)
    try:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    except BaseException:
        process.terminate()
        process.wait()
        raise
    finally:
        seconds = time.perf_counter() - start
        memory.stop()
    if process.returncode != 0:
        raise SystemExit("%s ended with %d" % (command[0], process.returncode))
    return seconds, usage.ru_utime + usage.ru_stime, memory.peak


def line(name, seconds, rest=""):
    print("%-42s %8.3f s  (%.3f to %.3f)  %s" % (
        name, statistics.median(seconds), min(seconds), max(seconds), rest), flush=True)

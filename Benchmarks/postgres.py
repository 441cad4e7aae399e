"""A PostgreSQL server of its own for Benchmarks/bench.py, as Debian installs it."""
import os, pathlib, shutil, signal, subprocess, tempfile, time


class Postgres:
    """A cluster on a unix socket, in a temporary folder; of the user postgres if root starts it."""

    def __init__(self):
        programs = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="reed-bench-pg-"))
        self.process = None
        # Neither the caller's server nor backup folder.
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "REED_"))}
        self.environment.update(PGHOST=str(self.folder), PGPORT="5432", PGUSER="postgres", PGDATABASE="postgres")
        how = {"cwd": self.folder, "env": self.environment, "stdout": subprocess.DEVNULL, "start_new_session": True}
        if os.geteuid() == 0:
            how |= {"user": "postgres", "group": "postgres", "extra_groups": []}
        try:
            if os.geteuid() == 0:
                shutil.chown(self.folder, "postgres", "postgres")
            data = str(self.folder / "data")
            subprocess.run([programs / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8",
                            "--locale=C.UTF-8", "--no-sync"], check=True, **how)
            # Nothing of its own accord while something is timed.
            settings = {"listen_addresses": "", "unix_socket_directories": self.folder, "fsync": "off",
                        "autovacuum": "off", "max_wal_size": "8GB", "checkpoint_timeout": "1h"}
            command = [programs / "postgres", "-D", data]
            for setting in settings.items():
                command += ["-c", "%s=%s" % setting]
            with open(self.folder / "log", "wb") as log:
                self.process = subprocess.Popen(command, stderr=log, **how)
            while subprocess.run([programs / "pg_isready", "-q"], env=self.environment).returncode != 0:
                if self.process.poll() is not None:
                    raise SystemExit((self.folder / "log").read_text())
                time.sleep(0.05)
            self.ask("create database bench")
            self.environment["PGDATABASE"] = "bench"
        except BaseException:
            self.stop()
            raise

    def ask(self, sql):
        answer = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1"], input=sql,
                                env=self.environment, stdout=subprocess.PIPE, text=True, check=True)
        return answer.stdout.strip()

    def settle(self):
        """Leaves nothing to be written later."""
        self.ask("checkpoint")
        os.sync()

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGINT)  # fast: sessions are ended
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)  # at once, its children too
                self.process.wait()
        shutil.rmtree(self.folder)

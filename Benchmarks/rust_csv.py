"""Rust's csv crate as the peer to measure with, where there are cargo and Debian's packages of the crates."""
import pathlib, shutil, subprocess

SOURCE = pathlib.Path(__file__).parent / "rust-csv"
CRATES = "/usr/share/cargo/registry"
CONFIGURATION = """[source.crates-io]
replace-with = "debian"
[source.debian]
directory = "%s"
""" % CRATES


def build(folder):
    """Builds it in `folder`; returns the program, or None if something is missing."""
    if not (SOURCE.is_dir() and shutil.which("cargo") and pathlib.Path(CRATES).is_dir()):
        return None
    copy = folder / "rust-csv"
    (copy / ".cargo").mkdir(parents=True)
    (copy / ".cargo/config.toml").write_text(CONFIGURATION)
    shutil.copy(SOURCE / "Cargo.toml", copy)
    shutil.copytree(SOURCE / "src", copy / "src")
    built = subprocess.run(["cargo", "build", "--release", "--offline", "--quiet"], cwd=copy)
    return None if built.returncode else str(copy / "target/release/csvbench")


def seconds(program, path):
    """How long its loop over ByteRecords takes, from opening the file to its end."""
    lines = subprocess.run([program, path, "1"], check=True, capture_output=True, text=True).stdout.splitlines()
    return next(float(line.split("\t")[3]) for line in lines if "ByteRecord stream" in line)

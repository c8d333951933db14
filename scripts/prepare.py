"""Sets up what `make demo` and `make test` need: a virtual environment from the hashed lock.

    prepare.py run     what running needs
    prepare.py test    what testing needs too, Chromium included
    prepare.py bench   the reader that benchmarks compare with, in an environment of its own,
                       and R with lme4 and lmerTest

Imports the standard library only.  Does nothing where everything is in place already.  As root on
Debian it installs Chromium and R; elsewhere it says what is missing and what is left out.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
BENCH_ENVIRONMENT = ROOT / ".venv-bench"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
R_PACKAGES = ("r-base-core", "r-cran-lme4", "r-cran-lmertest")


def main(arguments: list[str]) -> int:
    """Prepare the environment that the one argument names."""
    if arguments not in (["run"], ["test"], ["bench"]):
        print(__doc__)
        return 2
    if sys.version_info < (3, 11):  # noqa: UP036 (said before anything of ours can run)
        print(f"lims-msc needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
        return 1
    if arguments == ["bench"]:
        install_bench_packages()
        find_or_install_r()
        return 0
    install_python_packages(arguments[0])
    if arguments == ["test"]:
        find_or_install_chromium()
    return 0


def install_python_packages(purpose: str) -> None:
    """Install the locked packages and the project itself, unless that has been done."""
    lock = ROOT / "requirements" / f"{purpose}.txt"
    wanted = hashlib.sha256(lock.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    stamp = ENVIRONMENT / f"prepared-{purpose}"
    bigger = ENVIRONMENT / "prepared-test"
    if stamp.is_file() and stamp.read_text().startswith(wanted):
        return
    if purpose == "run" and bigger.is_file() and bigger.read_text().endswith(run_digest()):
        return
    make_environment(ENVIRONMENT)
    print(f"Installing the locked packages of {lock.relative_to(ROOT)} …", flush=True)
    pip_install(ENVIRONMENT, "--require-hashes", "-r", str(lock))
    pip_install(ENVIRONMENT, "--no-deps", "--no-build-isolation", "-e", str(ROOT))
    stamp.write_text(f"{wanted} {run_digest()}")


def install_bench_packages() -> None:
    """Install what benchmarks compare with, unless that has been done."""
    lock = ROOT / "requirements" / "bench.txt"
    stamp = BENCH_ENVIRONMENT / "prepared-bench"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    make_environment(BENCH_ENVIRONMENT)
    print(f"Installing the locked packages of {lock.relative_to(ROOT)} …", flush=True)
    pip_install(BENCH_ENVIRONMENT, "--require-hashes", "-r", str(lock))
    stamp.write_text(wanted)


def make_environment(folder: Path) -> None:
    """Make a virtual environment, unless it is there."""
    if python_of(folder).exists():
        return
    print(f"Making the environment {folder.name} …", flush=True)
    try:
        venv.create(folder, with_pip=True)
    except (subprocess.CalledProcessError, OSError):
        shutil.rmtree(folder, ignore_errors=True)
        print("Python's venv module cannot run; on Debian install the package python3-venv.")
        raise SystemExit(1) from None


def python_of(folder: Path) -> Path:
    """Return the Python of a virtual environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def pip_install(environment: Path, *arguments: str) -> None:
    """Run pip; what it prints is shown only if it fails."""
    python = str(python_of(environment))
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*pip, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout + done.stderr)
        raise SystemExit("The packages could not be installed; see above.")


def run_digest() -> str:
    """Return a digest of what running needs, kept beside what testing has installed."""
    run_lock = ROOT / "requirements" / "run.txt"
    content = run_lock.read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    return hashlib.sha256(content).hexdigest()


def find_or_install_chromium() -> None:
    """Make sure of Chromium where that is possible, and say so where it is not."""
    if any(shutil.which(name) for name in CHROMIUM_NAMES):
        return
    install_from_debian("Chromium", ["chromium"])
    if not any(shutil.which(name) for name in CHROMIUM_NAMES):
        print(
            "MISSING: Chromium (Debian: apt-get install chromium). "
            "The tests in tests/browser are left out."
        )


def find_or_install_r() -> None:
    """Make sure of R with lme4 and lmerTest where that is possible, and say so where it is not."""
    if has_r():
        return
    install_from_debian("R with lme4 and lmerTest", list(R_PACKAGES))
    if not has_r():
        print(
            f"MISSING: R with lme4 and lmerTest (Debian: apt-get install {' '.join(R_PACKAGES)}). "
            "The benchmark of mixed models is left out."
        )


def has_r() -> bool:
    """Return whether R can load what mixed models are compared with."""
    if shutil.which("Rscript") is None:
        return False
    load = ["Rscript", "-e", "library(lme4); library(lmerTest)"]
    return subprocess.run(load, capture_output=True, check=False).returncode == 0


def install_from_debian(title: str, packages: list[str]) -> None:
    """Install Debian packages as root; elsewhere do nothing."""
    if not (hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")):
        return
    print(f"Installing {title} …", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    log = ENVIRONMENT / "apt.log"
    with log.open("wb") as out:
        for step in (["update"], ["install", "--no-install-recommends", *packages]):
            apt = ["apt-get", "-q", "-y", *step]
            subprocess.run(apt, env=quiet, stdout=out, stderr=out, check=False)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

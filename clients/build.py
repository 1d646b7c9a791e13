"""Make the clients of the partner API (``make clients``).

They come from the committed description. Needs Python and Node with npm. Works in a
folder that nobody keeps, and leaves two archives in ``dist/``.
"""

import argparse
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
DESCRIPTION = ROOT / "api" / "openapi.json"
OLDEST_NODE = 20


def main():
    """Check the description, and make both clients."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=ROOT / "var" / "clients")
    parser.add_argument("--dist", type=Path, default=ROOT / "dist")
    asked = parser.parse_args()
    work, dist = asked.work.resolve(), asked.dist.resolve()
    if not has_node():
        sys.exit(
            f"The clients need Node {OLDEST_NODE} or newer with npm, which is not on "
            "this machine: nothing was made."
        )
    work.mkdir(parents=True, exist_ok=True)
    dist.mkdir(parents=True, exist_ok=True)
    python = tools_for_python(work)
    node = tools_for_node(work)
    check(python, node)
    python_client(python, work, dist)
    typescript_client(node, work, dist)


def has_node():
    """Return whether a Node that is new enough can be called, and npm."""
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    told = subprocess.check_output(["node", "--version"], text=True)
    return int(told.strip().lstrip("v").partition(".")[0]) >= OLDEST_NODE


def tools_for_python(work):
    """Return a Python that has the generator, filled where the pins have changed."""
    wanted, home = HERE / "requirements.txt", work / "python-tools"
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not is_current(home / "pins", wanted):
        venv.create(home, with_pip=True, clear=True)
        run(python, "-m", "pip", "install", *QUIET, "--require-hashes", "-r", wanted)
        shutil.copy(wanted, home / "pins")
    return python


def tools_for_node(work):
    """Return the folder that has the tools for TypeScript."""
    wanted, home = HERE / "package-lock.json", work / "node-tools"
    if not is_current(home / "pins", wanted):
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(HERE / name, home)
        run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=home)
        shutil.copy(wanted, home / "pins")
    return home


def is_current(kept, wanted):
    """Return whether the tools were installed from these very pins."""
    return kept.exists() and kept.read_bytes() == wanted.read_bytes()


def check(python, node):
    """Let a strict validator and a linter look at the description."""
    run(python, "-m", "openapi_spec_validator", "--schema", "3.1", DESCRIPTION)
    linter = node / "node_modules" / ".bin" / "redocly"
    rules = HERE / "redocly.yaml"
    run(
        linter,
        "lint",
        DESCRIPTION,
        "--config",
        rules,
        "--max-problems",
        "20",
        env={"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"},
    )


def python_client(python, work, dist):
    """Generate the Python client, and pack it as a wheel."""
    made = work / "python"
    shutil.rmtree(made, ignore_errors=True)
    run(
        python,
        "-m",
        "openapi_python_client",
        "generate",
        "--path",
        DESCRIPTION,
        "--config",
        HERE / "python.yaml",
        "--output-path",
        made,
        "--fail-on-warning",
    )
    run(
        python,
        "-m",
        "pip",
        "wheel",
        *QUIET,
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        dist,
        made,
    )


def typescript_client(node, work, dist):
    """Generate the TypeScript client, compile it, and pack it."""
    made, tools = work / "typescript", node / "node_modules"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir()
    (made / "node_modules").symlink_to(tools)
    run(tools / ".bin" / "openapi-typescript", DESCRIPTION, "-o", made / "schema.d.ts")
    shutil.copy(HERE / "typescript" / "index.ts", made)
    for name in ("package.json", "tsconfig.json", "README.md"):
        shutil.copy(HERE / name, made)
    run(tools / ".bin" / "tsc", "--project", made)
    run("npm", "pack", "--silent", "--pack-destination", dist, cwd=made)


QUIET = ("--quiet", "--disable-pip-version-check")


def run(*command, cwd=None, env=None):
    """Run a command that has to succeed."""
    words = [str(word) for word in command]
    try:
        subprocess.run(words, check=True, cwd=cwd, env={**os.environ, **(env or {})})
    except subprocess.CalledProcessError as error:
        sys.exit(f"{Path(words[0]).name} failed ({error.returncode}): {words}")


if __name__ == "__main__":
    main()

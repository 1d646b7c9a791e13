"""Walk a season with both generated clients: ``python -m tests.clients WORK DIST``.

WORK and DIST are the folders that ``make clients`` worked in and left archives in. The
server side, with its plan, is played here; each walker says on its standard output
where it has come to, and goes on when it is told to.
"""

import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).parent


def main():
    """Make a world, serve it, and let both clients walk."""
    work, dist = (Path(argument).resolve() for argument in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATA_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/season.sqlite3",
            "API_READ_RATE": "6000/min",
            "API_WRITE_RATE": "6000/min",
        }
        import django

        django.setup()
        from . import world as worlds

        worlds.make_database()
        world = worlds.World()
        commands = {
            "python": ready_python(work, dist),
            "typescript": ready_typescript(work, dist),
        }
        walk(world, worlds.serve(), commands)


def ready_python(work, dist):
    """Install the Python client's archive; return the command of its walk."""
    python = work / "python-tools" / "bin" / "python"
    wheel = max(dist.glob("talent_exchange_client-*.whl"), key=os.path.getmtime)
    options = ("--quiet", "--disable-pip-version-check", "--no-deps")
    run(python, "-m", "pip", "install", *options, "--force-reinstall", wheel)
    return [python, HERE / "season.py"]


def ready_typescript(work, dist):
    """Unpack the TypeScript client's archive and compile the walk against it."""
    home = work / "season"
    modules = home / "node_modules"
    modules.mkdir(parents=True, exist_ok=True)
    tools = work / "node-tools" / "node_modules"
    for module in tools.iterdir():
        link = modules / module.name
        if not link.is_symlink():
            link.symlink_to(module)
    archive = max(dist.glob("talent-exchange-client-*.tgz"), key=os.path.getmtime)
    with tarfile.open(archive) as packed:
        packed.extractall(modules, filter="data")
    client = modules / "talent-exchange-client"
    run("rm", "-rf", client)
    (modules / "package").rename(client)
    root = HERE.parents[1]
    for source in (HERE / "season.ts", HERE / "strict.ts"):
        (home / source.name).write_text(source.read_text())
    (home / "package.json").write_text('{"type": "module"}')
    (home / "tsconfig.json").write_text((root / "clients/tsconfig.json").read_text())
    run(tools / ".bin" / "tsc", "--project", home)
    return ["node", home / "season.js", root / "api" / "openapi.json"]


def walk(world, address, commands):
    """Let the walkers nominate, rate, answer offers and read, all with each other."""
    walkers = {
        name: subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **world.walkers[name], "ADDRESS": address},
        )
        for name, command in commands.items()
    }
    try:
        for expected, then in [
            ("NOMINATED", world.close),
            ("RATED", world.plan),
            ("DONE", None),
        ]:
            for name, walker in walkers.items():
                hear(name, walker, expected)
            if then is not None:
                then()
                for walker in walkers.values():
                    walker.stdin.write("GO\n")
                    walker.stdin.flush()
    finally:
        for walker in walkers.values():
            walker.kill()
    print("Both clients walked the season, and decoded every answer strictly.")


def hear(name, walker, expected):
    """Pass on what a walker says until it has come to where it is expected."""
    for line in walker.stdout:
        if line.strip() == expected:
            return
        print(f"{name}: {line.rstrip()}")
    sys.exit(f"The {name} client did not come to {expected}.")


def run(*command):
    """Run a command that has to succeed."""
    subprocess.run([str(word) for word in command], check=True)


if __name__ == "__main__":
    main()

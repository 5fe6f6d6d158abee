"""Runs one Pulumi program; started by the language host with the program's own Python, which need not know the sandbox.

The run's facts come as one JSON line on standard input: they hold secret configuration, which neither the command line nor the
environment may show.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import runpy
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SHOWN = 32  # exit status: the user has seen why (Pulumi's own number for it)


def main() -> int:
    run = json.loads(sys.stdin.readline())
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    try:
        import pulumi
        import pulumi.runtime
    except ImportError:
        print(f"Pulumi's SDK is not installed for {sys.executable}: run 'pulumi install' in the project", file=sys.stderr)
        return SHOWN
    pulumi.runtime.set_all_config(run["config"], run["secret_keys"])
    pulumi.runtime.configure(pulumi.runtime.Settings(**run["settings"]))
    program = Path(run["program"]).resolve()
    os.chdir(run["directory"])
    # What runpy needs to import the program's neighbours, and what a program run by hand would see.
    sys.path[0] = str(program if program.is_dir() else program.parent)
    sys.argv = [str(program)]
    # A program that ends early leaves futures unobserved; their complaints would bury the error.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    workers = ThreadPoolExecutor(max(run["settings"]["parallel"] or 1, 1) * 4)
    loop.set_default_executor(workers)
    try:

        def run_program() -> None:
            runpy.run_path(str(program), run_name="__main__")

        loop.run_until_complete(pulumi.runtime.run_in_stack(run_program))
        return 0
    except pulumi.RunError as problem:
        pulumi.log.error(str(problem))
        return SHOWN
    except Exception as problem:
        pulumi.log.error("Program failed with an unhandled exception:\n" + _users_part(problem, program))
        return SHOWN
    finally:
        workers.shutdown(wait=True)
        loop.close()
        sys.stdout.flush()
        sys.stderr.flush()


def _users_part(problem: Exception, program: Path) -> str:
    """The traceback from the program's own first frame on."""
    frames = traceback.extract_tb(problem.__traceback__)
    main_file = program / "__main__.py" if program.is_dir() else program
    for index, frame in enumerate(frames):
        if Path(frame.filename).resolve() == main_file:
            return "".join(traceback.format_exception(type(problem), problem, problem.__traceback__, limit=index - len(frames)))
    return "".join(traceback.format_exception(problem))


if __name__ == "__main__":
    sys.exit(main())

"""`python -m bench`: measures, prints, writes bench/results.json. See docs/scaling.md for what each figure is."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from bench import alone, checkpoints, clusters, components, imports, kubectl, policies, services, warm_start
from bench.report import RESULTS, Report
from bench.stacks import BenchFailed
from quayside_sandbox.sandbox import SandboxFailed
from quayside_sandbox.shims import NotInstalled

PARTS = ("imports", "alone", "warm", "services", "components", "policies", "kubectl", "checkpoints")


SIZES = [50, 100, 200]


def main() -> int:
    """Exit status 1 where something could not be measured. Goals that are missed are shown, and are no error: machines differ."""
    for number in (
        signal.SIGINT,
        signal.SIGTERM,
    ):  # a script's background jobs inherit an ignored SIGINT; the sandbox is removed either way
        signal.signal(number, signal.default_int_handler)
    options = _options()
    console = Console(highlight=False)
    report = Report(console, options.output, options.official)
    log = Console(stderr=True, highlight=False)
    try:
        with clusters.sandbox(options.official) as (sandbox, folder):

            def tell(line: str) -> None:
                log.print(f"[dim]{escape(line)}[/dim]")

            numbers = options.sizes or SIZES
            lived = [size for size in numbers if size <= options.previews_above]
            if "imports" in options.only:
                found = [*imports.measure(options.repeat), imports.measure_dev(sandbox, folder, options.repeat)]
                report.add("imports", found)
                report.imports(found)
            if "alone" in options.only:
                sizes = []
                for row in alone.measure(folder, numbers, options.repeat):
                    sizes.append(row)
                    report.add("alone", sizes)
                report.alone(sizes)
            if "warm" in options.only:
                warm = warm_start.measure(folder)
                report.add("warm start", warm)
                report.warm_start(warm)
            if "services" in options.only:
                compared = []
                choices = {"repeat": options.repeat, "previews_above": options.previews_above, "official": bool(options.official)}
                for each in services.measure(sandbox, folder, numbers, **choices, tell=tell):
                    compared.append(each)
                    report.add("services", [one.as_data() for one in compared])
                report.services(compared)
            if "components" in options.only:
                rows = components.measure(sandbox, folder, numbers, options.repeat, tell)
                report.add("components", rows)
                report.components(rows)
            if "policies" in options.only:
                shares = []
                for row in policies.measure(sandbox, folder, options.sizes or [policies.SIZE], options.repeat, tell):
                    shares.append(row)
                    report.add("policies", shares)
                report.policies(shares)
            if "kubectl" in options.only and lived:
                rows = kubectl.measure(sandbox, folder, lived, tell)
                report.add("kubectl", rows)
                report.kubectl(rows)
            if "checkpoints" in options.only and lived:
                rows = checkpoints.measure(sandbox, folder, lived, tell)
                report.add("checkpoints", rows)
                report.checkpoints(rows)
    except (BenchFailed, SandboxFailed, NotInstalled) as problem:
        log.print(f"[red]error:[/red] {escape(str(problem))}", soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        log.print("interrupted: what was measured before is kept")
        return 130
    console.print(f"[dim]written to {escape(str(options.output))}[/dim]", soft_wrap=True)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure quayside. A whole run takes most of an hour.")
    told = f"numbers of services ({','.join(map(str, SIZES))}; for policies {policies.SIZE})"
    parser.add_argument("--sizes", type=_sizes, metavar="N,N", help=told)
    parser.add_argument("--only", type=_parts, default=PARTS, metavar="PART,PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--repeat", type=int, default=3, help="how often what is quick is measured; up and destroy of all: once (3)")
    parser.add_argument("--previews-above", type=int, default=10**6, metavar="N", help="only preview sizes above N")
    parser.add_argument("--official", action="append", default=[], metavar="PACKAGE", help="use this package's official plugin: kubernetes")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the figures are written (bench/results.json)")
    return parser.parse_args()


def _sizes(text: str) -> list[int]:
    return sorted(int(word) for word in text.split(","))


def _parts(text: str) -> list[str]:
    chosen = text.split(",")
    if unknown := set(chosen) - set(PARTS):
        raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))}: write some of {', '.join(PARTS)}")
    return chosen


if __name__ == "__main__":
    sys.exit(main())

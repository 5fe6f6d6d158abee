"""`python -m quayside_sandbox.tools`: prepares the tools, or says why not."""

from ..places import cache_folder, project_folder
from ..steps import Steps
from .prepare import ToolFailed, prepare

if __name__ == "__main__":
    try:
        cache = cache_folder(project_folder())
        cache.mkdir(parents=True, exist_ok=True)
        prepare(cache, Steps())
    except ToolFailed as problem:
        raise SystemExit(f"error: {problem}") from problem

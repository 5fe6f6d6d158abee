"""The gRPC LanguageRuntime: what the engine asks of a language."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any

import grpc
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from ..folder import FOLDER_VARIABLE, Folder
from ..shims import PLUGINS, install_plugin
from .configuration_limit import too_large
from .interpreter import Interpreter, NoInterpreter, environment_folder, plugin_arguments

_EXECUTE = Path(__file__).with_name("execute.py")
SHOWN = 32  # execute.SHOWN


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Runs Python for the engine; each program and plugin is a process of its own, ended with the call that started it."""

    def __init__(self, engine_address: str) -> None:
        self.engine_address = engine_address

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        self.engine_address = request.engine_address or self.engine_address
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        return plugin_pb2.PluginInfo(version="3.259.0")

    def Run(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Runs a program to its end."""
        root, directory, options = _place(request)
        try:
            python = Interpreter.choose(root, options)
        except NoInterpreter as problem:
            return language_pb2.RunResponse(error=str(problem))
        config = dict(request.config)
        if said := too_large(config):
            return language_pb2.RunResponse(error=said)
        facts = {
            "config": config,
            "secret_keys": list(request.configSecretKeys),
            "program": str(directory / request.info.entry_point) if request.info.entry_point else request.program or str(directory),
            "directory": request.pwd or str(directory),
            "settings": {
                "project": request.project,
                "stack": request.stack,
                "parallel": request.parallel,
                "dry_run": request.dryRun,
                "monitor": request.monitor_address,
                "engine": self.engine_address,
                "organization": request.organization,
                "root_directory": str(root),
            },
        }
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", **_plugin_environment(python)}
        process = subprocess.Popen(
            [str(python.executable), str(_EXECUTE)], stdin=subprocess.PIPE, text=True, env=environment, cwd=directory
        )
        context.add_callback(lambda: _end(process))
        assert process.stdin
        with process.stdin as stdin:
            stdin.write(json.dumps(facts) + "\n")
        code = process.wait()
        if code == 0:
            return language_pb2.RunResponse()
        if code == SHOWN:
            return language_pb2.RunResponse(bail=True)
        return language_pb2.RunResponse(error=f"the program ended with exit status {code}")

    def GetRequiredPackages(self, request: Any, context: grpc.ServicerContext) -> Any:
        """The provider plugins that the installed SDKs name."""
        root, _, options = _place(request)
        packages = []
        for distribution, version, facts in _interpreter(context, root, options).packages():
            if facts.get("resource") is not True:
                continue
            name = facts.get("name") or distribution.lower().replace("_", "-").removeprefix("pulumi-")
            number = facts.get("version") or version
            server = facts.get("server") or ""
            _make_findable(name, number.lstrip("v"))
            packages.append(plugin_pb2.PackageDependency(name=name, kind="resource", version=f"v{number.lstrip('v')}", server=server))
        return language_pb2.GetRequiredPackagesResponse(packages=packages)

    def GetRequiredPlugins(self, request: Any, context: grpc.ServicerContext) -> Any:
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "superseded by GetRequiredPackages")

    def GetProgramDependencies(self, request: Any, context: grpc.ServicerContext) -> Any:
        root, _, options = _place(request)
        found = _interpreter(context, root, options).distributions()
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[language_pb2.DependencyInfo(name=name, version=version) for name, version in found]
        )

    def About(self, request: Any, context: grpc.ServicerContext) -> Any:
        root, _, options = _place(request)
        python = _interpreter(context, root, options)
        return language_pb2.AboutResponse(
            executable=str(python.executable), version=python.version(), metadata={"host": "quayside-sandbox's stand-in"}
        )

    def RuntimeOptionsPrompts(self, request: Any, context: grpc.ServicerContext) -> Any:
        return language_pb2.RuntimeOptionsResponse()

    def InstallDependencies(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """Makes the project's virtual environment, where the options name one, and installs its requirements with pip."""
        root, directory, options = _place(request)
        directory = Path(request.directory or directory)
        named = str(options.get("virtualenv") or ("venv" if request.is_plugin else ""))
        executable = sys.executable
        if named:
            folder = environment_folder(root if not request.is_plugin else directory, named)
            executable = str(folder / "bin" / "python")
            if not Path(executable).exists():
                yield from self._install_step(context, [sys.executable, "-m", "venv", str(folder)], directory)
        requirements = directory / "requirements.txt"
        if requirements.exists():
            yield from self._install_step(context, [executable, "-m", "pip", "install", "-r", str(requirements)], directory)
        elif (directory / "pyproject.toml").exists():
            yield from self._install_step(context, [executable, "-m", "pip", "install", str(directory)], directory)

    def _install_step(self, context: grpc.ServicerContext, words: list[str], directory: Path) -> Iterator[Any]:
        code = yield from _stream(context, words, directory, {}, language_pb2.InstallDependenciesResponse)
        if code:
            context.abort(grpc.StatusCode.UNKNOWN, f"'{' '.join(words)}' failed with exit status {code}")

    def RunPlugin(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """Runs a component package (kind resource) or a policy pack (kind analyzer) until the engine has done with it."""
        root, directory, options = _place(request)
        directory = Path(request.info.program_directory or request.program)
        arguments = list(request.args)
        try:
            python = Interpreter.choose(root if str(root) != "." else directory, options, default_folder="venv")
            words = (
                ["-m", "pulumi.policy", *arguments, str(directory)]
                if request.kind == "analyzer"
                else [*plugin_arguments(directory), *arguments]
            )
        except NoInterpreter as problem:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(problem))
        environment = dict(pair.split("=", 1) for pair in request.env if "=" in pair)
        command = [str(python.executable), "-u", *words]
        code = yield from _stream(context, command, Path(request.pwd or directory), environment, language_pb2.RunPluginResponse)
        yield language_pb2.RunPluginResponse(exitcode=code)

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        from google.protobuf import empty_pb2

        return empty_pb2.Empty()


def _place(request: Any) -> tuple[Path, Path, dict[str, Any]]:
    """(project root, program directory, runtime options) of a request's ProgramInfo."""
    info = request.info
    options: dict[str, Any] = json_format.MessageToDict(info.options) if isinstance(info.options, struct_pb2.Struct) else {}
    root = Path(info.root_directory or getattr(request, "pwd", "") or ".")
    return root, Path(info.program_directory or root), options


def _interpreter(context: grpc.ServicerContext, root: Path, options: dict[str, Any]) -> Interpreter:
    try:
        return Interpreter.choose(root, options)
    except NoInterpreter as problem:
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(problem))
        raise  # abort has raised already; mypy does not know


def _end(process: subprocess.Popen[Any]) -> None:
    """The call is over, or given up by the engine: so is its process."""
    if process.poll() is None:
        process.terminate()


def _make_findable(package: str, version: str) -> None:
    """Lets our plugin serve for a version of the SDK that is installed with the program and not beside the sandbox."""
    root = os.environ.get(FOLDER_VARIABLE)
    if root and package in PLUGINS and not shutil.which(f"pulumi-resource-{package}"):
        install_plugin(Folder(Path(root)), package, version)


def _plugin_environment(python: Interpreter) -> dict[str, str]:
    """What an activated virtual environment would set."""
    folder = python.executable.parent
    return {"VIRTUAL_ENV": str(folder.parent), "PATH": f"{os.environ.get('PATH', '')}{os.pathsep}{folder}"}


def _stream(
    context: grpc.ServicerContext, words: list[str], directory: Path, environment: dict[str, str], message: Any
) -> Generator[Any, None, int]:
    """Yields what a command prints, as it prints it, and returns its exit status."""
    process = subprocess.Popen(
        words,
        cwd=directory,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    context.add_callback(lambda: _end(process))
    printed: SimpleQueue[tuple[str, bytes] | None] = SimpleQueue()

    def read(name: str, pipe: IO[bytes]) -> None:
        while chunk := os.read(pipe.fileno(), 65536):
            printed.put((name, chunk))
        printed.put(None)

    assert process.stdout and process.stderr
    for name, pipe in (("stdout", process.stdout), ("stderr", process.stderr)):
        threading.Thread(target=read, args=(name, pipe), daemon=True).start()
    open_pipes = 2
    while open_pipes:
        item = printed.get()
        if item is None:
            open_pipes -= 1
        else:
            yield message(**{item[0]: item[1]})
    return process.wait()

"""The plugin as the engine starts it: a process that prints its port and answers for the package."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from quayside.__main__ import COMPONENTS

PLUGIN = Path(__file__).parents[3] / "components"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of a plugin that is running."""
    process = subprocess.Popen([sys.executable, "-W", "ignore", str(PLUGIN), "127.0.0.1:1"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield int(process.stdout.readline())
    process.terminate()
    process.wait(timeout=10)
    process.stdout.close()


def test_it_answers_with_the_packages_schema(port: int) -> None:
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        answer = provider_pb2_grpc.ResourceProviderStub(channel).GetSchema(provider_pb2.GetSchemaRequest(version=0), timeout=20)
    schema = json.loads(answer.schema)
    assert (schema["name"], schema["version"]) == ("quayside", "0.1.0")
    assert set(schema["resources"]) == {f"quayside:index:{component.__name__}" for component in COMPONENTS}

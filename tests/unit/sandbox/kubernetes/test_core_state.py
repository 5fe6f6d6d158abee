"""What is kept in the stack's state, and that secrets in it stay secret."""

from __future__ import annotations

import base64
from typing import Any

from quayside_sandbox.plugins.kubernetes.checkpoint import from_outputs, mark_secrets, to_object, to_outputs
from quayside_sandbox.plugins.values import Secret, plain


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_state_holds_live_object_inputs_version_and_manager() -> None:
    inputs = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"k": "v"}}
    live = {**inputs, "metadata": {"name": "a", "uid": "1"}}
    outputs = to_outputs(inputs, live, inputs, "v1", "pulumi-kubernetes-12345678")
    assert outputs["metadata"]["uid"] == "1"
    assert outputs["__inputs"] == inputs
    assert (outputs["__initialApiVersion"], outputs["__fieldManager"]) == ("v1", "pulumi-kubernetes-12345678")
    assert from_outputs(outputs) == (inputs, live)


def test_what_is_secret_in_the_inputs_is_secret_in_both_copies() -> None:
    given: dict[str, Any] = {"kind": "ConfigMap", "data": {"p": Secret("x"), "q": "y"}, "list": [{"a": Secret("z")}]}
    inputs = to_object(given)
    outputs = to_outputs(inputs, inputs, given, "v1", "m")
    for copy in (outputs, outputs["__inputs"]):
        assert copy["data"] == {"p": Secret("x"), "q": "y"}
        assert copy["list"] == Secret([{"a": "z"}])


def test_a_secrets_data_is_always_secret() -> None:
    live = {"apiVersion": "v1", "kind": "Secret", "data": {"p": encoded("x")}}
    outputs = to_outputs({"kind": "Secret", "stringData": {"p": "x"}}, live, {"kind": "Secret", "stringData": {"p": "x"}}, "v1", "m")
    assert isinstance(outputs["data"], Secret)
    assert isinstance(outputs["__inputs"]["stringData"], Secret)
    assert isinstance(mark_secrets({"kind": "Secret", "data": {"p": "x"}}, {})["data"], Secret)


def test_secrets_stay_hidden_where_kubectl_copied_them_and_in_a_secrets_metadata() -> None:
    key = "kubectl.kubernetes.io/last-applied-configuration"
    live = {"kind": "Secret", "data": {"p": "x"}, "metadata": {"annotations": {key: "{data: x}", "a": "open", "b": "hidden"}}}
    marked = mark_secrets(live, {"metadata": {"annotations": {"b": Secret("hidden")}}})
    assert marked["metadata"]["annotations"] == {key: Secret("{data: x}"), "a": "open", "b": Secret("hidden")}
    assert marked["data"] == Secret({"p": "x"})


def test_schema_fields_with_dashes_are_spelled_with_underscores_in_properties() -> None:
    given = {"spec": {"schema": {"x_kubernetes_preserve_unknown_fields": True, "type": "object", "nothing": None}}}
    thing = to_object(given)
    assert thing == {"spec": {"schema": {"x-kubernetes-preserve-unknown-fields": True, "type": "object"}}}
    outputs = to_outputs(thing, thing, {}, "v1", "m")
    assert outputs["spec"]["schema"]["x_kubernetes_preserve_unknown_fields"] is True
    assert from_outputs(outputs)[1] == thing


def test_marking_does_not_change_its_arguments() -> None:
    values: dict[str, Any] = {"data": {"p": "x"}}
    marked = mark_secrets(values, {"data": {"p": Secret("x")}})
    assert values == {"data": {"p": "x"}}
    assert plain(marked) == values

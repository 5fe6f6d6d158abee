"""Kubeconfigs made by us."""

import json

from quayside.clusters.kubeconfig import by_doctl, by_token, kubeconfig


def test_the_current_context_leads_to_server_and_user() -> None:
    config = json.loads(kubeconfig("dev", "https://api.example.com", "Y2E=", by_token("t")))
    context = next(each["context"] for each in config["contexts"] if each["name"] == config["current-context"])
    clusters = {each["name"]: each["cluster"] for each in config["clusters"]}
    users = {each["name"]: each["user"] for each in config["users"]}
    assert clusters[context["cluster"]] == {"server": "https://api.example.com", "certificate-authority-data": "Y2E="}
    assert users[context["user"]] == {"token": "t"}


def test_doctl_is_asked_for_this_cluster_without_a_terminal() -> None:
    command = by_doctl("c-1")["exec"]
    typed = " ".join([command["command"], *command["args"]])
    assert typed == "doctl kubernetes cluster kubeconfig exec-credential --version=v1beta1 c-1"
    assert command["interactiveMode"] == "Never"

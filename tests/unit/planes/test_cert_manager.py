"""cert-manager, as it is registered."""

from typing import Any

from quayside.planes.cert_manager import CertManager
from unit.recorder import Recorded, record


def cert_manager(**args: Any) -> Recorded:
    given: Any = args
    return record(lambda: CertManager("cert-manager", given))


def test_the_release_is_named_pinned_and_limited_in_time() -> None:
    release = cert_manager().one("Release").inputs
    assert (release["name"], release["namespace"], release["chart"], release["version"]) == (
        "cert-manager",
        "cert-manager",
        "cert-manager",
        "v1.21.1",
    )
    assert (release["repositoryOpts"], release["timeout"]) == ({"repo": "https://charts.jetstack.io"}, 600)
    assert (release["cleanupOnFail"], release["atomic"]) == (True, False)


def test_the_namespace_comes_first() -> None:
    assert "cert-manager" in cert_manager().one("Release").after


def test_crds_are_installed_and_kept_unless_said() -> None:
    assert cert_manager().one("Release").inputs["values"]["crds"] == {"enabled": True, "keep": True}
    assert cert_manager(keep_crds=False).one("Release").inputs["values"]["crds"] == {"enabled": True, "keep": False}


def test_helms_own_labels_are_left_to_helm() -> None:
    assert cert_manager().one("Release").inputs["values"]["global"]["commonLabels"] == {"quayside/owner": "quayside.dev"}


def test_a_mirror_replaces_the_repository() -> None:
    release = cert_manager(mirror="./charts").one("Release").inputs
    assert release["chart"] == "./charts/cert-manager"
    assert not {"version", "repositoryOpts"} & set(release)

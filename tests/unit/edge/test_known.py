"""What the program itself decides by must be known while it runs; all else may be an Output."""

from typing import Any, NotRequired, Union, get_args, get_origin

import pulumi
import pytest
from pydantic import ValidationError

from quayside.edge.ingress_nginx import IngressNginxArgs
from quayside.edge.ingress_nginx_values import IngressNginxSpec
from quayside.edge.load_balancer_arguments import LoadBalancerArgs, LoadBalancerSpec
from quayside.edge.zone import RecordArgs, ZoneArgs, ZoneSettingsArgs
from quayside.planes.cert_manager import CertManagerArgs
from quayside.settings.base import LATER, Model
from quayside.settings.certificates import CertificateSettings
from quayside.settings.names import NameSettings, RecordSettings, ZoneSettings
from quayside.settings.service import HostSettings, PathSettings, ServiceSettings
from quayside.workloads.arguments import HostArgs, PathArgs, RouteArgs, ServiceArgs
from quayside.workloads.placement import PlacedService, RouteSettings
from unit.recorder import record

ARGS: list[tuple[type[Model], Any]] = [
    (CertificateSettings, CertManagerArgs),
    (NameSettings, ZoneArgs),
    (RecordSettings, RecordArgs),
    (ZoneSettings, ZoneSettingsArgs),
    (PlacedService, ServiceArgs),
    (RouteSettings, RouteArgs),
    (HostSettings, HostArgs),
    (PathSettings, PathArgs),
    (IngressNginxSpec, IngressNginxArgs),
    (LoadBalancerSpec, LoadBalancerArgs),
]
MODELS = [model for model, _ in ARGS]


def problems(model: type[Model], key: str) -> list[tuple[Any, str]]:
    """What is wrong with an Output for a field, and with nothing else."""
    found: list[tuple[Any, str]] = []

    def program() -> None:
        try:
            model.model_validate({key: pulumi.Output.from_input("later")}, by_alias=False, by_name=True)
        except ValidationError as error:
            found.extend((each["loc"][0], each["msg"]) for each in error.errors() if each["type"] != "missing")

    record(program)
    return found


@pytest.mark.parametrize(("model", "key"), [(model, key) for model in MODELS for key in sorted(model.known)])
def test_an_output_is_refused_where_it_must_be_known(model: type[Model], key: str) -> None:
    assert (key, LATER) in problems(model, key)


@pytest.mark.parametrize(("model", "key"), [(PlacedService, "image"), (PlacedService, "namespace"), (NameSettings, "account")])
def test_elsewhere_it_passes(model: type[Model], key: str) -> None:
    assert problems(model, key) == []


@pytest.mark.parametrize("model", MODELS)
def test_they_are_fields(model: type[Model]) -> None:
    assert model.known <= set(model.model_fields)


def test_what_inherits_a_model_inherits_these() -> None:
    assert PlacedService.known > ServiceSettings.known


@pytest.mark.parametrize(("model", "args"), ARGS)
def test_no_argument_that_may_be_an_output_is_among_them(model: type[Model], args: Any) -> None:
    kinds = {key: get_args(kind)[0] if get_origin(kind) is NotRequired else kind for key, kind in args.__annotations__.items()}
    assert not {key for key, kind in kinds.items() if get_origin(kind) is Union} & model.known

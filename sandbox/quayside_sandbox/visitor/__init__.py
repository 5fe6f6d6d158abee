"""What somebody in the world meets who asks for a host name: DNS, load balancer, entry, route, certificate and the Services behind.

    view = View.read(store, record, api)
    for answer in ask(view, "shop.example.com", "/cart"):
        answer.backends, answer.certificate, answer.problem

Pods are simulated, so nothing is sent: it is read from the objects as the entry in question reads them. All of one look comes from a few
lists; look again as often as you like.
"""

from __future__ import annotations

from ..controlplane.request import Request
from .answer import Answer, Backend, Shown
from .asking import ask
from .view import View

__all__ = ["Answer", "Backend", "Request", "Shown", "View", "ask"]

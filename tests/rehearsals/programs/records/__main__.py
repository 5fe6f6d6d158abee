"""Two records in a zone that is there already, made by the library's own component."""

from quayside import Zone

Zone(
    "names",
    {
        "token": "not-a-real-token",
        "zone": "example.com",
        "records": {"shop": {"content": "shop.example.net"}, "mail": {"type": "MX", "content": "mail.example.net", "priority": 10}},
    },
)

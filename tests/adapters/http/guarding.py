"""What every answer of the server has, a refusal too."""

from __future__ import annotations

SECURITY = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def assert_guarded(headers: dict[str, str]) -> None:
    """The headers that every answer has; and none that tells of the program."""
    assert SECURITY.items() <= headers.items()
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "base-uri 'none'" in policy
    if policy.startswith("sandbox; "):  # where a picture has its browser's own style, and no script
        policy = policy.replace("style-src 'unsafe-inline'", "")
        assert "allow-" not in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["cache-control"] in {"no-store", "private, no-cache"}
    assert headers["permissions-policy"]
    assert not {"server", "date", "x-powered-by", "set-cookie"} & headers.keys()
    assert not any(name.startswith("access-control-") for name in headers)

"""What the program itself did wrong, written down for whoever mends it."""

from __future__ import annotations

from ledger import __version__


def logged(error: Exception, what: object) -> str:
    """Where the log of an error is now.

    Args:
        what: what the program was doing, such as its arguments.
    """
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix="ledger-", suffix=".log", delete=False
    ) as log:
        log.write(f"ledger {__version__}\n{what!r}\n")
        traceback.print_exception(error, file=log)
    return log.name


def bug(place: str) -> str:
    """What the user is told of it: where the log is."""
    return f"程序内部出错，这是程序的问题。详细记录在 {place}，请连同它一起报告。"

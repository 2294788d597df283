"""`kiosk demo-library`, and where the demo keeps its data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.cli.common import OK, CommandError, add, path, port

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from kiosk.cli.common import Commands


def register(commands: Commands) -> None:
    """Put this command into the parser."""
    text = "a small library system that speaks SIP2"
    library = add(commands, "demo-library", _demo_library, text)
    library.add_argument("--host", default="127.0.0.1", help="listen here (default: 127.0.0.1)")
    library.add_argument(
        "--port", type=port, default=6001, help="0: any that is free (default: 6001)"
    )
    library.add_argument(
        "--state",
        metavar="FILE.json",
        type=path,
        help="keep its loans in this file (default: nowhere)",
    )


def _demo_library(args: argparse.Namespace) -> int:
    import asyncio

    from kiosk.demo.library import serve

    def ready(port: int) -> None:
        print(f"demo library: SIP2 on {args.host} port {port}", flush=True)

    if args.state is not None and args.state.is_dir():
        raise CommandError(f"{args.state} is a folder. Name a file in it with --state")
    if args.state is not None and not args.state.parent.is_dir():
        raise CommandError(f"there is no folder {args.state.parent} for --state: make it first")
    try:
        asyncio.run(serve(args.host, args.port, args.state, ready))
    except ValueError as error:
        raise CommandError(f"{error}. Name another file with --state") from error
    except OSError as error:
        raise CommandError(
            f"the demo library cannot listen on {args.host} port {args.port}: "
            f"{error.strerror or error}. Choose others with --host and --port"
        ) from error
    return OK


def demo_data(args: argparse.Namespace) -> Path:
    """Give the folder of the demo's data."""
    import platformdirs

    data: Path = args.data or platformdirs.user_data_path("daybook-demo")
    return data

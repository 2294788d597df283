"""Which way into Koha it is: by `method` and `pending`, which an administrator has set.

    method       pending    SIP2       what it is        where a reply was lost
    ---------    -------    -------    --------------    ------------------------------------------
    "plugin"     either     either     PluginLibrary     loaded again: the plugin skips what it has
    "service"    true       either     ServiceBatches    unknown
    "service"    false      without    ServiceBatches    unknown
    "service"    false      with       ServiceLibrary    asked about by SIP2

It is never chosen by itself while the kiosk runs. A plugin that is away, as during an upgrade of
Koha, looks like one that was never there: what had been sent to it, its reply lost, would be sent
once more by the service, which does not recognise it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.ils.koha.alone import ServiceBatches
from kiosk.ils.koha.direct import ServiceLibrary
from kiosk.ils.koha.plugin import PluginLibrary
from kiosk.ils.koha.rest import NoPlugin, Rest

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, tzinfo

    from kiosk.ils.base import Library
    from kiosk.ils.koha.settings import KohaSettings, Method


def koha_library(
    settings: KohaSettings,
    zone: tzinfo,
    clock: Callable[[], datetime],
    sip2: Library | None = None,
) -> PluginLibrary | ServiceBatches | ServiceLibrary:
    """Make what the settings say.

    `sip2`: the same library by SIP2, where there is one, on a connection for this alone.
    """
    if settings.method == "plugin":
        return PluginLibrary(settings, zone, clock, sip2)
    if settings.pending or sip2 is None:
        return ServiceBatches(settings, zone, clock)
    return ServiceLibrary(settings, zone, clock, sip2)


async def best_method(settings: KohaSettings) -> Method:
    """Find out what `method` should be, for who sets Koha up. Raise LibraryError."""
    rest = Rest(settings)
    try:
        await rest.hello()
    except NoPlugin:
        return "service"
    finally:
        await rest.close()
    return "plugin"

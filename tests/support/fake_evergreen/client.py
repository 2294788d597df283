"""The fake Evergreen as a test sees it: a process that is started, steered and killed.

with FakeEvergreen(tmp_path / "world.jsonl") as fake:
    fake.world(patrons=[{"card": "P1", "name": "Maya"}], items=[{"item": "B1"}])
    fake.fault("lost-after", on="load")  # the reply to the next load is lost, its file is not
    fake.be(inline=True, per_line=0.01)  # it answers `execute` when all is done
    ...  # the kiosk uploads to fake.url as kiosk, kiosk
    fake.process()  # as a person there would
    assert fake.applied("kiosk_xid") == {"t1": 1}
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from support.fake_web.client import FakeWeb


class FakeEvergreen(FakeWeb):
    """The process. Accounts: kiosk, kiosk; and chief, chief, who may process.

    The branch is 4, its workstation BR1-desk.
    """

    module = "support.fake_evergreen"

    def applied(self, key: str = "kiosk_xid") -> Counter[str]:
        """Count how often each line was really carried out, by a key of the line."""
        return Counter(entry["line"].get(key) for entry in self.ledger())

    def sessions(self) -> dict[str, dict[str, Any]]:
        """Give the upload sessions as they are."""
        sessions: dict[str, dict[str, Any]] = self.do("all", table="session")
        return sessions

    def process(self, key: str = "", org: int = 4) -> None:
        """Have a session processed as the chief would, at BR1-desk, and wait for its end.

        Without a key: the newest one.
        """
        self._offline("execute", seskey=key or list(self.sessions())[-1], org=org)
        self.do("quiet")

    def make(self, title: str, org: int = 4) -> None:
        """Have another desk make an upload session."""
        self._offline("create", desc=title, org=org)

    def _offline(self, action: str, **fields: Any) -> None:
        given = {
            "username": "chief",
            "password": "chief",
            "type": "staff",
            "workstation": "BR1-desk",
        }
        method = {"service": "open-ils.auth", "method": "open-ils.auth.login"}
        [said] = self._ask("/osrf-gateway-v1", **method, param=json.dumps(given))["payload"]
        ses = said["payload"]["authtoken"]
        said = self._ask("/cgi-bin/offline/offline.pl", action=action, ses=ses, wc=1, **fields)
        assert said["textcode"] == "SUCCESS", said

    def _ask(self, path: str, **fields: Any) -> Any:
        with urlopen(self.url + path, urlencode(fields).encode(), timeout=10) as reply:
            return json.load(reply)

"""The fake Koha as a test sees it: a process that is started, steered and killed.

with FakeKoha(tmp_path / "world.jsonl") as fake:
    fake.world(patrons=[{"card": "P1", "name": "Maya"}], items=[{"item": "B1", "days": 21}])
    fake.be(version="20.11", zone="-05:00")
    fake.fault("lost-after", on="service.issue")
    ...  # the kiosk sends to fake.url as kiosk, kiosk, and asks at fake.sip_port
    assert [x["op"] for x in fake.ledger()] == ["checkout"]
    fake.process()  # the queue of a branch, as staff there would
"""

from __future__ import annotations

from typing import Any

from support.fake_web.client import FakeWeb


class FakeKoha(FakeWeb):
    """The process. Account: kiosk, kiosk, by SIP2, too; its API key: kiosk-id, kiosk-secret."""

    module = "support.fake_koha"

    @property
    def sip_port(self) -> int:
        """Where it speaks SIP2, about the same loans."""
        return self.beside[0]

    def sip(self, command: str, /, **given: Any) -> Any:
        """Send one command of FakeSip2: be, fault, clear, heard, struck, listen, cut."""
        return self.do("sip", command={"do": command, **given})

    def loans(self) -> dict[str, dict[str, Any]]:
        """Give who has what, by items."""
        loans: dict[str, dict[str, Any]] = self.do("loans")
        return loans

    def queue(self) -> list[dict[str, Any]]:
        """Give the operations that wait for staff, as they came."""
        return list(self.do("all", table="operation").values())

    def process(self, branch: str = "CPL") -> list[list[str]]:
        """Have a branch's queue processed; give action, barcode, card, and words of each."""
        said: list[list[str]] = self.do("process", branch=branch)
        return said

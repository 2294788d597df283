"""What a printer answers for its status, and which cause of it staff are told."""

import pytest

from drivers.printer.status import problem_in, reply_in

READY = {1: 0x12, 2: 0x12, 4: 0x12}


def test_a_reply_is_told_from_other_bytes_by_its_fixed_bits():
    automatic_status = bytes((0x14, 0x00, 0x00, 0x0F))
    assert reply_in(automatic_status + b"\x16") == 0x16
    assert reply_in(automatic_status) is None
    assert reply_in(b"") is None


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        (READY, None),
        ({}, None),
        ({1: 0x16}, None),  # the drawer is open, which is nobody's business here
        ({**READY, 4: 0x1E}, None),  # paper near its end still prints
        ({**READY, 1: 0x1A}, "offline"),
        ({1: 0x1A, 2: 0x16, 4: 0x7E}, "cover_open"),
        ({1: 0x1A, 2: 0x32, 4: 0x12}, "paper_out"),
        ({1: 0x1A, 2: 0x12, 4: 0x7E}, "paper_out"),
        ({1: 0x1A, 2: 0x52, 4: 0x12}, "error"),
    ],
)
def test_the_cause_is_told_that_somebody_can_see_to(replies, expected):
    assert problem_in(replies) == expected

"""The command sheet: every command as a barcode that a scanner reads from paper.

Issue 4, point 9. The barcodes are read back from the drawn pages by another library than drew them.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pypdfium2
import pytest
import zxingcpp
from PIL import ImageFilter

from drivers.scanner.symbology import unwrap
from kiosk import commandsheet
from kiosk.cli import main
from kiosk.desk.commandlist import groups
from kiosk.desk.commands import parse
from kiosk.desk.dates.loans import LoanRule
from kiosk.desk.policy import DeskSettings
from kiosk.words import LANGUAGES, Words

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image

ALL = groups(DeskSettings())
COMMANDS = {f":{entry.command}" for group in ALL for entry in group.entries}
HEADING = commandsheet.Heading(library="Northside", support="Help: IT · 555 0199")
X_PER_INCH = 75
"""The narrowest bar is 4/300 inch."""


def drawn(paper: str = "a4", settings: DeskSettings | None = None, language: str = "en") -> bytes:
    size = commandsheet.PAPERS[paper]
    return commandsheet.draw(groups(settings or DeskSettings()), HEADING, Words(language), size)


def pages(pdf: bytes, dpi: int) -> list[Image]:
    document = pypdfium2.PdfDocument(pdf)
    return [page.render(scale=dpi / 72).to_pil().convert("L") for page in document]


def read(image: Image) -> list[zxingcpp.Barcode]:
    return zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.Code128)


def texts(images: list[Image]) -> list[str]:
    return sorted(code.text for image in images for code in read(image))


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_every_command_of_the_desk_can_be_read_from_paper_once(paper: str) -> None:
    assert texts(pages(drawn(paper), 300)) == sorted(COMMANDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_commands_are_the_same_in_every_language(language: str) -> None:
    assert texts(pages(drawn(language=language), 150)) == sorted(COMMANDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_writes_into_the_margin(language: str) -> None:
    for image in pages(drawn(language=language), 72):
        margin = image.crop((image.width - 30, 0, image.width, image.height))
        assert margin.getextrema() == (255, 255)


def test_a_bad_printer_and_a_worn_pouch_do_not_matter() -> None:
    worn = [
        image.filter(ImageFilter.GaussianBlur(0.8)).point(lambda grey: 60 + grey * 0.6)
        for image in pages(drawn(), 200)
    ]
    assert texts(worn) == sorted(COMMANDS)


def test_each_barcode_has_its_quiet_zones_and_is_high_enough_to_be_hit() -> None:
    for image in pages(drawn(), 300):
        for code in read(image):
            corners = code.position
            left, right = corners.top_left.x, corners.top_right.x
            middle = (corners.top_left.y + corners.bottom_left.y) // 2
            for quiet in (
                (left - 38, middle, left - 3, middle + 1),
                (right + 3, middle, right + 38, middle + 1),
            ):  # 10 X of 4 dots, less 2
                assert set(image.crop(quiet).tobytes()) == {255}, code.text
            column = image.crop((left + 2, middle - 80, left + 3, middle + 80)).tobytes()
            assert column.count(0) >= 10 / 25.4 * 300, code.text


def test_the_line_of_a_hand_scanner_falls_on_one_barcode_only() -> None:
    for image in pages(drawn(), 100):
        by_row: dict[int, list[tuple[int, int]]] = {}
        for code in read(image):
            span = (code.position.top_left.x, code.position.top_right.x)
            by_row.setdefault(code.position.top_left.y // 20, []).append(span)
        for spans in by_row.values():
            assert all(
                abs(other[0] - one[1]) > 60 / 25.4 * 100 or other[0] <= one[0]
                for one in spans
                for other in spans
                if other != one
            )


def test_each_due_preset_of_the_library_has_its_barcode() -> None:
    settings = replace(DeskSettings(), due_presets=(0, 3, 365))
    found = texts(pages(drawn(settings=settings), 300))
    days = ["0", "3", "365"]
    due = [text for text in found if text.startswith(":due:")]
    due_next = [text for text in found if text.startswith(":due-next:")]
    assert due_next == [f":due-next:{n}" for n in days]
    assert due == [f":due:{n}" for n in [*days, "usual"]]


def test_each_kind_of_loan_has_its_barcode() -> None:
    kinds = (LoanRule(kind="dvd", name="DVD", days=7), LoanRule(kind="laptop", hours=3))
    found = texts(pages(drawn(settings=replace(DeskSettings(), loans=kinds)), 300))
    assert {":kind:dvd", ":kind:laptop"} <= set(found)


def test_what_is_off_here_has_no_barcode(tmp_path: Path) -> None:
    config, file = tmp_path / "kiosk.toml", tmp_path / "sheet.pdf"
    config.write_text(
        '[ils]\noffline = "sip2"\n[ils.sip2]\nhost = "localhost"\n'
        '[desk.functions]\ncheckin = "off"\nguest = "warn"\n'
    )
    assert main(["command-sheet", str(file), "--config", str(config)]) == 0
    gone = {"checkin", "bookdrop", "inhouse", "count", "noncat", "register"}
    gone |= {"sessions", "process", "handed"}  # of other library systems
    on = {text for text in COMMANDS if text.split(":")[1] not in gone}
    found = texts(pages(file.read_bytes(), 300))
    assert {":guest", ":renew", ":cart"} <= on == set(found)


def test_a_kind_with_a_long_word_has_a_barcode_that_fits_beside_its_name() -> None:
    long = LoanRule(kind="interlibrary-loan", name="Interlibrary loan", days=14)
    kinds = (LoanRule(kind="dvd", name="DVD", days=7), long)
    found = texts(pages(drawn(settings=replace(DeskSettings(), loans=kinds)), 300))
    assert [text for text in found if text.startswith(":kind")] == [":kind:2", ":kind:dvd"]


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_the_desk_takes_each_as_scanners_send_it(command: str) -> None:
    assert parse(command) is not None
    for sent in (f"]C0{command}", command.upper(), f"]C0{command.upper()}"):
        read = unwrap(sent)
        assert parse(read.text) == parse(command)


def test_every_command_has_a_picture() -> None:
    for group in ALL:
        for entry in group.entries:
            numbered = entry.word in commandsheet.NUMBERED and entry.value.isdigit()
            assert commandsheet.picture(entry) or numbered, entry.command


# -- the command -----------------------------------------------------------------------------------


@pytest.fixture
def config(tmp_path: Path) -> str:
    file = tmp_path / "kiosk.toml"
    file.write_text('[library]\nname = "Northside"\n[desk]\ndue_presets = [5]\n')
    return str(file)


def test_the_command_writes_the_sheet_of_this_library(config: str, tmp_path: Path) -> None:
    file = tmp_path / "sheet.pdf"
    assert main(["command-sheet", str(file), "--config", config, "--paper", "letter"]) == 0
    document = pypdfium2.PdfDocument(file)
    assert document.get_page_size(0) == (612, 792)
    assert "Northside" in document[0].get_textpage().get_text_bounded()
    assert ":due:5" in texts(pages(file.read_bytes(), 200))


def test_a_file_that_is_there_is_replaced_only_on_request(
    config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "thesis.pdf"
    file.write_text("years of work")
    assert main(["command-sheet", str(file), "--config", config]) == 1
    assert "exists already" in capsys.readouterr().err
    assert file.read_text() == "years of work"
    assert main(["command-sheet", str(file), "--config", config, "--replace"]) == 0
    assert file.read_bytes().startswith(b"%PDF")
    assert [x.name for x in tmp_path.iterdir() if x.name.startswith(".")] == []


@pytest.mark.parametrize("name", ["nowhere/sheet.pdf", ".", "/dev/full/sheet.pdf"])
def test_where_it_cannot_be_written_it_says_so(
    config: str, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["command-sheet", str(tmp_path / name), "--config", config]) == 1
    assert capsys.readouterr().err.startswith("kiosk: ")


def test_a_dash_sends_it_to_standard_output(config: str) -> None:
    run = [sys.executable, "-m", "kiosk", "command-sheet", "-", "--config", config]
    done = subprocess.run(run, capture_output=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"%PDF")

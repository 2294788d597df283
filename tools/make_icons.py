#!/usr/bin/env python3
"""Take the icons of the screen out of the whole typeface: `tools/make_icons.py`.

Run it when an icon was added to `icons.ICONS`. It takes fontTools (`pip install fonttools`), which
nothing else here does. The whole typeface takes 300 kB of memory in each size, these icons 50.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset

sys.path.insert(0, str(Path(__file__).parents[1]))

from kiosk.screens.icons import ICONS
from kiosk.screens.theme import FONT_FILES, FONTS

WHOLE = FONTS / "materialdesignicons-webfont.ttf"


def main() -> None:
    """Write the file of the screen anew."""
    options = subset.Options(layout_features=[], name_IDs=["*"], notdef_outline=True)
    font = subset.load_font(str(WHOLE), options)
    chosen = subset.Subsetter(options)
    chosen.populate(text="".join(ICONS.values()))
    chosen.subset(font)
    subset.save_font(font, str(FONTS / FONT_FILES["Icons"]), options)


if __name__ == "__main__":
    main()

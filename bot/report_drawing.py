"""A sheet to draw on, in pixels from its upper left corner; matplotlib makes PNG and PDF of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path as File
from typing import Literal

from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyBboxPatch, Polygon, Rectangle
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D

Point = tuple[float, float]
Align = Literal["left", "center", "right"]

_DOTS = 100  # pixels of ours an inch
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the sheet."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours. `good` and `bad` are told apart by every kind of colour vision (Okabe and Ito);
    `few` to `many` is the scale of the heat map."""

    ground: str
    panel: str
    text: str
    faint: str
    rule: str
    good: str
    bad: str
    strong: str
    light: str
    empty: str
    few: str
    many: str


LIGHT = Theme(
    ground="#ffffff",
    panel="#f2f5f9",
    text="#17212b",
    faint="#56636f",
    rule="#cfd7df",
    good="#0062a3",
    bad="#c64a00",
    strong="#1f6fb2",
    light="#9cc3e6",
    empty="#edf1f5",
    few="#cfe2f3",
    many="#0b4a80",
)
DARK = Theme(
    ground="#17212b",
    panel="#202c39",
    text="#f3f6f9",
    faint="#a9b8c6",
    rule="#3b4a59",
    good="#6cbcf2",
    bad="#ff9a3d",
    strong="#5aa9e6",
    light="#35618a",
    empty="#1f2b37",
    few="#25435e",
    many="#9fd4ff",
)


class Sheet:
    """What is drawn lies above what was drawn before."""

    def __init__(self, width: float, height: float, theme: Theme) -> None:
        self.width, self.height, self.theme = width, height, theme
        self.figure = Figure(figsize=(width / _DOTS, height / _DOTS), dpi=_DOTS)
        self.figure.patch.set_facecolor(theme.ground)
        FigureCanvasAgg(self.figure)
        inches = Affine2D().scale(1 / _DOTS, -1 / _DOTS).translate(0, height / _DOTS)
        self._place = inches + self.figure.dpi_scale_trans
        self._drawn = 0

    def rectangle(self, box: Box, colour: str, *, round_by: float = 0) -> None:
        """A filled one."""
        corner = (box.x, box.y)
        if round_by:
            style = f"round,pad=0,rounding_size={round_by}"
            shape: FancyBboxPatch | Rectangle = FancyBboxPatch(
                corner, box.width, box.height, boxstyle=style, facecolor=colour, linewidth=0
            )
        else:
            shape = Rectangle(corner, box.width, box.height, facecolor=colour, linewidth=0)
        self._add(shape)

    def line(
        self, points: Sequence[Point], colour: str, thick: float = 2, *, dashed: bool = False
    ) -> None:
        """From point to point."""
        across, down = zip(*points, strict=True)
        drawn = Line2D(across, down, color=colour, linewidth=_points(thick), solid_capstyle="butt")
        if dashed:
            drawn.set_dashes((4, 3))
        self._add(drawn)

    def dot(self, at: Point, radius: float, colour: str, *, ring: str = "") -> None:
        """A filled circle, in a ring of another colour where it must stand out."""
        edge = {"edgecolor": ring, "linewidth": _points(2)} if ring else {"linewidth": 0}
        self._add(Circle(at, radius, facecolor=colour, **edge))

    def triangle(self, at: Point, size: float, colour: str, *, up: bool) -> None:
        """Pointing up or down, around `at`."""
        half, tip = size / 2, -size / 2 if up else size / 2
        corners = [(at[0], at[1] + tip), (at[0] - half, at[1] - tip), (at[0] + half, at[1] - tip)]
        self._add(Polygon(corners, facecolor=colour, linewidth=0))

    def arrow(self, at: Point, size: float, colour: str) -> None:
        """A tip that points to the right: it goes on."""
        (x, y), half = at, size / 2
        corners = [(x + half, y), (x - half, y - half), (x - half, y + half)]
        self._add(Polygon(corners, facecolor=colour, linewidth=0))

    def text(
        self,
        at: Point,
        words: str,
        size: float,
        colour: str,
        *,
        align: Align = "left",
        bold: bool = False,
        room: float | None = None,
        behind: str = "",
    ) -> float:
        """One line, `at` the middle of its height, cut to `room`; returns its width. `behind`: a
        colour that covers what was drawn there."""
        shown = words if room is None else cut(words, size, room, bold=bold)
        wide = width(shown, size, bold=bold)
        if behind:
            start = at[0] - {"left": 0.0, "center": wide / 2, "right": wide}[align]
            self.rectangle(Box(start - 4, at[1] - size * 0.6, wide + 8, size * 1.2), behind)
        # Words of clients are no formulas: a dollar sign stays one.
        artist = Text(
            at[0],
            at[1],
            shown,
            color=colour,
            fontproperties=_font(size, bold=bold),
            horizontalalignment=align,
            verticalalignment="center_baseline",
            parse_math=False,
        )
        self._add(artist)
        return wide

    def write_png(self, path: File, *, scale: float = 1) -> None:
        """So many dots for each pixel of ours."""
        self.figure.savefig(path, format="png", dpi=_DOTS * scale)

    def _add(self, artist: Artist) -> None:
        self._drawn += 1
        artist.set_zorder(self._drawn)
        artist.set_transform(self._place)
        self.figure.add_artist(artist)


def width(words: str, size: float, *, bold: bool = False) -> float:
    """How wide one line is."""
    wide, _, _ = text_to_path.get_text_width_height_descent(
        words, _font(size, bold=bold), ismath=False
    )
    return float(wide) * _DOTS / 72


def cut(words: str, size: float, room: float, *, bold: bool = False) -> str:
    """As much of the words as there is room for, with an ellipsis where something is gone."""
    plain = " ".join(words.split())
    if width(plain, size, bold=bold) <= room:
        return plain
    short, long = 0, len(plain)
    while long - short > 1:
        middle = (short + long) // 2
        if width(plain[:middle].rstrip() + _ELLIPSIS, size, bold=bold) <= room:
            short = middle
        else:
            long = middle
    return plain[:short].rstrip() + _ELLIPSIS


def wrapped(words: str, size: float, room: float) -> list[str]:
    """The words in lines that fit."""
    lines: list[str] = []
    for word in words.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(cut(word, size, room))
    return lines


def between(few: str, many: str, part: float) -> str:
    """The colour at `part` (0 to 1) of the way."""
    pairs = zip(_channels(few), _channels(many), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


def _points(pixels: float) -> float:
    return pixels * 72 / _DOTS


@cache
def _font(size: float, *, bold: bool) -> FontProperties:
    return FontProperties(
        family="DejaVu Sans", size=_points(size), weight="bold" if bold else "normal"
    )

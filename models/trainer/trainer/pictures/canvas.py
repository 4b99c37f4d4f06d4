"""What all pictures share: a white canvas, plain axes, and colours that colour-blind people can distinguish."""

from typing import Any

from matplotlib import font_manager, rcParams
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

# Okabe & Ito 2008, "Color Universal Design".
BLUE, VERMILLION, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#6E6E6E"
DPI = 150


def canvas(width: float, height: float) -> Figure:
    """An empty figure, width and height in inches, drawn by Agg: no display, no global state."""
    figure = Figure(figsize=(width, height), dpi=DPI, layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def plain(axes: Axes, title: str, x: str, y: str) -> None:
    """A title on the left, named axes, a faint grid, no box."""
    axes.set_title(title, loc="left", fontsize=11, fontweight="bold")
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(True, color="#E4E4E4", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def fonts_for(text: str) -> tuple[list[str], str]:
    """Font families that draw a text, and the letters that no installed font has.

    The first is matplotlib's own; any other installed one follows for letters that it lacks, such as Japanese ones.
    """
    known: Any = font_manager  # its stubs leave these functions out
    families = list(rcParams["font.family"])
    usual = known.findfont(known.FontProperties())
    lacking = set(map(ord, text)) - known.get_font(usual).get_charmap().keys()
    for font in known.fontManager.ttflist if lacking else ():
        if font.name.startswith("Last Resort"):  # has a box for every letter
            continue
        found = lacking & known.get_font(font.fname).get_charmap().keys()
        families += [font.name] if found else []
        lacking -= found
    return families, "".join(map(chr, sorted(lacking)))

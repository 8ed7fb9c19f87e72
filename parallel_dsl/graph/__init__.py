"""A plan as a networkx graph, and as pictures and text. May import errors, wording, results, report and plan."""

from __future__ import annotations

from ._bundle import bundle as bundle
from ._bundle import folded as folded
from ._bundle import image as image
from ._dot import to_dot as to_dot
from ._glyphs import STATES as STATES
from ._measures import Measures as Measures
from ._measures import measures as measures
from ._mermaid import to_mermaid as to_mermaid
from ._networkx import beginning as beginning
from ._networkx import to_networkx as to_networkx
from ._outline import Outline as Outline
from ._outline import Part as Part
from ._outline import Use as Use
from ._outline import outline as outline
from ._palette import RIMS as RIMS
from ._palette import THEMES as THEMES
from ._palette import Theme as Theme
from ._said import SHOWN_GLYPHS as SHOWN_GLYPHS
from ._seen import is_plan as is_plan
from ._standing import Shown as Shown
from ._standing import Standing as Standing
from ._standing import shown as shown
from ._standing import standings as standings
from ._standing import state_of as state_of
from ._svg import to_svg as to_svg
from ._text import to_text as to_text
from ._words import Policy as Policy
from ._words import label_of as label_of
from ._words import policy_of as policy_of
from ._words import seconds as seconds
from ._xml import FONT as FONT
from ._xml import element as element
from ._xml import escape as escape
from ._xml import fit as fit
from ._xml import number as number
from ._xml import text_width as text_width
from ._xml import title as title
from ._xml import visible as visible

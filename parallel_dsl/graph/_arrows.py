"""Arrows get their way: out at the right, in at the left, each in its own lane of the channels that it runs through."""

from __future__ import annotations

import itertools
import typing as t
from collections.abc import Mapping, Sequence

from ._boxes import Arrow, Box, Channel, Picture
from ._spaces import LANE, LANES, LEAF
from ._ways import Hop, Way, hops, way_of

Point = tuple[float, float]
Lanes = Mapping[tuple[int, Channel, t.Hashable], float]  # box, channel and net
OUT = 6.0  # beneath the axis, where the arrow of order leaves


def route(picture: Picture) -> list[Arrow]:
    """Give all arrows with their points: those of references, then those of the order."""
    order = list(_order(picture.boxes))
    ways = [(arrow, way_of(arrow)) for arrow in (*picture.arrows, *(a for a in order if not _is_near(a)))]
    ports = _ports(picture.arrows)
    runs = [(arrow, list(hops(way)), *_ends(arrow, way, ports)) for arrow, way in ways]
    lanes = _sorted_lanes(runs)
    for arrow, channels, begin, end in runs:
        arrow.points = _tidy(_points(arrow, channels, lanes, begin, end))
    for arrow in order:
        if _is_near(arrow):
            arrow.points = [(arrow.source.right, arrow.source.axis), (arrow.target.x, arrow.target.axis)]
    return [*picture.arrows, *order]


def _order(boxes: Sequence[Box]) -> t.Iterator[Arrow]:
    """Give an arrow from each child of a stage to the next."""
    for box in boxes:
        if box.is_ordered:
            for first, second in itertools.pairwise(box.children):
                yield Arrow(first, second)


def _is_near(arrow: Arrow) -> bool:
    """Tell whether it joins two children in one row."""
    return not arrow.uses and arrow.source.cell[0] == arrow.target.cell[0]


def _ports(arrows: Sequence[Arrow]) -> Mapping[tuple[int, t.Hashable], float]:
    """Give the y at which each net enters each box: side by side if there are many."""
    into: dict[int, dict[t.Hashable, Arrow]] = {}
    for arrow in arrows:
        into.setdefault(arrow.target.number, {}).setdefault(arrow.net, arrow)
    ports = {}
    for number, nets in into.items():
        inward = sorted(nets.items(), key=lambda pair: _leaves_at(pair[1]))
        for index, (net, arrow) in enumerate(inward):
            ports[number, net] = _entry(arrow, index, len(inward))
    return ports


def _entry(arrow: Arrow, index: int, count: int) -> float:
    """Give the y of an entry: the first above the arrow of order, the others beneath it.

    One that comes in level with its source goes straight; others never end at the height at which a neighbour begins.
    """
    box = arrow.target
    if count == 1 and abs(_leaves_at(arrow) - box.axis - OUT) < 1:
        return box.axis + OUT
    step = min(LANE, (box.h - LEAF) / max(count - 1, 1)) if count > LANES else LANE
    return box.axis - OUT if index == 0 else box.axis + OUT + index * step - step / 2


def _leaves_at(arrow: Arrow) -> float:
    """Give the y at which an arrow leaves its source."""
    box = arrow.source
    return box.axis + OUT + LANE * arrow.nth if arrow.uses else box.axis


def _ends(arrow: Arrow, way: Way, ports: Mapping[tuple[int, t.Hashable], float]) -> tuple[Point, Point]:
    """Give where an arrow begins and ends; if one end is around the other, at the inside of its edge."""
    source, target = arrow.source, arrow.target
    enters = ports.get((target.number, arrow.net), target.axis)
    if way.meet is None and not way.into:
        return (source.right, _leaves_at(arrow)), (target.right, enters)
    if way.meet is None:
        return (source.x, enters), (target.x, enters)
    return (source.right, _leaves_at(arrow)), (target.x, enters)


def _centre(hop: Hop) -> float:
    box, channel = hop
    begin, end = box.spans[channel]
    return (begin + end) / 2


Run = tuple[Arrow, Sequence[Hop], Point, Point]


def _sorted_lanes(runs: Sequence[Run]) -> Lanes:
    """Give each net its lane in each channel, in an order with few crossings."""
    spans: dict[tuple[int, Channel], tuple[Hop, dict[t.Hashable, tuple[float, float]]]] = {}
    for arrow, channels, begin, end in runs:
        rough = _rough(channels, begin, end)
        for hop, span in zip(channels, rough, strict=True):
            box, channel = hop
            spans.setdefault((box.number, channel), (hop, {}))[1].setdefault(arrow.net, span)
    lanes = {}
    for (number, channel), (hop, nets) in spans.items():
        first, last = hop[0].spans[hop[1]]
        step = (last - first) / (len(nets) + 1)
        for index, net in enumerate(_ordered(hop, nets)):
            lanes[number, channel, net] = first + (index + 1) * step
    return lanes


def _ordered(hop: Hop, nets: Mapping[t.Hashable, tuple[float, float]]) -> list[t.Hashable]:
    return sorted(nets, key=lambda net: _key(hop, nets[net]))


def _rough(channels: Sequence[Hop], begin: Point, end: Point) -> list[tuple[float, float]]:
    """Give from where to where an arrow runs in each channel, if all lanes were in the middle."""
    across = [_centre(hop) for hop in channels]
    spans = []
    for index, hop in enumerate(channels):
        vertical = hop[1][0] != "h"
        comes = across[index - 1] if index else (begin[1] if vertical else begin[0])
        goes = across[index + 1] if index + 1 < len(across) else (end[1] if vertical else end[0])
        spans.append((comes, goes))
    return spans


def _key(hop: Hop, span: tuple[float, float]) -> tuple[float, ...]:
    """Going down the lowest turns first, going up the highest; a short one stays near its row."""
    comes, goes = span
    if hop[1][0] == "h":
        return (abs(goes - comes), comes)
    return (0, -comes) if goes > comes else (1, comes)


def _points(arrow: Arrow, channels: Sequence[Hop], lanes: Lanes, begin: Point, end: Point) -> list[Point]:
    x, y = begin
    if channels and channels[0][1][0] == "h":
        y = lanes[channels[0][0].number, channels[0][1], arrow.net]
    points = [(x, y)]
    for box, channel in channels:
        lane = lanes[box.number, channel, arrow.net]
        x, y = (x, lane) if channel[0] == "h" else (lane, y)
        points.append((x, y))
    if channels and channels[-1][1][0] != "h":
        y = end[1]
        points.append((x, y))
    points.append((end[0], y))
    return points


def _tidy(points: Sequence[Point]) -> list[Point]:
    """Leave out points in the middle of a straight line, and those that stand twice."""
    kept: list[Point] = []
    for point in points:
        if kept and _is_level(kept[-1], point) and _is_level(kept[-1][::-1], point[::-1]):
            continue
        if len(kept) > 1 and _is_straight(kept[-2], kept[-1], point):
            kept[-1] = point
        else:
            kept.append(point)
    return kept


def _is_level(a: Point, b: Point) -> bool:
    return abs(a[1] - b[1]) < 0.01


def _is_straight(a: Point, b: Point, c: Point) -> bool:
    level = _is_level(a, b) and _is_level(b, c)
    return level or (_is_level(a[::-1], b[::-1]) and _is_level(b[::-1], c[::-1]))

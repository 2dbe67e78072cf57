"""A log–log picture as SVG, drawn without a library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 860, 460, 70, 250, 20, 50
COLOURS = ("#7f7f7f", "#2ca02c", "#1f77b4", "#17becf", "#d62728", "#ff7f0e", "#9467bd", "#8c564b")


@dataclass(frozen=True)
class Series:
    """A line: its name, and its points (x, y), all of them positive."""

    name: str
    points: Sequence[tuple[float, float]]


def log_log(lines: Sequence[Series], across: str, up: str) -> str:
    """The picture of these lines; `across` and `up` say what the axes count."""
    xs = [x for line in lines for x, _ in line.points]
    ys = [y for line in lines for _, y in line.points]
    x_low, x_high = floor(log10(min(xs))), max(ceil(log10(max(xs))), floor(log10(min(xs))) + 1)
    y_low, y_high = floor(log10(min(ys))), max(ceil(log10(max(ys))), floor(log10(min(ys))) + 1)

    def at(x: float, y: float) -> tuple[float, float]:
        right = LEFT + (log10(x) - x_low) / (x_high - x_low) * (WIDTH - LEFT - RIGHT)
        down = HEIGHT - BOTTOM - (log10(y) - y_low) / (y_high - y_low) * (HEIGHT - TOP - BOTTOM)
        return round(right, 1), round(down, 1)

    drawn = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>']
    for power in range(x_low, x_high + 1):
        x, bottom = at(10.0**power, 10.0**y_low)
        drawn.append(f'<path d="M{x} {TOP}V{bottom}" stroke="#ddd"/>')
        drawn.append(f'<text x="{x}" y="{bottom + 18}" text-anchor="middle">{10**power:,}</text>')
    for power in range(y_low, y_high + 1):
        left, y = at(10.0**x_low, 10.0**power)
        label = f"{10**power:,}" if power >= 0 else f"{10.0**power:g}"
        drawn.append(f'<path d="M{left} {y}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        drawn.append(f'<text x="{left - 8}" y="{y + 4}" text-anchor="end">{label}</text>')
    drawn.append(
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{escape(across)}</text>'
    )
    drawn.append(f'<text x="14" y="{TOP - 6}">{escape(up)}</text>')
    for number, line in enumerate(lines):
        colour = COLOURS[number % len(COLOURS)]
        places = [at(x, y) for x, y in sorted(line.points)]
        path = " ".join(f"{x},{y}" for x, y in places)
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        drawn += [f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>' for x, y in places]
        drawn.append(
            f'<text x="{WIDTH - RIGHT + 12}" y="{TOP + 18 + 20 * number}" fill="{colour}">{escape(line.name)}</text>'
        )
    body = "\n".join(drawn)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12">\n{body}\n</svg>\n'
    )

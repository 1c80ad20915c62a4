"""What the scenes of the demo pictures are made of: sky, trees, houses, people, vehicles, boats."""

import itertools
import math

from portal.samples.demo.canvas import HEIGHT, INK, RED, WHITE, WIDTH, darker, lighter, mix

SKINS = ("#c98f63", "#a9724a", "#8a5a3b", "#dba878")
SHIRTS = ("#d9603b", "#2f7f86", "#e2a93b", "#6b5b95", "#3f8f5b", "#b8455e", "#f0e6d2", "#3d6ea5")
HAIR = "#2b211d"


def sky(c, *, sun=None, clouds=3):
    c.shade(c.palette.sky, c.palette.glow, 0, 640)
    c.box(0, 639, WIDTH, HEIGHT - 639, c.palette.glow)
    if sun:
        x, y, radius = sun
        for grown, alpha in ((2.1, 0.13), (1.5, 0.2)):
            c.disc(x, y, radius * grown, lighter(c.palette.sun, 0.4), alpha=alpha)
        c.disc(x, y, radius, c.palette.sun)
    for _ in range(clouds):
        cloud(c, c.random.randint(60, 1500), c.random.randint(70, 260), c.random.randint(150, 300))


def cloud(c, x, y, width):
    colour = lighter(mix(c.palette.sky, c.palette.glow, 0.5), 0.5)
    c.box(x - width / 1.5, y + 12, width / 1.8, 26, mix(colour, c.palette.sky, 0.3), radius=13)
    c.box(x - width / 2, y - 22, width, 44, colour, radius=22)
    c.box(x - width / 3.2, y - 48, width / 1.9, 56, colour, radius=28)


def stars(c, count=70):
    for _ in range(count):
        c.disc(c.random.randint(0, WIDTH), c.random.randint(0, 380), c.random.choice((1.5, 2, 3)), WHITE, alpha=0.7)


def hills(c, y, height, colour):
    start, pace = c.random.uniform(0, 6), c.random.uniform(0.004, 0.006)
    ridge = [
        (x, y - height * (0.55 + 0.3 * math.sin(start + x * pace) + 0.15 * math.sin(x * pace * 2.7)))
        for x in range(0, WIDTH + 21, 20)
    ]
    c.shape([(0, HEIGHT), *ridge, (WIDTH, HEIGHT)], colour)


def skyline(c, base, colour, *, low=70, high=220, lit=None, share=0.4):
    """A row of buildings standing on `base`; with `lit`, a `share` of their windows has that colour."""
    x = -30
    while x < WIDTH:
        width, height = c.random.randint(70, 150), c.random.randint(low, high)
        tower(c, x, base, width, height, colour, lit=lit, share=share)
        x += width + c.random.choice((-4, -4, 6, 14))


def tower(c, x, base, width, height, colour, *, lit=None, share=0.4):
    top = base - height
    c.box(x, top, width, height, colour)
    crown = c.random.choice(("flat", "step", "slope", "mast", "gable", "flat"))
    if crown == "step":
        c.box(x + width * 0.2, top - 22, width * 0.6, 23, colour)
    elif crown == "slope":
        c.shape([(x, top + 1), (x + width, top + 1), (x + width, top - 34)], colour)
    elif crown == "mast":
        c.box(x + width * 0.47, top - 54, 5, 55, colour)
        c.box(x + width * 0.36, top - 14, width * 0.28, 15, colour)
    elif crown == "gable":
        c.shape([(x - 6, top + 1), (x + width / 2, top - 36), (x + width + 6, top + 1)], colour)
    if lit:
        for wy in range(round(top) + 18, round(base) - 20, 30):
            for wx in range(round(x) + 14, round(x + width) - 16, 26):
                if c.random.random() < share:
                    c.box(wx, wy, 10, 14, lit, alpha=0.9)


def tree(c, x, base, height, *, leaf=None):
    """A round street tree: trunk, three clumps, a lit side."""
    leaf = leaf or c.palette.leaf
    trunk, r = mix("#6b4a35", c.palette.near, 0.35), height * 0.27
    c.taper(x, base, height * 0.035, base - height * 0.6, height * 0.02, trunk)
    for dx, dy, grown in ((-0.75, -0.42, 0.78), (0.75, -0.45, 0.75), (0, -0.72, 1.05)):
        c.disc(x + dx * r, base + dy * height, r * grown, darker(leaf, 0.1))
    for dx, dy, grown in ((-0.85, -0.46, 0.58), (-0.2, -0.78, 0.75), (0.6, -0.5, 0.5)):
        c.disc(x + dx * r, base + dy * height, r * grown, lighter(leaf, 0.1))


def shade_tree(c, x, base, height, *, leaf=None):
    """A broad rain tree (trembesi) whose crown is an umbrella."""
    leaf = leaf or c.palette.leaf
    trunk = mix("#5c4030", c.palette.near, 0.3)
    c.taper(x, base, height * 0.06, base - height * 0.5, height * 0.03, trunk)
    for side in (-1, 1):
        c.line([(x, base - height * 0.42), (x + side * height * 0.38, base - height * 0.68)], trunk, height * 0.03)
    for dx, dy, r, tint in ((-0.42, 0.66, 0.26, 0), (0.42, 0.66, 0.26, 0), (0, 0.74, 0.36, 0),
                            (-0.3, 0.76, 0.2, 1), (0.1, 0.84, 0.24, 1), (0.44, 0.74, 0.15, 1)):  # fmt: skip
        colour = lighter(leaf, 0.12) if tint else darker(leaf, 0.12)
        c.disc(x + dx * height, base - dy * height, r * height, colour, flat=0.62)


def palm(c, x, base, height, *, lean=0.12, leaf=None):
    leaf = leaf or c.palette.leaf
    trunk = mix("#7b5a41", c.palette.near, 0.3)
    bend = [(x + lean * height * (t / 10) ** 2, base - height * t / 10) for t in range(11)]
    for number, (a, b) in enumerate(itertools.pairwise(bend)):
        c.line([a, b], trunk, height * (0.045 - 0.002 * number))
    top_x, top_y = bend[-1]
    for angle in (-172, -148, -118, -90, -62, -32, -8):
        frond(c, top_x, top_y, height * 0.42, angle, leaf if angle % 4 else darker(leaf, 0.15))


def frond(c, x, y, length, angle, colour):
    """A palm leaf that leaves (x, y) at `angle` degrees and bows to the ground."""
    spine = []
    for t in range(9):
        share = t / 8
        spine.append(
            (
                x + math.cos(math.radians(angle)) * length * share,
                y + math.sin(math.radians(angle)) * length * share * 0.8 + length * 0.55 * share**2,
            )
        )
    width = [length * 0.13 * math.sin(math.pi * min(1, 0.12 + t / 8)) for t in range(9)]
    upper = [(px, py - w * 0.4) for (px, py), w in zip(spine, width, strict=True)]
    lower = [(px, py + w) for (px, py), w in zip(spine, width, strict=True)]
    c.shape(upper + lower[::-1], colour)


def bush(c, x, base, width, colour=None):
    colour = colour or c.palette.leaf
    for dx, r in ((-0.3, 0.22), (0.32, 0.2), (0, 0.3)):
        c.pie(x + dx * width, base, r * width, 180, 360, darker(colour, 0.05) if dx else lighter(colour, 0.08))


def roof(c, x, y, width, height, colour, overhang=26):
    """A hipped tile roof whose eaves lie at y."""
    c.shape(
        [
            (x - overhang, y),
            (x + width + overhang, y),
            (x + width - height * 0.7, y - height),
            (x + height * 0.7, y - height),
        ],
        colour,
    )
    for row in range(1, 4):
        ry = y - height * row / 4
        inset = (height * 0.7 + overhang) * row / 4
        c.line([(x - overhang + inset, ry), (x + width + overhang - inset, ry)], darker(colour, 0.1), 3)
    c.box(x - overhang, y - 4, width + 2 * overhang, 10, darker(colour, 0.22))


def window(c, x, y, width, height, *, glass=None, frame=WHITE):
    c.box(x - 6, y - 6, width + 12, height + 12, frame)
    c.box(x, y, width, height, glass or mix(c.palette.near, "#bfe3ea", 0.45))
    c.shape([(x, y + height * 0.7), (x + width * 0.7, y), (x + width, y), (x, y + height)], WHITE, alpha=0.16)
    c.box(x + width / 2 - 2, y, 4, height, frame)


def house(c, x, base, width, height, wall, tiles):
    c.box(x, base - height, width, height, wall)
    c.box(x, base - 16, width, 16, darker(wall, 0.2))
    roof(c, x, base - height, width, height * 0.62, tiles, overhang=18)
    door = min(54, width * 0.22)
    c.box(x + width * 0.14, base - height * 0.68, door, height * 0.68, darker(tiles, 0.25), radius=3)
    window(c, x + width * 0.52, base - height * 0.68, width * 0.3, height * 0.32)


def person(c, x, base, height, *, shirt=None, lower=None, veil=None, face=1, arm=0):
    """A standing citizen; `lower` colours trousers or skirt, `veil` a headscarf, `arm` lifts one arm (0 to 1)."""
    shirt = shirt or c.random.choice(SHIRTS)
    skin, trousers = c.random.choice(SKINS), lower or c.random.choice(("#33475b", "#4a3f55", "#5b4a3c", "#2f4a45"))
    h = height
    for dx in (-0.075, 0.015):
        c.box(x + dx * h, base - 0.4 * h, 0.07 * h, 0.4 * h, trousers, radius=0.02 * h)
        c.box(x + dx * h - (0.02 * h if face < 0 else 0), base - 0.03 * h, 0.09 * h, 0.03 * h, INK, radius=0.012 * h)
    if veil:
        c.taper(x, base - 0.6 * h, 0.09 * h, base - 0.12 * h, 0.14 * h, lower or darker(shirt, 0.08))
    c.box(x - 0.115 * h, base - 0.78 * h, 0.23 * h, 0.42 * h, shirt, radius=0.08 * h)
    c.box(x - 0.03 * h, base - 0.83 * h, 0.06 * h, 0.08 * h, skin)
    c.disc(x, base - 0.9 * h, 0.085 * h, skin)
    if veil:
        c.pie(x, base - 0.895 * h, 0.105 * h, 150, 390, veil)
        c.disc(x + face * 0.02 * h, base - 0.885 * h, 0.062 * h, skin)
        c.taper(x, base - 0.85 * h, 0.1 * h, base - 0.66 * h, 0.13 * h, veil)
        c.disc(x + face * 0.015 * h, base - 0.882 * h, 0.058 * h, skin)
    else:
        c.pie(x - face * 0.01 * h, base - 0.91 * h, 0.09 * h, 175, 368, HAIR)
    shoulder, reach = (x + face * 0.08 * h, base - 0.72 * h), 0.3 * h
    turn = math.radians(80 - 130 * arm)
    hand = (shoulder[0] + face * math.cos(turn) * reach, shoulder[1] + math.sin(turn) * reach)
    c.line([shoulder, hand], darker(shirt, 0.14), 0.065 * h)
    c.disc(*hand, 0.035 * h, skin)


def crowd(c, places, base, height):
    """Citizens at the given x, a little different in height, about half of the women with headscarves."""
    shirts = c.random.sample(SHIRTS, len(SHIRTS))
    for n, x in enumerate(places):
        veil = c.random.choice((None, None, "#e8dcc6", "#7f5a83", "#3e7c80", "#c9687a"))
        tall, face, arm = (
            height * c.random.uniform(0.92, 1.06),
            c.random.choice((-1, 1)),
            c.random.choice((0, 0, 0.35)),
        )
        person(c, x, base + c.random.randint(-6, 8), tall, shirt=shirts[n % 8], veil=veil, face=face, arm=arm)


def flag(c, x, base, height):
    """The red and white flag on its pole."""
    c.box(x - 4, base - height, 8, height, "#e9e4d8")
    c.disc(x, base - height, 8, "#e9b949")
    for row, colour in ((0, RED), (1, WHITE)):
        upper = [(x + 4 + t * 15, base - height + 14 + row * 38 + 5 * math.sin(t * 0.9)) for t in range(9)]
        c.shape(upper + [(px, py + 38) for px, py in reversed(upper)], colour)


def bunting(c, x1, y1, x2, y2, *, sag=60, count=14):
    def at(t):
        return x1 + (x2 - x1) * t, y1 + (y2 - y1) * t + sag * 4 * t * (1 - t)

    c.line([at(t / 40) for t in range(41)], darker(c.palette.near, 0.3), 3)
    colours = (RED, WHITE, "#e2a93b", "#2f7f86")
    for n in range(count):
        (ax, ay), (bx, by) = at((n + 0.15) / count), at((n + 0.85) / count)
        c.shape([(ax, ay), (bx, by), ((ax + bx) / 2, (ay + by) / 2 + 40)], colours[n % 4])


def lamp(c, x, base, height, *, side=1, lit=False):
    pole = darker(c.palette.near, 0.3)
    if lit:
        tip = x + side * 74
        c.taper(tip, base - height + 16, 22, base, 150, c.palette.sun, alpha=0.13)
        c.disc(tip, base - height + 14, 44, c.palette.sun, alpha=0.25)
    c.box(x - 5, base - height, 10, height, pole)
    c.box(x - 12, base - 26, 24, 26, pole, radius=4)
    c.line([(x, base - height), (x + side * 80, base - height)], pole, 8)
    c.box(x + side * 74 - 24, base - height + 2, 48, 12, c.palette.sun if lit else lighter(pole, 0.5), radius=6)


def road(c, y, height, *, dash=True):
    tar = mix(c.palette.near, "#3d4149", 0.6)
    c.box(0, y, WIDTH, height, tar)
    c.box(0, y, WIDTH, 8, lighter(tar, 0.3))
    if dash:
        for x in range(-20, WIDTH, 150):
            c.box(x, y + height * 0.52, 80, 9, "#efe6cf", radius=4, alpha=0.85)


def ripples(c, y, *, count=40, colour=None):
    for _ in range(count):
        ry = y + 10 + (HEIGHT - y) * c.random.random() ** 1.1
        length = c.random.randint(50, 220) * (0.5 + (ry - y) / max(1, HEIGHT - y))
        x = c.random.randint(-60, WIDTH)
        c.box(x, ry, length, 5, colour or lighter(c.palette.water, 0.4), radius=2, alpha=c.random.uniform(0.25, 0.6))


def rain(c, count=230):
    for _ in range(count):
        x, y, length = c.random.randint(-40, WIDTH), c.random.randint(-30, HEIGHT), c.random.randint(24, 52)
        c.line([(x, y), (x - length * 0.28, y + length)], WHITE, 2.2, alpha=0.32)


def wheel(c, x, y, radius):
    c.disc(x, y, radius, "#23272e")
    c.disc(x, y, radius * 0.5, "#c9ccd0")


def bus(c, x, base, length, colour):
    h, floor = length * 0.36, base - length * 0.045
    c.disc(x + length / 2, base, length * 0.54, INK, flat=0.05, alpha=0.25)
    c.box(x, floor - h, length, h, colour, radius=26)
    c.box(x, floor - h * 0.3, length, h * 0.1, WHITE)
    c.box(x + 20, floor - h * 0.88, length - 40, h * 0.46, "#2e4756", radius=12)
    for n in range(1, 5):
        c.box(x + 20 + (length - 40) * n / 5 - 5, floor - h * 0.88, 10, h * 0.46, colour)
    for n in (0, 1, 3):
        px = x + 20 + (length - 40) * (n + 0.5) / 5
        c.disc(px, floor - h * 0.6, h * 0.085, c.random.choice(SKINS))
        c.pie(px, floor - h * 0.61, h * 0.092, 175, 365, HAIR)
        c.box(px - h * 0.12, floor - h * 0.53, h * 0.24, h * 0.11, c.random.choice(SHIRTS), radius=8)
    door = x + length * 0.63
    c.box(door, floor - h * 0.9, length * 0.13, h * 0.86, darker(colour, 0.25), radius=6)
    c.box(door + 8, floor - h * 0.84, length * 0.13 - 16, h * 0.7, "#8fb7c0", radius=4)
    c.box(x + length - 26, floor - h * 0.2, 30, 20, "#f7e3a1", radius=8)
    c.box(x + length * 0.76, floor - h * 0.985, length * 0.2, h * 0.085, "#22303a", radius=5)
    for dot in range(6):
        c.box(x + length * 0.78 + dot * length * 0.027, floor - h * 0.96, 9, 7, "#f4b942")
    for wx in (0.2, 0.82):
        wheel(c, x + length * wx, base - length * 0.03, length * 0.062)


def car(c, x, base, length, colour):
    c.disc(x + length / 2, base, length * 0.52, INK, flat=0.06, alpha=0.25)
    c.box(x, base - length * 0.3, length, length * 0.22, colour, radius=length * 0.07)
    c.shape(
        [
            (x + length * 0.16, base - length * 0.28),
            (x + length * 0.3, base - length * 0.47),
            (x + length * 0.74, base - length * 0.47),
            (x + length * 0.9, base - length * 0.28),
        ],
        colour,
    )
    c.shape(
        [
            (x + length * 0.24, base - length * 0.29),
            (x + length * 0.34, base - length * 0.43),
            (x + length * 0.51, base - length * 0.43),
            (x + length * 0.51, base - length * 0.29),
        ],
        "#cfe3e6",
    )
    c.shape(
        [
            (x + length * 0.55, base - length * 0.29),
            (x + length * 0.55, base - length * 0.43),
            (x + length * 0.71, base - length * 0.43),
            (x + length * 0.81, base - length * 0.29),
        ],
        "#cfe3e6",
    )
    for wx in (0.22, 0.78):
        wheel(c, x + length * wx, base - length * 0.07, length * 0.095)


def boat(c, x, y, length, colour, *, canopy=None, rowers=0, dragon=False):
    """A river boat lying at the water line y; with `dragon`, a carved head and tail."""
    hull = [(x, y - 34), (x + length, y - 34), (x + length * 0.9, y + 16), (x + length * 0.1, y + 16)]
    c.box(x + length * 0.05, y + 14, length * 0.9, 8, INK, radius=4, alpha=0.25)
    for n in range(rowers):
        px = x + length * (0.2 + 0.62 * (n + 0.5) / rowers)
        shirt = SHIRTS[(n * 3) % len(SHIRTS)] if not dragon else (RED, "#f0c75e")[n % 2]
        c.box(px - 17, y - 84, 34, 60, shirt, radius=14)
        c.disc(px, y - 100, 17, SKINS[n % len(SKINS)])
        c.pie(px, y - 102, 18, 178, 366, HAIR)
        c.line([(px + 8, y - 66), (px + 44, y + 26)], "#8a5c35", 6)
        c.disc(px + 42, y + 24, 11, "#8a5c35", flat=0.6)
    if canopy:
        for px in (0.22, 0.5, 0.78):
            c.box(x + length * px - 4, y - 120, 8, 90, darker(colour, 0.3))
        for n in range(8):
            c.pie(
                x + length * (0.15 + 0.0875 * (n + 0.5)), y - 112, length * 0.046, 0, 180, canopy if n % 2 else WHITE
            )
        c.box(x + length * 0.13, y - 132, length * 0.74, 22, canopy, radius=8)
    c.shape(hull, colour)
    c.shape([hull[0], hull[1], (x + length * 0.985, y - 22), (x + length * 0.015, y - 22)], lighter(colour, 0.35))
    if dragon:
        head, tail = x + length, x
        c.shape([(head - 40, y - 30), (head - 6, y - 30), (head + 38, y - 104), (head + 4, y - 110)], colour)
        c.box(head - 6, y - 134, 84, 42, colour, radius=18)
        c.box(head + 36, y - 108, 46, 10, darker(colour, 0.3), radius=5)
        c.disc(head + 26, y - 122, 8, WHITE)
        c.disc(head + 28, y - 122, 4, INK)
        for n in range(4):
            c.shape(
                [
                    (head - 26 + n * 10, y - 56 - n * 20),
                    (head - 46 + n * 10, y - 74 - n * 20),
                    (head - 14 + n * 10, y - 78 - n * 20),
                ],
                "#f0c75e",
            )
        c.shape([(head + 6, y - 132), (head - 18, y - 158), (head + 24, y - 134)], "#f0c75e")
        c.shape([(tail + 40, y - 30), (tail + 4, y - 26), (tail - 44, y - 96), (tail - 14, y - 78)], colour)
        c.shape([(tail - 44, y - 96), (tail - 62, y - 120), (tail - 18, y - 92)], "#f0c75e")


def cone(c, x, base, height):
    c.taper(x, base, height * 0.28, base - height, height * 0.06, "#ee7433")
    c.taper(x, base - height * 0.4, height * 0.19, base - height * 0.62, height * 0.135, WHITE)
    c.box(x - height * 0.38, base - 8, height * 0.76, 10, darker("#ee7433", 0.2), radius=4)


def barrier(c, x, base, width):
    for px in (x + width * 0.12, x + width * 0.84):
        c.box(px, base - 92, 12, 92, "#555b63")
    for row in (0, 1):
        y = base - 92 + row * 44
        c.box(x, y, width, 30, WHITE, radius=4)
        for n in range(int(width // 60)):
            sx = x + 8 + n * 60
            c.shape([(sx, y + 30), (sx + 26, y + 30), (sx + 44, y), (sx + 18, y)], RED)


def bench(c, x, base, width):
    wood = "#a8713f"
    for px in (x + 14, x + width - 26):
        c.box(px, base - 44, 12, 44, INK)
    c.box(x, base - 52, width, 14, wood, radius=5)
    c.box(x, base - 98, width, 12, wood, radius=5)
    c.box(x, base - 78, width, 12, wood, radius=5)


def bird(c, x, y, span):
    colour = darker(c.palette.near, 0.1)
    c.line([(x - span, y - span * 0.35), (x - span * 0.4, y - span * 0.5), (x, y)], colour, 4)
    c.line([(x, y), (x + span * 0.4, y - span * 0.5), (x + span, y - span * 0.35)], colour, 4)

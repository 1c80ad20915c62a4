"""Lead pictures of the demo articles: calm scenes of a river city in flat colour, drawn by Pillow.

`draw(name)` gives the same picture on every machine: no fonts, no files, and randomness only from a seed made of
the scene's name. A scene is a function of a `Canvas`; SCENES at the end names them.
"""

import io
import itertools
import math

from PIL import Image

from portal.samples.demo.canvas import (
    HEIGHT,
    HUJAN,
    INK,
    MALAM,
    PAGI,
    RED,
    SENJA,
    SIANG,
    TEDUH,
    WHITE,
    WIDTH,
    Canvas,
    darker,
    lighter,
    mix,
)
from portal.samples.demo.pieces import (
    HAIR,
    SHIRTS,
    SKINS,
    barrier,
    bench,
    bird,
    boat,
    bunting,
    bus,
    bush,
    car,
    cloud,
    cone,
    crowd,
    flag,
    frond,
    hills,
    house,
    lamp,
    palm,
    person,
    rain,
    ripples,
    road,
    roof,
    shade_tree,
    sky,
    skyline,
    stars,
    tree,
    wheel,
    window,
)


def balai_kota(c):
    """The city hall with its flag and forecourt, citizens on their way in."""
    sky(c, sun=(1230, 210, 74), clouds=4)
    skyline(c, 640, c.palette.far, low=110, high=300)
    skyline(c, 660, mix(c.palette.far, c.palette.mid, 0.6), low=50, high=170)
    c.box(0, 650, WIDTH, 250, c.palette.ground)
    c.box(0, 650, WIDTH, 16, darker(c.palette.leaf, 0.05))
    wall, tiles = c.palette.wall, "#b7553a"
    for x in (250, 1010):
        c.box(x, 430, 340, 240, wall)
        roof(c, x, 430, 340, 84, tiles, overhang=24)
        for n in range(3):
            window(c, x + (36 if x < 800 else 104) + n * 76, 480, 40, 62)
            window(c, x + (36 if x < 800 else 104) + n * 76, 578, 40, 62)
    c.box(520, 380, 560, 290, darker(wall, 0.1))
    roof(c, 520, 380, 560, 120, tiles, overhang=40)
    roof(c, 660, 258, 280, 66, tiles, overhang=30)
    c.box(720, 620, 160, 50, darker(wall, 0.25))
    for n in range(6):
        c.box(562 + n * 90, 400, 26, 270, lighter(wall, 0.6))
        c.box(579 + n * 90, 400, 9, 270, darker(wall, 0.05))
        c.box(554 + n * 90, 388, 42, 16, WHITE)
        c.box(554 + n * 90, 654, 42, 16, WHITE)
    for n in (0, 1, 3, 4):
        window(c, 602 + n * 90, 450, 36, 110)
    c.box(752, 470, 96, 200, "#7a4b33", radius=4)
    c.box(797, 470, 6, 200, darker("#7a4b33", 0.3))
    for n in range(4):
        c.box(500 - n * 22, 670 + n * 15, 600 + n * 44, 16, lighter(c.palette.ground, 0.5 - n * 0.12))
    c.shape([(640, 730), (960, 730), (1250, 900), (350, 900)], lighter(c.palette.ground, 0.35))
    for x, h in ((90, 300), (205, 240), (1420, 260), (1530, 320)):
        tree(c, x, 690, h)
    for x in range(20, 600, 92):
        bush(c, x - 60, 735, 110)
        bush(c, WIDTH - x + 60, 735, 110)
    flag(c, 400, 760, 420)
    crowd(c, (620, 690, 905, 1010), 800, 118)
    crowd(c, (560, 1090), 866, 142)


def jembatan(c):
    """A bowed bridge over a wide river, trees on the bank, a small boat."""
    sky(c, sun=(520, 250, 84), clouds=4)
    hills(c, 600, 130, lighter(c.palette.far, 0.3))
    skyline(c, 600, c.palette.far, low=80, high=250)
    skyline(c, 610, c.palette.mid, low=50, high=150, lit=lighter(c.palette.glow), share=0.3)
    c.box(0, 596, WIDTH, 20, darker(c.palette.leaf, 0.1))
    for x in range(-20, 1640, 88):
        tree(c, x + c.random.randint(-22, 22), 612, c.random.randint(90, 150))
    deck, arch = darker(c.palette.near, 0.1), c.palette.accent
    bow = [(330 + 940 * t / 60, 520 - 920 * (t / 60) * (1 - t / 60)) for t in range(61)]
    for px, py in bow[4:-4:4]:
        c.line([(px, py), (px, 524)], lighter(arch, 0.25), 4)
    c.line(bow, arch, 20)
    c.line([(x, y + 5) for x, y in bow], darker(arch, 0.15), 6)
    c.box(0, 516, WIDTH, 26, deck)
    c.box(0, 508, WIDTH, 10, lighter(deck, 0.3))
    for x in (330, 1246):
        c.box(x - 14, 540, 52, 96, darker(deck, 0.15))
    for x, colour in ((150, "#e2a93b"), (690, WHITE), (1020, "#3d6ea5")):
        car(c, x, 512, 84, colour)
    c.mirror(616, 284, c.palette.water, 0.55)
    ripples(c, 616, count=60)
    boat(c, 940, 780, 330, "#9a5a3a", rowers=2)
    boat(c, 470, 700, 200, "#3f6f75", canopy=c.palette.accent)
    for x, y, s in ((760, 150, 26), (830, 190, 20), (700, 210, 16)):
        bird(c, x, y, s)


def puskesmas(c):
    """A health centre with its green cross, mothers with children in the shade."""
    sky(c, sun=(260, 170, 60), clouds=4)
    skyline(c, 620, c.palette.far, low=60, high=190)
    c.box(0, 610, WIDTH, 290, c.palette.ground)
    c.box(0, 604, WIDTH, 18, c.palette.leaf)
    shade_tree(c, 190, 700, 430)
    wall, trim = c.palette.wall, "#2f8f6b"
    c.box(420, 380, 860, 300, wall)
    c.box(420, 650, 860, 30, darker(wall, 0.15))
    c.box(390, 330, 920, 54, trim, radius=6)
    c.box(390, 376, 920, 10, darker(trim, 0.25))
    for x in (470, 600, 1010, 1140):
        window(c, x, 450, 88, 104)
        c.box(x - 14, 566, 116, 12, darker(wall, 0.12))
        for n in range(4):
            c.disc(x + 4 + n * 27, 562, 14, "#4d9160")
            c.disc(x + 4 + n * 27, 552, 5, (RED, "#f0c75e")[n % 2])
    c.box(740, 420, 220, 260, lighter(wall, 0.6))
    c.shape([(700, 424), (1000, 424), (960, 366), (740, 366)], darker(trim, 0.1))
    for n in range(2):
        c.box(770 + n * 82, 470, 78, 210, "#9ccbd0")
        c.shape([(770 + n * 82, 640), (848 + n * 82, 520), (848 + n * 82, 580), (770 + n * 82, 680)], WHITE, alpha=0.3)
    c.disc(850, 270, 74, WHITE)
    c.box(832, 222, 36, 96, trim, radius=4)
    c.box(802, 252, 96, 36, trim, radius=4)
    c.box(843, 340, 14, 10, trim)
    c.shape([(730, 680), (970, 680), (1180, 900), (520, 900)], lighter(c.palette.ground, 0.4))
    bench(c, 110, 760, 200)
    tree(c, 1400, 690, 280)
    tree(c, 1530, 720, 340)
    for x in (400, 1290, 1360):
        bush(c, x, 694, 120)
    person(c, 640, 820, 178, shirt="#b8455e", veil="#e8dcc6", arm=0.2)
    person(c, 716, 822, 104, shirt="#e2a93b", face=-1)
    person(c, 1010, 800, 172, shirt="#3d6ea5", face=-1)
    person(c, 1066, 802, 92, shirt="#d9603b", face=-1, arm=0.7)
    person(c, 880, 742, 150, shirt=WHITE, veil="#3e7c80", face=-1, arm=0.4)
    person(c, 356, 770, 160, shirt="#6b5b95")
    c.line([(400, 770), (388, 690)], "#8a5c35", 6)


def sekolah(c):
    """A school yard in the morning: flag, classrooms, sorted waste bins, children in uniform."""
    sky(c, sun=(1330, 190, 66), clouds=3)
    hills(c, 610, 110, c.palette.far)
    for x in range(40, 1600, 130):
        tree(
            c,
            x + c.random.randint(-30, 30),
            620,
            c.random.randint(150, 220),
            leaf=mix(c.palette.leaf, c.palette.far, 0.4),
        )
    c.box(0, 606, WIDTH, 294, c.palette.ground)
    wall, tiles = c.palette.wall, "#b65c3c"
    c.box(180, 400, 1240, 240, wall)
    roof(c, 180, 400, 1240, 130, tiles, overhang=44)
    c.box(180, 560, 1240, 80, "#6fa8a0")
    for n in range(5):
        x = 226 + n * 250
        if n == 2:
            c.box(x - 6, 430, 168, 210, darker(wall, 0.12))
            c.box(x + 10, 446, 136, 194, "#4a6d74")
            continue
        window(c, x, 450, 116, 84)
        c.box(x + 138, 446, 58, 194, "#8a5a3a", radius=3)
    for x in (180, 440, 690, 940, 1190, 1402):
        c.box(x, 400, 18, 246, lighter(wall, 0.5))
    c.box(130, 640, 1340, 22, lighter(c.palette.ground, 0.5))
    flag(c, 800, 800, 560)
    c.box(750, 790, 100, 20, lighter(c.palette.ground, 0.6), radius=4)
    for x, colour in ((1160, "#3f8f5b"), (1240, "#e2b33b"), (1320, "#3d6ea5")):
        c.box(x, 690, 62, 86, colour, radius=8)
        c.box(x - 5, 680, 72, 18, darker(colour, 0.2), radius=6)
        c.ring(x + 31, 734, 14, WHITE, 5, 20, 320)
    for n, x in enumerate((250, 350, 455, 560)):
        person(c, x, 800 + (n % 2) * 26, 128, shirt=WHITE, lower=RED, arm=0.2 * (n % 2), veil=(None, WHITE)[n % 2])
    person(c, 1100, 806, 124, shirt=WHITE, lower=RED, face=1, arm=0.5)
    person(c, 990, 812, 176, shirt="#a98a5b", veil="#7f5a83", face=1, arm=0.3)
    for x in (60, 1540):
        palm(c, x, 760, 380, lean=0.1 if x < 800 else -0.1)


def jalan_malam(c):
    """Road works at night: excavator, roller of light, cones and barriers."""
    sky(c, clouds=0)
    stars(c)
    c.disc(1280, 150, 54, c.palette.sun)
    c.disc(1302, 136, 48, mix(c.palette.sky, c.palette.glow, 136 / 640))
    skyline(c, 560, c.palette.far, low=120, high=330, lit=c.palette.sun, share=0.14)
    skyline(c, 590, c.palette.mid, low=60, high=210, lit=c.palette.accent, share=0.28)
    c.box(0, 580, WIDTH, 40, darker(c.palette.leaf, 0.3))
    for x in range(0, 1650, 150):
        tree(c, x + c.random.randint(-30, 30), 600, c.random.randint(100, 150), leaf=darker(c.palette.leaf, 0.2))
    road(c, 612, 288, dash=False)
    lamp(c, 250, 640, 400, lit=True)
    lamp(c, 1340, 640, 400, side=-1, lit=True)
    c.box(0, 700, 620, 200, "#33323c")
    c.disc(500, 716, 150, "#57483f", flat=0.28)
    c.disc(470, 700, 90, "#6b5848", flat=0.34)
    excavator(c, 700, 800)
    for x in (80, 210):
        person(c, x, 800, 190, shirt="#f08b3c", face=1, arm=0.35 if x < 100 else 0.1)
        c.box(x - 22, 680, 44, 9, "#f7e9a0")
        c.pie(x, 628 + (x % 3), 24, 180, 360, "#f2c230")
    barrier(c, 1130, 820, 300)
    for x in (1060, 1000, 620, 690, 1490, 1560):
        cone(c, x, 866, 78)
    for x in range(60, 1600, 260):
        c.box(x, 880, 120, 9, "#efe6cf", radius=4, alpha=0.6)


def excavator(c, x, base):
    body = "#f0ab2f"
    c.box(x, base - 62, 300, 66, "#2b2d33", radius=32)
    for n in range(5):
        c.disc(x + 36 + n * 57, base - 30, 20, "#5b5f66")
    c.box(x + 70, base - 86, 160, 28, darker(body, 0.4))
    c.box(x + 40, base - 180, 270, 100, body, radius=14)
    c.box(x + 230, base - 168, 70, 70, darker(body, 0.15), radius=8)
    c.box(x + 40, base - 296, 126, 150, body, radius=12)
    c.box(x + 56, base - 280, 92, 92, "#bcd9dd", radius=8)
    c.line([(x + 44, base - 150), (x - 70, base - 330), (x - 210, base - 210)], body, 34)
    c.line([(x - 206, base - 216), (x - 190, base - 96)], darker(body, 0.1), 26)
    c.line([(x - 20, base - 180), (x - 66, base - 318)], "#d8d3c8", 9)
    c.shape(
        [
            (x - 236, base - 108),
            (x - 150, base - 112),
            (x - 166, base - 34),
            (x - 222, base - 26),
            (x - 250, base - 62),
        ],
        "#8d6a2c",
    )
    c.disc(x - 70, base - 330, 15, darker(body, 0.35))
    c.disc(x - 208, base - 212, 13, darker(body, 0.35))
    c.disc(x + 104, base - 306, 14, "#ff9a4a")
    c.disc(x + 104, base - 306, 34, "#ff9a4a", alpha=0.25)


def pintu_air(c):
    """A flood gate in the rain: three steel gates, a footbridge with an officer under an umbrella."""
    sky(c, clouds=0)
    for x, y, w in ((180, 110, 420), (620, 70, 380), (1040, 130, 460), (1450, 80, 360), (840, 180, 300)):
        cloud(c, x, y, w)
    hills(c, 560, 120, c.palette.far)
    skyline(c, 560, mix(c.palette.far, c.palette.mid, 0.4), low=60, high=190)
    c.box(0, 540, WIDTH, 60, darker(c.palette.leaf, 0.05))
    for x in (40, 130, 220, 1390, 1480, 1570):
        tree(c, x, 570, c.random.randint(150, 210))
    concrete = mix(c.palette.wall, c.palette.mid, 0.35)
    c.box(300, 330, 1000, 26, darker(concrete, 0.25))
    for n in range(4):
        x = 300 + n * 312
        c.box(x, 250, 64, 470, concrete)
        c.box(x + 44, 250, 20, 470, darker(concrete, 0.12))
        c.box(x - 14, 232, 92, 26, lighter(concrete, 0.2), radius=4)
    for n in range(3):
        x, drop = 364 + n * 312, (40, 96, 62)[n]
        c.box(x, 356, 248, 364, darker(c.palette.near, 0.35))
        c.box(x + 8, 440 - drop, 232, 210, "#3d7f7a", radius=4)
        for row in range(4):
            c.box(x + 8, 456 - drop + row * 50, 232, 8, darker("#3d7f7a", 0.25))
        for px in (62, 178):
            c.box(x + px, 262, 12, 190 - drop, "#c9ccd0")
        c.disc(x + 124, 286, 34, c.palette.accent)
        c.disc(x + 124, 286, 20, darker(concrete, 0.25))
        c.box(x + 118, 252, 12, 68, c.palette.accent)
        c.box(x + 90, 280, 68, 12, c.palette.accent)
        c.box(x, 640 - drop, 248, 80 + drop, lighter(c.palette.water, 0.35))
        for _ in range(12):
            fx = x + c.random.randint(8, 232)
            c.box(fx, 650 - drop, 6, 66 + drop, WHITE, radius=3, alpha=0.5)
    c.box(280, 352, 1060, 20, lighter(concrete, 0.3))
    for x in range(290, 1340, 60):
        c.box(x, 300, 6, 54, c.palette.accent)
    c.box(284, 296, 1050, 8, c.palette.accent)
    person(c, 810, 352, 150, shirt="#f0b23c", face=1, arm=0.75)
    c.line([(852, 170), (852, 262)], INK, 5)
    c.pie(852, 186, 96, 180, 360, RED)
    c.pie(852, 186, 34, 180, 360, darker(RED, 0.14))
    c.disc(852, 90, 6, INK)
    c.box(0, 712, WIDTH, 190, c.palette.water)
    c.shade(lighter(c.palette.water, 0.2), darker(c.palette.water, 0.2), 712, 188)
    for x in range(364, 1250, 312):
        for n in range(9):
            c.disc(x + 14 + n * 28, 716, c.random.randint(12, 24), WHITE, flat=0.5, alpha=0.75)
    ripples(c, 724, count=46)
    c.shape([(0, 600), (240, 620), (300, 900), (0, 900)], darker(c.palette.leaf, 0.25))
    c.shape([(1600, 600), (1370, 620), (1310, 900), (1600, 900)], darker(c.palette.leaf, 0.25))
    c.box(1316, 560, 26, 240, WHITE)
    for n in range(8):
        c.box(1316, 570 + n * 29, 26 if n % 2 else 15, 6, RED if n < 3 else INK)
    rain(c)


def pasar(c):
    """Market stalls under striped awnings, fruit in boxes, buyers with baskets."""
    sky(c, sun=(800, 150, 62), clouds=2)
    skyline(c, 560, c.palette.far, low=80, high=220)
    c.box(0, 540, WIDTH, 360, c.palette.ground)
    c.box(40, 300, 1520, 330, mix(c.palette.wall, c.palette.far, 0.25))
    c.shape([(0, 306), (1600, 306), (1500, 214), (100, 214)], "#a8523a")
    for row in range(1, 4):
        c.line([(row * 25, 306 - row * 23), (1600 - row * 25, 306 - row * 23)], darker("#a8523a", 0.12), 4)
    c.box(0, 300, WIDTH, 14, darker("#a8523a", 0.25))
    stalls = (("#d9542f", "sayur"), ("#2f8f6b", "buah"), ("#e2a93b", "kain"), ("#3d6ea5", "ikan"))
    for n, (colour, goods) in enumerate(stalls):
        stall(c, 70 + n * 376, 720, 330, colour, goods)
    c.box(0, 740, WIDTH, 160, lighter(c.palette.ground, 0.2))
    for x in range(0, WIDTH, 100):
        c.line([(x, 740), (800 + (x - 800) * 1.5, 900)], darker(c.palette.ground, 0.08), 3)
    for x, height, veil in ((330, 196, "#c9687a"), (520, 210, None), (960, 200, "#e8dcc6"), (1180, 206, None)):
        person(c, x, 850, height, veil=veil, face=-1 if x in (330, 1180) else 1, arm=0.2)
    for x in (372 - 96, 1126):
        c.box(x, 784, 60, 40, "#b98346", radius=8)
        c.ring(x + 30, 786, 26, "#8a5c35", 6, 180, 360)
        for dx, colour in ((12, "#d9542f"), (30, "#4d9160"), (48, "#f0c75e")):
            c.disc(x + dx, 782, 13, colour)
    bunting(c, 0, 190, 800, 190, sag=30, count=15)
    bunting(c, 800, 190, 1600, 190, sag=30, count=15)


def stall(c, x, base, width, colour, goods):
    for px in (x + 6, x + width - 18):
        c.box(px, base - 330, 12, 330, "#7a5a41")
    person(c, x + width * 0.42, base + 4, 262, veil=c.random.choice((None, "#7f5a83", "#e8dcc6")), arm=0.2)
    if goods == "kain":
        for n in range(7):
            cloth = SHIRTS[(n * 5 + 1) % len(SHIRTS)]
            c.box(x + 24 + n * 41, base - 284, 30, 84 + (n % 3) * 16, cloth, radius=3)
            for dot in range(3):
                c.disc(x + 39 + n * 41, base - 262 + dot * 24, 5, lighter(cloth, 0.5))
    stripes = 8
    for n in range(stripes):
        sx, sw = x - 20 + n * (width + 40) / stripes, (width + 40) / stripes
        tint = colour if n % 2 else WHITE
        c.shape(
            [
                (x + n * width / stripes, base - 400),
                (x + (n + 1) * width / stripes, base - 400),
                (sx + sw, base - 300),
                (sx, base - 300),
            ],
            tint,
        )
        c.pie(sx + sw / 2, base - 302, sw / 2, 0, 180, tint)
    c.box(x, base - 110, width, 110, "#b98346")
    for row in range(3):
        c.box(x, base - 84 + row * 30, width, 4, darker("#b98346", 0.2))
    ripe = {"sayur": ("#5a9b4c", "#86b84f", "#d9542f"), "buah": ("#f0a53b", "#d94f3f", "#f2cf5b"),
            "kain": ("#6b5b95", "#b8455e", "#2f7f86"), "ikan": ("#9fb9c4", "#7f9dab", "#b9ccd3")}[goods]  # fmt: skip
    for row in range(2):
        for n in range(11 - row):
            px, py = x + 22 + row * 14 + n * 29, base - 120 - row * 20
            if goods == "ikan":
                c.disc(px, py, 18, ripe[n % 3], flat=0.45)
                c.shape([(px + 14, py), (px + 28, py - 8), (px + 28, py + 8)], ripe[n % 3])
            elif goods == "kain":
                c.box(px - 13, py - 8, 26, 20, ripe[n % 3], radius=3)
            else:
                c.disc(px, py, 16, ripe[(n * 2 + row) % 3])
                c.disc(px - 5, py - 6, 4, WHITE, alpha=0.5)


def perpustakaan(c):
    """A reading room: tall shelves, a window to the garden, readers at a long table."""
    wall = "#f3e3c6"
    c.shade(lighter(wall, 0.3), darker(wall, 0.08), 0, 900)
    c.box(0, 690, WIDTH, 210, "#c99a68")
    for row in range(4):
        c.box(0, 704 + row * 50, WIDTH, 3, darker("#c99a68", 0.12))
    c.box(560, 110, 480, 430, WHITE)
    c.box(578, 128, 444, 394, "#bfe3e0")
    c.disc(890, 230, 46, "#f6c453")
    for x, h in ((640, 260), (760, 320), (900, 250), (980, 300)):
        tree(c, x, 530, h, leaf="#5f9b6a")
    c.box(540, 522, 520, 40, wall)
    for x in (796, 690, 908):
        c.box(x - 4, 128, 8, 394, WHITE)
    c.box(578, 300, 444, 8, WHITE)
    c.box(548, 520, 504, 16, lighter(wall, 0.7))
    for x in (40, 1090):
        shelf(c, x, 690, 470, 600)
    for x, y in ((690, 0), (910, 0)):
        c.box(x - 2, y, 4, 96, INK)
        c.pie(x, 128, 44, 180, 360, c.palette.accent)
        c.disc(x, 130, 14, "#fff0b8")
    for x in (430, 640, 860, 1080):
        person(
            c, x, 940, 320, veil=(None, "#7f5a83", None, "#3e7c80")[(x // 200) % 4], face=1 if x < 800 else -1, arm=0.4
        )
    c.box(270, 742, 1060, 34, "#8c5b38", radius=8)
    c.box(270, 768, 1060, 14, darker("#8c5b38", 0.25))
    c.box(300, 782, 1000, 118, darker("#8c5b38", 0.12))
    for x in range(320, 1280, 192):
        c.box(x, 800, 172, 84, darker("#8c5b38", 0.22), radius=6)
    for x in (430, 640, 860, 1080):
        open_book(c, x + (44 if x < 800 else -44), 742)
    for n, colour in enumerate(("#d9542f", "#2f7f86", "#e2a93b")):
        c.box(720 + n * 4, 720 - n * 20, 90 - n * 8, 20, colour, radius=3)
        c.box(726 + n * 4, 726 - n * 20, 78 - n * 8, 4, WHITE, alpha=0.6)
    c.box(1220, 700, 44, 42, "#b7553a", radius=6)
    for angle in (-130, -105, -80, -55):
        frond(c, 1242, 702, 74, angle, "#4d9160")


def shelf(c, x, base, width, height):
    wood = "#8c5b38"
    c.box(x, base - height, width, height, wood, radius=6)
    rows, books = (
        5,
        ("#b8455e", "#2f7f86", "#e2a93b", "#3f6f9a", "#6b8f4e", "#8b5a7a", "#d9774a", "#f0e2c4", "#40605b"),
    )
    for row in range(rows):
        top, room = base - height + 18 + row * (height - 18) / rows, (height - 18) / rows - 18
        c.box(x + 18, top, width - 36, room, darker(wood, 0.35))
        bx = x + 22
        while bx < x + width - 62:
            thick, tall = c.random.randint(14, 30), room * c.random.uniform(0.62, 0.95)
            if c.random.random() < 0.08:
                bx += 30
                continue
            colour = c.random.choice(books)
            c.box(bx, top + room - tall, thick, tall, colour, radius=2)
            c.box(bx, top + room - tall * 0.8, thick, 6, lighter(colour, 0.5))
            bx += thick + 2


def open_book(c, x, y):
    for side in (-1, 1):
        c.shape([(x, y - 6), (x + side * 50, y - 22), (x + side * 56, y - 2), (x, y + 6)], WHITE)
        for row in range(3):
            c.line([(x + side * 10, y - 5 + row * 3), (x + side * 44, y - 15 + row * 4)], "#b9b2a2", 1.6)
    c.shape([(x - 56, y - 2), (x, y + 6), (x + 56, y - 2), (x + 52, y + 4), (x, y + 11), (x - 52, y + 4)], "#b8455e")


def taman(c):
    """A neighbourhood park: broad trees, a winding path, a slide, benches and a kite."""
    sky(c, sun=(330, 160, 64), clouds=4)
    skyline(c, 540, lighter(c.palette.far, 0.2), low=60, high=200)
    hills(c, 600, 110, c.palette.mid)
    hills(c, 660, 100, mix(c.palette.mid, c.palette.ground, 0.55))
    c.box(0, 640, WIDTH, 260, c.palette.ground)
    bend = [(900 + 230 * math.sin(t * 0.33) - t * 22, 620 + t * 15) for t in range(20)]
    left = [(x - 26 - n * 6, y) for n, (x, y) in enumerate(bend)]
    right = [(x + 26 + n * 6, y) for n, (x, y) in enumerate(bend)]
    c.shape(left + right[::-1], "#f0dfb8")
    c.disc(1240, 690, 190, c.palette.water, flat=0.24)
    c.disc(1240, 686, 172, lighter(c.palette.water, 0.25), flat=0.21)
    for x, y, h in ((120, 690, 360), (480, 660, 300), (1480, 700, 400), (1090, 640, 250)):
        shade_tree(c, x, y, h)
    for x in (640, 720, 1320, 1390):
        tree(c, x, 640, c.random.randint(120, 170))
    slide(c, 560, 800)
    bench(c, 1180, 800, 200)
    person(c, 1230, 812, 150, shirt="#2f7f86", veil="#e8dcc6")
    person(c, 1330, 812, 156, shirt="#e2a93b", face=-1)
    person(c, 300, 830, 112, shirt=RED, face=1, arm=0.9)
    c.line([(342, 736), (470, 520), (560, 330)], INK, 2.5)
    c.shape([(560, 330), (600, 270), (650, 320), (604, 372)], c.palette.accent)
    c.shape([(560, 330), (604, 372), (600, 270)], "#f0c75e")
    for n in range(4):
        c.disc(568 - n * 16, 372 + n * 24, 8, (RED, WHITE)[n % 2])
    person(c, 920, 850, 170, shirt="#6b5b95", arm=0.2)
    person(c, 990, 850, 108, shirt="#d9603b", face=-1, arm=0.6)
    for x in range(30, 1600, 46):
        y = c.random.randint(842, 896)
        c.disc(x, y, 7, c.random.choice((WHITE, "#f0c75e", "#d98aa0")))
        c.disc(x, y, 3, "#e08a2c")


def slide(c, x, base):
    for px in (x, x + 70):
        c.box(px, base - 170, 10, 170, "#3d6ea5")
    for n in range(5):
        c.box(x, base - 30 - n * 30, 80, 7, lighter("#3d6ea5", 0.3))
    c.shape(
        [
            (x + 70, base - 176),
            (x + 92, base - 176),
            (x + 250, base - 26),
            (x + 300, base - 16),
            (x + 300, base),
            (x + 236, base - 4),
        ],
        RED,
    )
    c.shape([(x - 26, base - 236), (x + 106, base - 236), (x + 40, base - 292)], "#f0b23c")
    for px in (x - 4, x + 76):
        c.box(px, base - 240, 8, 76, "#3d6ea5")


def festival(c):
    """Dragon boats on the river at dusk, lanterns and bunting along the bank."""
    sky(c, sun=(800, 330, 100), clouds=3)
    skyline(c, 520, c.palette.far, low=70, high=220)
    skyline(c, 540, c.palette.mid, low=50, high=150, lit=c.palette.sun, share=0.3)
    c.box(0, 520, WIDTH, 50, c.palette.near)
    for x in (110, 330, 1270, 1490):
        palm(c, x, 540, 290, lean=c.random.choice((-0.12, 0.12)), leaf=c.palette.near)
    for n, x in enumerate(range(420, 1200, 52)):
        crowd(c, (x + (n % 3) * 6,), 532, 66)
    c.box(0, 540, WIDTH, 30, darker(c.palette.near, 0.15))
    for x in range(20, 1600, 120):
        c.box(x, 516, 7, 30, darker(c.palette.near, 0.3))
    c.mirror(570, 330, c.palette.water, 0.5)
    ripples(c, 570, count=64, colour=lighter(c.palette.glow, 0.2))
    bunting(c, -20, 120, 540, 170, sag=70, count=13)
    bunting(c, 540, 170, 1080, 160, sag=80, count=13)
    bunting(c, 1080, 160, 1620, 110, sag=70, count=13)
    for x in (90, 290, 1330, 1520):
        lantern(c, x, 330 + (x % 7) * 8)
    boat(c, 760, 660, 460, "#2f7f86", rowers=6, dragon=True)
    boat(c, 200, 790, 640, "#c8452f", rowers=8, dragon=True)
    for x, y in ((980, 760), (1120, 820), (1290, 770), (1430, 850), (80, 700), (1000, 860)):
        c.disc(x, y + 10, 34, "#f7c76b", flat=0.5, alpha=0.3)
        c.box(x - 14, y - 26, 28, 30, "#f7c76b", radius=8)
        c.box(x - 20, y + 2, 40, 8, "#4d9160", radius=4)


def lantern(c, x, y):
    c.line([(x, y - 130), (x, y - 40)], darker(c.palette.near, 0.3), 3)
    c.disc(x, y, 66, "#f7c76b", alpha=0.2)
    c.disc(x, y, 40, "#e2523a", flat=0.86)
    c.disc(x, y, 22, "#f08a4d", flat=1.5)
    c.box(x - 16, y - 42, 32, 9, "#f0c75e", radius=3)
    c.box(x - 16, y + 33, 32, 9, "#f0c75e", radius=3)
    for dx in (-8, 0, 8):
        c.line([(x + dx, y + 42), (x + dx, y + 70)], "#f0c75e", 3)


def halte(c):
    """A city bus at its stop, passengers waiting under the shelter."""
    sky(c, sun=(1180, 170, 60), clouds=4)
    skyline(c, 600, c.palette.far, low=120, high=340)
    skyline(c, 640, c.palette.mid, low=80, high=240, lit=lighter(c.palette.glow), share=0.35)
    c.box(0, 630, WIDTH, 60, c.palette.leaf)
    for x in range(20, 1640, 170):
        tree(c, x + c.random.randint(-20, 20), 660, c.random.randint(170, 230))
    c.box(0, 664, WIDTH, 60, lighter(c.palette.ground, 0.35))
    road(c, 716, 184)
    roof_y = 410
    for x in (110, 600):
        c.box(x, roof_y, 14, 290, "#4b5a66")
    c.box(124, 470, 476, 180, "#cfe6e8", alpha=0.55)
    c.box(70, roof_y - 20, 590, 30, "#2f7f86", radius=8)
    c.box(70, roof_y + 6, 590, 8, darker("#2f7f86", 0.25))
    bench(c, 170, 700, 240)
    crowd(c, (180, 290, 470, 550), 706, 186)
    c.box(690, 430, 12, 280, "#4b5a66")
    c.box(650, 400, 92, 92, "#3d6ea5", radius=14)
    c.box(668, 424, 56, 40, WHITE, radius=8)
    c.box(674, 430, 44, 16, "#3d6ea5", radius=3)
    c.disc(680, 466, 7, WHITE)
    c.disc(712, 466, 7, WHITE)
    bus(c, 800, 812, 680, c.palette.accent)
    car(c, 120, 872, 220, "#f0e6d2")


def cakrawala(c):
    """The city's roofs at sunrise, the river winding in between, lines of a digital network above."""
    sky(c, sun=(800, 400, 150), clouds=0)
    for x, y, w in ((240, 200, 300), (1320, 160, 340), (1080, 290, 200)):
        cloud(c, x, y, w)
    hills(c, 620, 150, lighter(c.palette.far, 0.25))
    for base, colour, low, high, share in (
        (650, c.palette.far, 100, 260, 0.1), (730, c.palette.mid, 90, 250, 0.25), (830, c.palette.near, 60, 190, 0.3),
    ):  # fmt: skip
        skyline(c, base, colour, low=low, high=high, lit="#fde3b0", share=share)
        c.box(0, base - 2, WIDTH, HEIGHT - base, colour)
    knots = [(150, 330), (380, 230), (620, 300), (860, 170), (1120, 250), (1330, 350), (1500, 220)]
    for a, b in itertools.pairwise(knots):
        c.line([a, b], WHITE, 4, alpha=0.75)
    c.line([knots[1], knots[3], knots[6]], WHITE, 2.5, alpha=0.4)
    for n, (x, y) in enumerate(knots):
        c.disc(x, y, 30, WHITE, alpha=0.35)
        c.disc(x, y, 17, (c.palette.accent, "#2f7f86", "#e2a93b")[n % 3])
        c.disc(x, y, 7, WHITE)
    front = darker(c.palette.near, 0.35)
    for x in range(-10, 1640, 104):
        tree(c, x + c.random.randint(-24, 24), 905, c.random.randint(110, 190), leaf=mix("#3f7d54", front, 0.4))
    c.box(0, 892, WIDTH, 8, front)
    for x, y, s in ((560, 420, 22), (500, 450, 16), (1060, 420, 20)):
        bird(c, x, y, s)


def loket(c):
    """A service hall: four counters, officers behind glass, citizens with queue numbers."""
    wall = "#eef1e6"
    c.shade(WHITE, wall, 0, 640)
    c.box(0, 640, WIDTH, 260, "#d8c9ae")
    for n in range(9):
        c.line([(n * 200, 640), (800 + (n * 200 - 800) * 1.7, 900)], darker("#d8c9ae", 0.08), 3)
    for y in (700, 780):
        c.line([(0, y), (WIDTH, y)], darker("#d8c9ae", 0.08), 3)
    c.box(0, 60, WIDTH, 88, "#1f6f78")
    c.box(0, 144, WIDTH, 10, "#e2a93b")
    for x in range(120, 1600, 340):
        c.box(x, 24, 200, 14, "#fff6cf", radius=7)
        c.box(x - 20, 20, 240, 4, darker(wall, 0.15))
    colours = ("#d9603b", "#2f7f86", "#e2a93b", "#6b5b95")
    for n, colour in enumerate(colours):
        x = 110 + n * 350
        c.box(x, 230, 310, 290, mix(wall, colour, 0.16), radius=10)
        c.box(x + 95, 176, 120, 74, colour, radius=12)
        digit(c, x + 155, 213, n + 1)
        person(
            c,
            x + 155,
            640,
            300,
            shirt="#a98a5b",
            veil=(None, "#e8dcc6", None, "#3e7c80")[n],
            face=(1, -1)[n % 2],
            arm=0.1,
        )
        c.box(x + 196, 448, 84, 60, "#33424d", radius=6)
        c.box(x + 203, 455, 70, 44, "#9fd0d3", radius=3)
        c.box(x, 300, 310, 220, "#dff0f2", alpha=0.28)
    c.box(70, 510, 1460, 34, "#a8713f", radius=8)
    c.box(90, 540, 1420, 130, "#c28d55")
    for n, colour in enumerate(colours):
        c.box(110 + n * 350, 566, 310, 78, mix("#c28d55", colour, 0.5), radius=8)
    person(c, 300, 800, 270, shirt="#3d6ea5", face=-1, arm=0.5)
    person(c, 655, 806, 258, shirt="#b8455e", veil="#f0e6d2", face=-1, arm=0.5)
    person(c, 1010, 804, 276, shirt="#e2a93b", face=1, arm=0.5)
    person(c, 1390, 850, 262, shirt="#3f8f5b", veil="#7f5a83", face=-1)
    person(c, 1310, 852, 150, shirt="#d9603b", face=1)
    for x in (60, 1500):
        c.box(x, 770, 74, 80, "#b7553a", radius=10)
        for angle in (-150, -125, -100, -75, -50, -25):
            frond(c, x + 37, 776, 150, angle, "#4d9160" if angle % 2 else "#3f7d54")


def digit(c, x, y, number):
    """A numeral from 1 to 4 as strokes, so that no font is needed."""
    strokes = {
        1: [[(-8, -16), (2, -24), (2, 24)]],
        2: [[(-14, -16), (-4, -24), (10, -22), (14, -10), (-14, 24), (16, 24)]],
        3: [[(-13, -22), (13, -22), (-2, -4), (12, 4), (12, 18), (0, 25), (-14, 19)]],
        4: [[(8, 25), (8, -24), (-15, 10), (16, 10)]],
    }[number]
    for stroke in strokes:
        c.line([(x + dx, y + dy) for dx, dy in stroke], WHITE, 8)


def kampung(c):
    """A lane between houses on a working morning: neighbours sweep, drain and empty water tubs."""
    sky(c, sun=(700, 190, 70), clouds=3)
    hills(c, 560, 100, c.palette.far)
    for x in (620, 700, 790, 880, 960):
        palm(
            c,
            x,
            600,
            c.random.randint(210, 300),
            lean=c.random.choice((-0.1, 0.1)),
            leaf=mix(c.palette.leaf, c.palette.far, 0.4),
        )
    c.box(0, 590, WIDTH, 310, c.palette.ground)
    house(c, 520, 640, 200, 130, "#f2d9b0", "#a9573d")
    house(c, 900, 640, 210, 136, "#d6e3d0", "#b7653f")
    house(c, 180, 690, 330, 210, "#f5e2c8", "#b7553a")
    house(c, 1130, 690, 330, 216, "#cfe0e2", "#9d4c3a")
    c.box(-160, 380, 300, 380, "#e9c9a4")
    c.box(1490, 400, 260, 360, "#f0dcb8")
    roof(c, -160, 390, 300, 150, "#a44f38", overhang=40)
    roof(c, 1490, 400, 300, 150, "#a9573d", overhang=40)
    c.shape([(760, 620), (850, 620), (1240, 900), (330, 900)], lighter(c.palette.ground, 0.45))
    c.shape([(742, 620), (758, 620), (320, 900), (250, 900)], darker(c.palette.water, 0.2))
    c.shape([(745, 620), (755, 620), (305, 900), (268, 900)], c.palette.water)
    bunting(c, 140, 300, 800, 360, sag=50, count=14)
    bunting(c, 800, 360, 1500, 300, sag=50, count=14)
    for x in (130, 1180, 1400):
        bush(c, x, 742, 130)
    tree(c, 1520, 780, 300)
    tub(c, 1120, 800, 110, "#3d6ea5")
    tub(c, 1260, 826, 90, "#d9603b")
    person(c, 1060, 822, 204, shirt="#e2a93b", face=1, arm=0.3)
    person(c, 560, 780, 176, shirt="#b8455e", veil="#e8dcc6", face=-1, arm=0.35)
    c.line([(516, 690), (462, 800)], "#8a5c35", 7)
    c.shape([(470, 784), (450, 784), (428, 826), (478, 826)], "#d8b36a")
    person(c, 820, 760, 160, shirt="#3f8f5b", face=1, arm=0.4)
    c.line([(862, 690), (900, 772)], "#8a5c35", 6)
    c.box(890, 766, 32, 26, "#7d858c", radius=4)
    person(c, 690, 860, 214, shirt="#3d6ea5", face=1, arm=0.2)
    c.shape([(730, 800), (790, 800), (782, 852), (738, 852)], "#6fa8a0")
    c.ring(760, 800, 28, "#4b5a66", 4, 180, 360)


def tub(c, x, base, width, colour):
    c.shape([(x, base - width), (x + width, base - width), (x + width * 0.88, base), (x + width * 0.12, base)], colour)
    c.disc(x + width / 2, base - width, width / 2, lighter(colour, 0.35), flat=0.2)
    c.disc(x + width / 2, base - width, width * 0.4, "#a9d3da", flat=0.17)
    c.box(x + width * 0.06, base - width * 0.7, width * 0.88, 7, darker(colour, 0.15))


def musyawarah(c):
    """Neighbours in a circle under a pavilion's wide roof, a board with notes."""
    sky(c, sun=(250, 180, 60), clouds=3)
    hills(c, 600, 130, c.palette.far)
    for x in (60, 170, 1440, 1550):
        shade_tree(c, x, 650, c.random.randint(260, 330))
    c.box(0, 630, WIDTH, 270, c.palette.ground)
    wood, tiles = "#8c5b38", "#a9523a"
    c.box(250, 640, 1100, 150, lighter(c.palette.ground, 0.45), radius=8)
    c.box(230, 770, 1140, 36, darker(c.palette.ground, 0.12), radius=8)
    c.box(330, 380, 940, 270, mix(c.palette.leaf, c.palette.far, 0.7), alpha=0.35)
    for x in (310, 600, 970, 1264):
        c.box(x, 370, 28, 300, wood)
        c.box(x - 8, 654, 44, 20, darker(wood, 0.2))
    c.shape([(170, 384), (1430, 384), (1120, 236), (480, 236)], tiles)
    for row in range(1, 4):
        c.line([(170 + row * 78, 384 - row * 37), (1430 - row * 78, 384 - row * 37)], darker(tiles, 0.12), 4)
    c.box(170, 378, 1260, 14, darker(tiles, 0.28))
    c.shape([(440, 240), (1160, 240), (960, 130), (640, 130)], lighter(tiles, 0.06))
    c.line([(510, 203), (1090, 203)], darker(tiles, 0.1), 4)
    c.line([(576, 166), (1024, 166)], darker(tiles, 0.1), 4)
    c.box(440, 234, 720, 12, darker(tiles, 0.28))
    c.box(670, 420, 250, 170, WHITE, radius=6)
    c.box(660, 412, 270, 12, wood)
    for x in (690, 890):
        c.line([(x, 590), (x + (-20 if x < 800 else 20), 670)], wood, 8)
    for n, colour in enumerate(
        ("#f0c75e", "#9fd0a8", "#f2a08a", "#a8cfe0", "#f0c75e", "#d5b8e0", "#9fd0a8", "#f2a08a")
    ):
        c.box(692 + (n % 4) * 54, 446 + (n // 4) * 64, 42, 42, colour, radius=3)
        c.line(
            [(700 + (n % 4) * 54, 462 + (n // 4) * 64), (726 + (n % 4) * 54, 462 + (n // 4) * 64)], INK, 2.5, alpha=0.5
        )
    person(c, 620, 690, 200, shirt="#2f7f86", veil="#e8dcc6", face=1, arm=0.55)
    for n, x in enumerate((390, 480, 960, 1050, 1140, 1220)):
        seated(c, x, 742 - abs(n - 2.5) * 4, 120, n)
    for n, x in enumerate((330, 520, 700, 880, 1060, 1250)):
        seated(c, x, 830 + abs(n - 2.5) * 8, 150, n + 3, behind=True)
    for x in (180, 1380):
        bush(c, x, 760, 150)


def seated(c, x, base, height, number, *, behind=False):
    """A neighbour who sits on a mat, facing us or with the back to us."""
    h, shirt, veil = height, SHIRTS[number % len(SHIRTS)], (None, "#e8dcc6", None, "#7f5a83", "#3e7c80")[number % 5]
    c.disc(x, base - 0.06 * h, 0.44 * h, darker(("#4a3f55", "#33475b", "#5b4a3c")[number % 3], 0.05), flat=0.3)
    c.box(x - 0.24 * h, base - 0.66 * h, 0.48 * h, 0.62 * h, shirt, radius=0.16 * h)
    c.disc(x, base - 0.82 * h, 0.17 * h, veil or (HAIR if behind else SKINS[number % len(SKINS)]))
    if veil:
        c.taper(x, base - 0.8 * h, 0.17 * h, base - 0.5 * h, 0.22 * h, veil)
        if not behind:
            c.disc(x, base - 0.8 * h, 0.11 * h, SKINS[number % len(SKINS)])
    elif not behind:
        c.pie(x, base - 0.84 * h, 0.18 * h, 172, 368, HAIR)


def panggung(c):
    """A shadow play in the evening: the gunungan on a lit screen, gamelan players, an audience."""
    c.shade("#1b2140", "#4a2f4d", 0, 900)
    stars(c, 60)
    c.box(0, 640, WIDTH, 260, "#2c2138")
    for x in (60, 1440):
        palm(c, x + 40, 660, 480, lean=0.1 if x < 800 else -0.1, leaf="#22314a")
    c.box(250, 110, 1100, 530, "#6e3434", radius=10)
    for n in range(4):
        c.pie(250 + 137.5 + n * 275, 112, 138, 0, 180, ("#8a3f3a", "#a24d3f")[n % 2])
    c.box(230, 92, 1140, 34, "#d9a441", radius=8)
    c.disc(800, 380, 330, "#f7d98a", flat=0.75, alpha=0.2)
    c.box(380, 200, 840, 400, "#fbe7b2", radius=6)
    c.disc(800, 390, 250, "#fff5d6", flat=0.74, alpha=0.8)
    c.box(380, 560, 840, 40, "#c8352c")
    c.box(380, 556, 840, 8, "#f0c75e")
    gunungan(c, 800, 556, 330)
    for side in (-1, 1):
        for n in range(3):
            puppet(c, 800 + side * (190 + n * 84), 556, 220 - n * 26, side)
    c.box(200, 636, 1200, 60, "#7a4b33", radius=6)
    c.box(200, 636, 1200, 12, "#d9a441")
    for x in (300, 430, 1040, 1170):
        gamelan(c, x, 700)
    for x in (640, 760, 880, 980):
        seated(c, x, 716, 108, x // 20)
    for n, x in enumerate(range(60, 1600, 132)):
        seated_back(c, x + (n % 2) * 18, 890, 150, n)
    for x in (210, 1390):
        lantern(c, x, 300)


def gunungan(c, x, base, height):
    """The leaf-shaped mountain of the shadow theatre, symmetrical, cut with light."""
    dark, gold = "#5a2e22", "#e8b04a"

    def outline(grown):
        half = []
        for t in range(41):
            share = t / 40
            width = 0.36 * math.sin(math.pi * min(1, share * 1.18 + 0.22) ** 1.25) + 0.02 * math.cos(share * 30)
            half.append((max(0.0, width) * grown, share))
        side = [(x + w * height, base - share * height * grown) for w, share in half]
        return side + [(2 * x - px, py) for px, py in reversed(side)]

    c.shape(outline(1.0), dark)
    c.shape(outline(0.9), gold)
    c.shape(outline(0.84), dark)
    c.box(x - 5, base - height * 0.72, 10, height * 0.5, gold)
    for n in range(5):
        y, reach = base - height * (0.3 + n * 0.09), height * (0.15 - n * 0.022)
        for side in (-1, 1):
            c.line([(x, y), (x + side * reach, y - reach * 0.45)], gold, 6)
            c.disc(x + side * reach, y - reach * 0.45, 9, gold)
    c.box(x - 40, base - height * 0.2, 80, height * 0.13, gold)
    c.shape([(x - 56, base - height * 0.2), (x + 56, base - height * 0.2), (x, base - height * 0.3)], gold)
    c.box(x - 10, base - height * 0.17, 20, height * 0.1, dark)
    c.box(x - 3, base - 20, 6, 40, dark)


def puppet(c, x, base, height, side):
    dark, h = "#6a3a2a", height
    c.line([(x, base), (x, base - h)], dark, 4)
    c.taper(x, base - 0.1 * h, 0.16 * h, base - 0.5 * h, 0.08 * h, dark)
    c.taper(x, base - 0.76 * h, 0.13 * h, base - 0.44 * h, 0.05 * h, dark)
    c.disc(x - side * 0.02 * h, base - 0.84 * h, 0.07 * h, dark)
    c.shape(
        [
            (x - side * 0.05 * h, base - 0.86 * h),
            (x - side * 0.17 * h, base - 0.82 * h),
            (x - side * 0.05 * h, base - 0.8 * h),
        ],
        dark,
    )
    c.ring(x + side * 0.05 * h, base - 0.92 * h, 0.09 * h, dark, 0.045 * h)
    for reach, drop in ((0.3, -0.52), (0.24, -0.36)):
        c.line([(x - side * 0.1 * h, base - 0.72 * h), (x - side * reach * h, base + drop * h)], dark, 0.035 * h)
        c.line([(x - side * reach * h, base + drop * h), (x - side * (reach + 0.03) * h, base - 0.02 * h)], dark, 2)
    for dy in (0.18, 0.28, 0.38):
        c.disc(x, base - dy * h, 0.022 * h, "#f0c06a")


def gamelan(c, x, base):
    c.box(x, base - 44, 110, 44, "#8a3f2c", radius=10)
    c.box(x, base - 44, 110, 8, "#d9a441", radius=4)
    for n in range(5):
        c.box(x + 8 + n * 20, base - 56, 14, 16, "#e6bd57", radius=4)


def seated_back(c, x, base, height, number):
    h, shirt = height, mix(SHIRTS[number % len(SHIRTS)], "#2c2138", 0.45)
    c.box(x - 0.3 * h, base - 0.62 * h, 0.6 * h, 0.9 * h, shirt, radius=0.2 * h)
    c.disc(x, base - 0.8 * h, 0.2 * h, mix((HAIR, "#8d7f92", HAIR, "#4f6f78")[number % 4], "#2c2138", 0.3))


def perpustakaan_keliling(c):
    """A mobile library: a van with open shelves under a tree, children choosing books."""
    sky(c, sun=(1350, 170, 62), clouds=4)
    hills(c, 600, 120, c.palette.far)
    for x in range(0, 1640, 120):
        tree(
            c,
            x + c.random.randint(-20, 20),
            624,
            c.random.randint(130, 190),
            leaf=mix(c.palette.leaf, c.palette.mid, 0.45),
        )
    c.box(0, 610, WIDTH, 290, c.palette.ground)
    shade_tree(c, 240, 730, 560)
    c.disc(240, 740, 230, darker(c.palette.ground, 0.2), flat=0.14, alpha=0.5)
    body, x, base = "#2f8f9a", 520, 770
    c.disc(x + 360, base, 400, INK, flat=0.05, alpha=0.25)
    c.box(x, base - 380, 590, 350, body, radius=20)
    c.shape(
        [
            (x + 570, base - 30),
            (x + 570, base - 300),
            (x + 660, base - 300),
            (x + 740, base - 170),
            (x + 760, base - 150),
            (x + 760, base - 30),
        ],
        darker(body, 0.08),
    )
    c.shape([(x + 604, base - 178), (x + 604, base - 276), (x + 650, base - 276), (x + 710, base - 178)], "#cfe6e8")
    c.box(x, base - 76, 760, 22, "#f0c75e")
    c.box(x + 730, base - 120, 32, 24, "#fdf0b8", radius=8)
    c.box(x + 40, base - 340, 500, 240, darker(body, 0.45), radius=10)
    for row in range(2):
        top = base - 330 + row * 116
        bx = x + 54
        while bx < x + 510:
            thick, tall = c.random.randint(13, 26), c.random.randint(62, 92)
            c.box(bx, top + 100 - tall, thick, tall, c.random.choice(SHIRTS), radius=2)
            bx += thick + 2
        c.box(x + 46, top + 100, 488, 10, "#c28d55")
    for n in range(9):
        c.shape(
            [
                (x + 20 + n * 60, base - 384),
                (x + 80 + n * 60, base - 384),
                (x + 66 + n * 66, base - 330),
                (x + 0 + n * 66, base - 330),
            ],
            ("#d9603b", WHITE)[n % 2],
        )
    for wx in (120, 640):
        wheel(c, x + wx, base - 22, 54)
    for n, px in enumerate((600, 720, 960)):
        person(c, px, 838 - (n % 2) * 16, 158, shirt=WHITE, lower=RED, veil=(None, WHITE, None)[n],
               face=(1, 1, -1)[n], arm=0.6)  # fmt: skip
    person(c, 850, 842, 208, shirt="#e2a93b", veil="#7f5a83", face=-1, arm=0.35)
    c.disc(260, 826, 210, "#d98a6a", flat=0.16)
    c.disc(260, 824, 180, "#e8b08c", flat=0.13)
    for n, px in enumerate((150, 262, 372)):
        seated(c, px, 836 + (n % 2) * 10, 130, (6, 1, 4)[n])
        open_book(c, px, 812 + (n % 2) * 10)
    for x2 in (1400, 1520):
        bush(c, x2, 720, 150)


SCENES = {
    "balai-kota": (balai_kota, SIANG),
    "cakrawala": (cakrawala, PAGI),
    "festival": (festival, SENJA),
    "halte": (halte, SIANG),
    "jalan-malam": (jalan_malam, MALAM),
    "jembatan": (jembatan, PAGI),
    "kampung": (kampung, PAGI),
    "loket": (loket, SIANG),
    "musyawarah": (musyawarah, TEDUH),
    "panggung": (panggung, SENJA),
    "pasar": (pasar, SIANG),
    "perpustakaan": (perpustakaan, TEDUH),
    "perpustakaan-keliling": (perpustakaan_keliling, TEDUH),
    "pintu-air": (pintu_air, HUJAN),
    "puskesmas": (puskesmas, SIANG),
    "sekolah": (sekolah, SIANG),
    "taman": (taman, TEDUH),
}


def draw(name: str) -> Image.Image:
    """The picture of the scene `name`, 1600 x 900, the same every time."""
    scene, palette = SCENES[name]
    canvas = Canvas(palette, name)
    scene(canvas)
    return canvas.finished()


def png(name: str) -> io.BytesIO:
    """The same picture as an open PNG file."""
    file = io.BytesIO()
    draw(name).save(file, "PNG", compress_level=1)
    return file

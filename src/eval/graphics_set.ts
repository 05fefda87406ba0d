/**
 * Graphics made by arithmetic: pages, screens, charts, logos, pixel art, codes. The same bytes on every machine, for
 * `--set graphics`.
 *
 * @module
 */
import { Canvas, type Colour } from "./graphics/canvas.ts";
import { Chance, wordsWithin } from "./graphics/chance.ts";
import type { NamedPicture } from "./picture_sets.ts";

const WHITE: Colour = [255, 255, 255], BLACK: Colour = [0, 0, 0], INK: Colour = [32, 33, 36];
const RED: Colour = [211, 47, 47], BLUE: Colour = [25, 118, 210], GREEN: Colour = [56, 142, 60];
const AMBER: Colour = [255, 160, 0], GREY: Colour = [189, 193, 198];

const DRAWINGS: Readonly<Record<string, () => Canvas>> = {
  page: drawPage,
  windows: drawWindows,
  terminal: drawTerminal,
  chart: drawChart,
  logo: drawLogo,
  pixels: drawPixelArt,
  code: drawCode,
  gradients: drawGradients,
  lines: drawLines,
  mixed: drawMixed,
};

/**
 * Draws the set.
 *
 * @returns Ten pictures of 0.06 to 0.4 megapixels; `logo` has alpha.
 */
export function* graphicsSet(): Generator<NamedPicture> {
  for (const [name, draw] of Object.entries(DRAWINGS)) yield { name, picture: draw().picture };
}

/** A white page with a heading and paragraphs of anti-aliased text. */
function drawPage(): Canvas {
  const canvas = new Canvas(640, 480, WHITE), chance = new Chance(1);
  canvas.text("Of files and pages", 40, 32, 3, BLACK);
  paragraphs(canvas, chance, 40, 80, 560, 400);
  return canvas;
}

/** Lines of text from `y` on, as many as `height` takes. */
function paragraphs(
  canvas: Canvas,
  chance: Chance,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  const cell = 1.4, line = 15;
  for (let row = 0; (row + 1) * line <= height; row++) {
    if (row % 6 === 5) continue;
    const share = row % 6 === 4 ? 0.55 : 1;
    canvas.text(wordsWithin(chance, Math.floor(share * width / (6 * cell))), x, y + row * line, cell, INK);
  }
}

/** A desktop: a smooth background, two windows with shadows, buttons, and icons. */
function drawWindows(): Canvas {
  const canvas = new Canvas(800, 500), chance = new Chance(2);
  canvas.paint(
    { x: 0, y: 0, width: 800, height: 500 },
    (x, y) => [30 + y / 8, 70 + x / 10, 130 + (x + y) / 16],
  );
  for (let i = 0; i < 5; i++) {
    canvas.disc(48, 60 + 84 * i, 22, [RED, AMBER, GREEN, BLUE, GREY][i]);
    canvas.text(["Disk", "Mail", "Maps", "Code", "Bin"][i], 24, 88 + 84 * i, 1.6, WHITE);
  }
  window(canvas, chance, 110, 50, 420, 320, "report.txt - Editor");
  window(canvas, chance, 330, 190, 430, 280, "Settings");
  for (let i = 0; i < 3; i++) {
    const x = 470 + 95 * i, label = ["Apply", "Reset", "Close"][i];
    const box = { x, y: 430, width: 84, height: 26 };
    canvas.shape(box, roundedBox(x, 430, 84, 26, 5), i === 0 ? BLUE : GREY);
    canvas.text(label, x + 42 - 3 * 1.5 * label.length, 437.5, 1.5, i === 0 ? WHITE : INK);
  }
  canvas.fill({ x: 0, y: 482, width: 800, height: 18 }, [24, 26, 30]);
  canvas.text("12:48", 752, 486, 1.4, WHITE);
  return canvas;
}

function window(
  canvas: Canvas,
  chance: Chance,
  x: number,
  y: number,
  width: number,
  height: number,
  title: string,
) {
  for (let spread = 8; spread > 0; spread--) {
    const box = { x: x - spread, y: y - spread + 4, width: width + 2 * spread, height: height + 2 * spread };
    canvas.shape(box, roundedBox(box.x, box.y, box.width, box.height, 10), BLACK, 0.03);
  }
  canvas.fill({ x, y, width, height }, [250, 250, 250]);
  canvas.fill({ x, y, width, height: 24 }, [222, 225, 230]);
  canvas.text(title, x + 10, y + 8, 1.4, INK);
  [RED, AMBER, GREEN].forEach((colour, i) => canvas.disc(x + width - 56 + 20 * i, y + 12, 5.5, colour));
  paragraphs(canvas, chance, x + 14, y + 40, width - 28, height - 90);
}

function roundedBox(x: number, y: number, width: number, height: number, radius: number) {
  const middleX = x + width / 2, middleY = y + height / 2;
  return (px: number, py: number) => {
    const dx = Math.abs(px - middleX) - width / 2 + radius, dy = Math.abs(py - middleY) - height / 2 + radius;
    const outside = Math.sqrt(Math.max(dx, 0) ** 2 + Math.max(dy, 0) ** 2);
    return outside + Math.min(Math.max(dx, dy), 0) - radius;
  };
}

/** Coloured text in whole cells on a dark ground. */
function drawTerminal(): Canvas {
  const canvas = new Canvas(720, 400, [18, 18, 24]), chance = new Chance(3);
  const colours: readonly Colour[] = [[220, 220, 220], [120, 220, 120], [100, 180, 255], [255, 200, 90]];
  for (let row = 0; row < 21; row++) {
    const y = 8 + 18 * row;
    if (row % 5 === 0) {
      canvas.text("user@host:~/work $", 8, y, 2, colours[1]);
      canvas.text(wordsWithin(chance, 30).toLowerCase(), 240, y, 2, colours[0]);
    } else {
      canvas.text(`${1000 + chance.below(9000)}`, 8, y, 2, colours[3]);
      canvas.text(wordsWithin(chance, 20 + chance.below(28)), 68, y, 2, chance.of(colours));
    }
  }
  canvas.fill({ x: 8, y: 386, width: 10, height: 14 }, colours[0]);
  return canvas;
}

/** Bars, a line and a grid with labels. */
function drawChart(): Canvas {
  const canvas = new Canvas(640, 400, WHITE), chance = new Chance(4);
  canvas.text("Bytes per picture, by month", 60, 14, 2, INK);
  for (let i = 0; i <= 6; i++) {
    const y = 350 - 50 * i;
    canvas.fill({ x: 60, y, width: 550, height: 1 }, [224, 224, 224]);
    canvas.text(`${i * 20}`.padStart(4), 18, y - 5, 1.5, INK);
  }
  let last: readonly [number, number] | undefined;
  for (let month = 0; month < 12; month++) {
    const height = 60 + chance.below(220), x = 70 + 45 * month;
    canvas.fill({ x, y: 350 - height, width: 14.5, height }, BLUE);
    canvas.fill({ x: x + 15.5, y: 350 - height * 0.6, width: 14.5, height: height * 0.6 }, AMBER);
    canvas.text("JFMAMJJASOND"[month], x + 10, 358, 1.5, INK);
    const point = [x + 15, 330 - 0.9 * height] as const;
    if (last) canvas.line(...last, ...point, 2.2, RED);
    canvas.disc(...point, 3.6, RED);
    last = point;
  }
  canvas.line(60, 50, 60, 350, 1, INK);
  canvas.line(60, 350.5, 610, 350.5, 1, INK);
  return canvas;
}

/** A logo with partial alpha at its edges and nothing around it. */
function drawLogo(): Canvas {
  const canvas = new Canvas(400, 400);
  canvas.disc(200, 170, 130, [88, 60, 180]);
  canvas.disc(200, 170, 96, WHITE);
  canvas.disc(232, 150, 96, [240, 90, 120]);
  canvas.shape({ x: 100, y: 70, width: 200, height: 200 }, (x, y) => {
    return Math.abs(Math.sqrt((x - 200) ** 2 + (y - 170) ** 2) - 60) - 9;
  }, [255, 214, 80]);
  canvas.text("RIVER", 80, 320, 8, [88, 60, 180]);
  return canvas;
}

/** Sprites of 16×16 cells, mirrored, on a tiled ground; four pixels per cell. */
function drawPixelArt(): Canvas {
  const cell = 4, side = 128, canvas = new Canvas(side * cell, side * cell), chance = new Chance(6);
  const ground: readonly Colour[] = [[72, 120, 64], [80, 132, 70], [66, 110, 60]];
  const palette: readonly Colour[] = [[20, 20, 30], [230, 230, 220], [200, 60, 50], [60, 90, 200], [
    240,
    190,
    60,
  ]];
  const dot = (x: number, y: number, colour: Colour) =>
    canvas.fill({ x: x * cell, y: y * cell, width: cell, height: cell }, colour);
  const tile = Array.from({ length: 256 }, () => chance.of(ground));
  for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) dot(x, y, tile[(y % 16) * 16 + x % 16]);
  for (let sprite = 0; sprite < 14; sprite++) {
    const left = 8 * chance.below(14), top = 8 * chance.below(14), body = chance.of(palette.slice(2));
    for (let y = 1; y < 15; y++) {
      for (let x = 1; x < 8; x++) {
        if (chance.below(8) >= x) continue;
        const colour = chance.below(4) === 0 ? chance.of(palette) : body;
        dot(left + x, top + y, colour);
        dot(left + 15 - x, top + y, colour);
      }
    }
  }
  return canvas;
}

/** A square code of black modules with three finder marks and a quiet zone. */
function drawCode(): Canvas {
  const modules = 37, module = 6, quiet = 4, canvas = new Canvas(270, 270, WHITE), chance = new Chance(7);
  const set = (x: number, y: number, colour: Colour, width = 1) => {
    const box = {
      x: (x + quiet) * module,
      y: (y + quiet) * module,
      width: width * module,
      height: width * module,
    };
    canvas.fill(box, colour);
  };
  for (let y = 0; y < modules; y++) for (let x = 0; x < modules; x++) if (chance.below(2)) set(x, y, BLACK);
  for (const [x, y] of [[0, 0], [modules - 7, 0], [0, modules - 7]]) {
    set(x - (x > 0 ? 1 : 0), y - (y > 0 ? 1 : 0), WHITE, 8);
    set(x, y, BLACK, 7);
    set(x + 1, y + 1, WHITE, 5);
    set(x + 2, y + 2, BLACK, 3);
  }
  return canvas;
}

/** Smooth ramps between two colours, straight and round, rounded to 8 bits without dither. */
function drawGradients(): Canvas {
  const canvas = new Canvas(512, 384);
  const mix = (a: Colour, b: Colour, t: number): Colour =>
    [0, 1, 2].map((c) => a[c] + (b[c] - a[c]) * t) as never;
  canvas.paint({ x: 0, y: 0, width: 512, height: 192 }, (x, y) => {
    return mix(mix([20, 40, 90], [240, 150, 120], x / 511), WHITE, y / 400);
  });
  canvas.paint({ x: 0, y: 192, width: 256, height: 192 }, (x, y) => {
    return mix(WHITE, [0, 90, 80], Math.min(1, Math.sqrt((x - 128) ** 2 + (y - 288) ** 2) / 180));
  });
  canvas.paint({ x: 256, y: 192, width: 256, height: 192 }, (x) => mix(BLACK, [48, 48, 48], (x - 256) / 255));
  return canvas;
}

/** Thin black lines at all angles, circles and hatching on white. */
function drawLines(): Canvas {
  const canvas = new Canvas(480, 480, WHITE);
  for (let i = 0; i < 36; i++) {
    const x = Math.round(200 * Math.cos(i * Math.PI / 36)), y = Math.round(200 * Math.sin(i * Math.PI / 36));
    canvas.line(240 - x, 240 - y, 240 + x, 240 + y, 1, BLACK);
  }
  for (let radius = 20; radius <= 220; radius += 25) {
    const box = { x: 238 - radius, y: 238 - radius, width: 2 * radius + 4, height: 2 * radius + 4 };
    canvas.shape(box, (x, y) => Math.abs(Math.sqrt((x - 240) ** 2 + (y - 240) ** 2) - radius) - 0.6, BLACK);
  }
  for (let x = 4; x < 60; x += 2) canvas.fill({ x, y: 4, width: 1, height: 56 }, BLACK);
  for (let y = 420; y < 476; y += 3) canvas.fill({ x: 420, y, width: 56, height: 1 }, RED);
  return canvas;
}

/** A page with text beside a picture of continuous tones and grain. */
function drawMixed(): Canvas {
  const canvas = new Canvas(640, 480, WHITE), chance = new Chance(10);
  canvas.text("Grain and light", 24, 20, 2.5, BLACK);
  paragraphs(canvas, chance, 24, 60, 270, 400);
  canvas.paint({ x: 320, y: 60, width: 296, height: 220 }, (x, y) => {
    const hill = 190 + 24 * Math.sin(x / 41) + 11 * Math.sin(x / 17 + 2), grain = chance.below(25) - 12;
    if (y < hill) return [150 + y / 4 + grain / 4, 180 + y / 5 + grain / 4, 225 + grain / 4];
    const light = 40 * Math.sin((x + 2 * y) / 23) + grain;
    return [84 + light, 104 + light + (y - hill) / 3, 60 + light / 2];
  });
  canvas.text("Figure 1. A hill.", 320, 292, 1.4, INK);
  paragraphs(canvas, chance, 320, 320, 290, 140);
  return canvas;
}

import { formatScore, metricsIn, qualityOf } from "../metrics/mod.ts";
import type { ShownFile, SideBySide } from "../side_by_side.ts";
import { escapeHtml } from "./escape.ts";
import { fileUrl, pictureUrl } from "./images.ts";

/** Pictures of the page, each embedded once, as a rule of the style sheet. */
export class ImageSheet {
  readonly #rules: string[] = [];

  /** Embeds a picture; gives the class that shows it. */
  add(url: string): string {
    const name = `i${this.#rules.length}`;
    this.#rules.push(`.${name}{background-image:url(${url})}`);
    return name;
  }

  /** The style sheet. */
  get css(): string {
    return this.#rules.join("\n");
  }
}

/**
 * A picture at equal bytes: a slider between any two codecs, and every codec's picture with what it got wrong.
 *
 * @param comparisons One or more rates of one picture.
 * @param sheet Takes the images.
 * @returns Markup.
 */
export async function compareSection(comparisons: readonly SideBySide[], sheet: ImageSheet): Promise<string> {
  const [{ name, source }] = comparisons;
  const original = sheet.add(await pictureUrl(source));
  const parts = await Promise.all(comparisons.map((each) => comparison(each, original, sheet)));
  return `<section class="picture"><h3>${escapeHtml(name)}</h3>\n${parts.join("\n")}</section>`;
}

async function comparison(
  { source, bpp, limit, files }: SideBySide,
  original: string,
  sheet: ImageSheet,
): Promise<string> {
  const shown = [];
  for (const file of files) shown.push({ file, image: sheet.add(await fileUrl(file)) });
  const choices = [
    { label: "source", image: original },
    ...shown.map(({ file, image }) => ({ label: `${file.codec}, ${file.file.length} bytes`, image })),
  ];
  const select = (side: "left" | "right", chosen: number) =>
    `<label>${side} <select data-side="${side}">${
      choices.map(({ label, image }, i) =>
        `<option value="${image}"${i === chosen ? " selected" : ""}>${escapeHtml(label)}</option>`
      ).join("")
    }</select></label>`;
  const fair = files.slice(1).filter(({ file }) => file.length <= limit);
  const [metric] = metricsIn(files.map(({ scores }) => scores));
  const qualityBy = ({ scores }: ShownFile) => metric ? qualityOf(metric, scores[metric.id]) : 0;
  const best = fair.toSorted((a, b) => qualityBy(b) - qualityBy(a))[0];
  const candidate = best ? files.indexOf(best) : -1;
  const left = Math.min(1, choices.length - 1), right = candidate < 0 ? 0 : candidate + 1;
  const ratio = `aspect-ratio:${source.width}/${source.height};--w:${source.width}px`;
  const cards = shown.map(({ file, image }) => card(file, image, original, limit, ratio));
  return `<h4>At most ${bpp} bits a pixel: ${limit} bytes</h4>
<div class="slider"><div class="choices">${select("left", left)}${select("right", right)}</div>
<div class="stage" style="${ratio}"><div class="pic right ${choices[right].image}"></div>` +
    `<div class="pic left ${choices[left].image}"></div>` +
    `<input type="range" min="0" max="100" value="50" step="0.1" aria-label="Where the left picture ends, percent">
</div></div>
<div class="cards">${cards.join("\n")}</div>`;
}

function card(file: ShownFile, image: string, original: string, limit: number, ratio: string): string {
  const name = escapeHtml(file.codec), over = file.file.length > limit;
  const scores = metricsIn([file.scores]).map((metric) => {
    const unit = metric.unit === "" ? "" : ` ${metric.unit}`;
    return `<span>${metric.label} ${formatScore(metric, file.scores[metric.id])}${unit}</span>`;
  });
  const setting = file.setting === undefined ? "" : ` at ${file.setting}`;
  return `<figure><div class="pic ${image}" style="${ratio}" role="img" aria-label="${name}"></div>
<div class="residual" style="${ratio}" role="img" aria-label="Error of ${name}, four times"><div class="pic ${original}"></div>` +
    `<div class="pic over ${image}"></div></div>
<figcaption><b>${name}</b>${setting}: ${file.file.length} bytes${
      over ? ` <em>(its least; ${(file.file.length / limit).toFixed(2)}× the limit)</em>` : ""
    }<br>${scores.join(" · ")}</figcaption></figure>`;
}

/**
 * The playground's page: controls and drawing. `playground_worker.ts` does the work.
 *
 * @module
 */
/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { MAGIC } from "../../format/container_params.ts";
import { startsAsVaer } from "../../format/starts_as_vaer.ts";
import type { Answer, Job, Shown } from "./jobs.ts";

/** Bits per pixel at both ends of the slider, whose scale is logarithmic. */
const LEAST_BPP = 0.02, MOST_BPP = 2;
/** Pause after a movement of the slider before work begins, in milliseconds. */
const SETTLE_MILLISECONDS = 250;

const element = <E extends HTMLElement>(id: string) => document.getElementById(id) as E;
const file = element<HTMLInputElement>("file");
const slider = element<HTMLInputElement>("bytes"), bytesText = element<HTMLOutputElement>("bytes-text");
const peer = element<HTMLSelectElement>("peer"), zoom = element<HTMLSelectElement>("zoom");
const download = element<HTMLAnchorElement>("download"), status = element("status");
const split = element<HTMLInputElement>("split"), images = element("images");
const left = element<HTMLCanvasElement>("left"), right = element<HTMLCanvasElement>("right");

const worker = new Worker(new URL("./playground-worker.js", import.meta.url), { type: "module" });
let timer: ReturnType<typeof setTimeout> | undefined;
let jobs = 0, pixels = 0, name = "image";

worker.onmessage = ({ data }: MessageEvent<Answer>) => {
  if (data.number !== jobs) return; // a later job is under way
  if ("error" in data) return say(data.error);
  show(data.shown, data.inspect);
};
worker.onerror = () => say("The worker of this page did not start. Reload the page.");

function run(job: Job, text: string): void {
  worker.postMessage({ number: ++jobs, job });
  say(text);
}

function say(text: string): void {
  status.textContent = text;
}

async function open(chosen: File): Promise<void> {
  name = chosen.name.replace(/\.[^.]*$/, "") || "image";
  const start = new Uint8Array(await chosen.slice(0, MAGIC.length).arrayBuffer());
  const isVaer = startsAsVaer(start) || /\.vaer$/i.test(chosen.name);
  slider.disabled = peer.disabled = isVaer;
  run({ kind: isVaer ? "view" : "photo", file: chosen }, `Decoding ${chosen.name}…`);
}

function chosenBytes(): number {
  const bpp = LEAST_BPP * (MOST_BPP / LEAST_BPP) ** (Number(slider.value) / 100);
  return Math.max(100, Math.round(bpp * pixels / 8));
}

function compare(): void {
  const bytes = chosenBytes();
  run({ kind: "compare", bytes, peer: peer.value }, `Compressing to ${bytes.toLocaleString()} bytes…`);
}

function settle(): void {
  bytesText.value = `${chosenBytes().toLocaleString()} bytes`;
  clearTimeout(timer);
  timer = setTimeout(compare, SETTLE_MILLISECONDS);
}

function show(shown: readonly Shown[], inspect: string | undefined): void {
  const [first, second] = shown;
  pixels = first.image.width * first.image.height;
  draw(left, first);
  right.hidden = element("split-label").hidden = second === undefined;
  if (second) draw(right, second);
  element("peer-name").textContent = second?.name ?? "";
  fill(shown);
  element("view").hidden = element("figures").hidden = false;
  element("info").hidden = inspect === undefined;
  element("inspect").textContent = inspect ?? "";
  offer(first);
  layOut();
  if (first.name === "original") return settle();
  say(
    `${first.name}: ${first.byteLength.toLocaleString()} bytes, ${
      first.bitsPerPixel.toFixed(3)
    } bits per pixel.`,
  );
}

function draw(canvas: HTMLCanvasElement, { image, name }: Shown): void {
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.setAttribute("aria-label", name);
  canvas.getContext("bitmaprenderer")!.transferFromImageBitmap(image);
}

function fill(shown: readonly Shown[]): void {
  const cell = (value: number | undefined, digits: number) =>
    value === undefined ? "" : value.toFixed(digits);
  element("rows").replaceChildren(...shown.map((entry) => {
    const row = document.createElement("tr"), head = document.createElement("th");
    head.scope = "row";
    head.textContent = entry.name;
    const texts = [
      entry.byteLength.toLocaleString(),
      cell(entry.bitsPerPixel, 3),
      cell(entry.psnr, 2),
      cell(entry.msSsim, 4),
      cell(entry.encodeMilliseconds, 0),
      cell(entry.decodeMilliseconds, 0),
    ];
    row.append(
      head,
      ...texts.map((text) => Object.assign(document.createElement("td"), { textContent: text })),
    );
    return row;
  }));
}

function offer({ file }: Shown): void {
  if (download.href) URL.revokeObjectURL(download.href);
  download.hidden = !file;
  if (!file) return;
  download.href = URL.createObjectURL(file);
  download.download = `${name}.vaer`;
}

/** The right image covers the left one from the split on. */
function layOut(): void {
  right.style.clipPath = `inset(0 0 0 ${split.value}%)`;
  split.setAttribute("aria-valuetext", `${split.value} percent VaeRANS`);
  const isFit = zoom.value === "fit";
  images.className = isFit ? "fit" : "zoomed";
  for (const canvas of [left, right]) {
    canvas.style.width = isFit ? "" : `${canvas.width * Number(zoom.value)}px`;
  }
}

file.addEventListener("change", () => file.files![0] && open(file.files![0]));
slider.addEventListener("input", settle);
peer.addEventListener("change", compare);
zoom.addEventListener("change", layOut);
split.addEventListener("input", layOut);
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("dragging");
});
for (const type of ["dragleave", "drop"]) {
  document.addEventListener(type, () => document.body.classList.remove("dragging"));
}
document.addEventListener("drop", (event) => {
  event.preventDefault();
  const [dropped] = event.dataTransfer!.files;
  if (dropped) open(dropped);
});
document.addEventListener("paste", (event) => {
  const [pasted] = event.clipboardData!.files;
  if (pasted) open(pasted);
});

/** `?file=ADDRESS` opens a file of the same server, as `vaerans view` does. */
const address = new URLSearchParams(location.search).get("file");
if (address !== null) {
  const response = await fetch(address).catch(() => undefined);
  if (response?.ok) {
    await open(new File([await response.blob()], decodeURIComponent(address.split("/").at(-1)!)));
  } else say(`Cannot open ${address}: the server must have it. Check the address.`);
}

if ("serviceWorker" in navigator) await navigator.serviceWorker.register("offline-sw.js").catch(() => {});

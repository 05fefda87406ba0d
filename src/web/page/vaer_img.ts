/**
 * The element `<vaer-img>`: the part that runs on the page's main thread. `vaer_worker.ts` chooses, fetches and decodes.
 *
 * A test limits it to 1 kB, minified and compressed with Brotli. Whatever a worker can do is not here.
 *
 * @module
 */
/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import type { Reply, ReplyProperties, Request } from "./protocol.ts";

/** Elements that wait for a reply, by the number of their request. */
const waiting = new Map<number, VaerImage>();
let worker: Worker | undefined;
let requests = 0;

const observer = new IntersectionObserver(
  (entries) => entries.forEach((entry) => entry.isIntersecting && (entry.target as VaerImage).request()),
  { rootMargin: "99%" },
);

/** Sends a request to the worker, which starts with the first. */
function send(...request: Request): void {
  if (!worker) {
    worker = new Worker(new URL("./vaer-worker.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Reply>) => waiting.get(data[0])?.receive(...data);
    worker.onerror = () =>
      waiting.forEach((element, number) =>
        element.receive(number, "error", { complete: true }, { code: "worker" })
      );
  }
  worker.postMessage(request);
}

/** `<vaer-img src alt width height loading srcset sizes>` */
class VaerImage extends HTMLElement implements ReplyProperties {
  static observedAttributes = ["alt", "width", "height", "src", "srcset"];

  currentSrc = "";
  complete = false;
  naturalWidth = 0;
  naturalHeight = 0;

  #canvas = document.createElement("canvas");
  #sheet = new CSSStyleSheet();
  #shadow = this.attachShadow({ mode: "open" });
  #internals = this.attachInternals();
  #number = 0;
  #isReady = false;

  connectedCallback(): void {
    this.#isReady = true;
    this.attributeChangedCallback("src");
  }

  /** Stops what is going on. */
  disconnectedCallback(): void {
    observer.unobserve(this);
    if (waiting.delete(this.#number)) send(this.#number);
  }

  /** Before an element is connected, its attributes come one by one; they are read once it is. */
  attributeChangedCallback(name: string): void {
    if (!this.#isReady || !this.isConnected) return;
    const alt = this.getAttribute("alt");
    this.#internals.role = alt == "" ? "none" : "img";
    this.#internals.ariaLabel = alt;
    this.#layOut();
    if (name[0] == "s") {
      this.disconnectedCallback();
      this.#shadow.adoptedStyleSheets = [this.#sheet];
      this.#shadow.replaceChildren(this.#canvas);
      if (this.getAttribute("loading") == "lazy") observer.observe(this);
      else this.request();
    }
  }

  /** Gives the element its box as soon as its size is known, so that nothing moves when the image arrives. */
  #layOut(): void {
    const width = +this.getAttribute("width")! || this.naturalWidth;
    const height = +this.getAttribute("height")! || width / this.naturalWidth * this.naturalHeight;
    if (height) {
      this.#sheet.replaceSync(
        `:host{display:inline-block;contain:size;width:${width}px;aspect-ratio:${width}/${height}}canvas,::slotted(*){width:100%;height:100%;object-fit:inherit}`,
      );
    }
  }

  /** Asks a worker for the image. */
  request(): void {
    this.disconnectedCallback();
    this.complete = false;
    waiting.set(this.#number = ++requests, this);
    send(
      requests,
      this.baseURI,
      this.getAttribute("src"),
      this.getAttribute("srcset"),
      this.#slotWidth(),
      devicePixelRatio,
      matchMedia("(prefers-reduced-motion:reduce)").matches,
    );
  }

  /** Width in CSS pixels that `sizes` gives: the length of its first entry whose media condition holds. */
  #slotWidth(): number {
    const { style } = this.#canvas;
    let width = innerWidth;
    (this.getAttribute("sizes") ?? "").split(/,(?![^(]*\))/).some((size) => {
      const [, media, length] = ` ${size}`.match(/(.*\))?\s+(\w+\(.*\)|\S+)\s*$/) ?? [];
      if (!length || media && !matchMedia(media).matches) return;
      style.width = length;
      width = this.#canvas.offsetWidth;
      style.width = "";
      return 1;
    });
    return width;
  }

  /** Takes a worker's reply. */
  receive(...[number, type, properties, detail, image]: Reply): void {
    Object.assign(this, properties);
    if (this.complete) waiting.delete(number);
    if (image) {
      this.#layOut();
      this.#canvas.width = image.width;
      this.#canvas.height = image.height;
      this.#canvas.getContext("bitmaprenderer")!.transferFromImageBitmap(image);
    } else {
      // The children are shown, or the text if there are none.
      const slot = document.createElement("slot");
      slot.append(this.getAttribute("alt") ?? "");
      this.#shadow.replaceChildren(slot);
    }
    this.dispatchEvent(Object.assign(new Event(type), detail));
  }
}

customElements.define("vaer-img", VaerImage);

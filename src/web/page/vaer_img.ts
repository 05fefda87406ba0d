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

/** What takes a reply, by the number of its request. */
const waiting = new Map<number, (reply: Reply) => void>();
let worker: Worker | 0;
let requests = 0;

const observer = new IntersectionObserver(
  (entries) =>
    entries.forEach((entry) =>
      entry.isIntersecting && (entry.target as VaerImage).attributeChangedCallback("s")
    ),
  { rootMargin: "100%", scrollMargin: "100%" } as IntersectionObserverInit, // of the viewport, and of scrollers
);

/** Sends a request to the worker, which starts with the first. */
function send(...request: Request): void {
  if (!worker) {
    worker = new Worker(new URL("./vaer-worker.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Reply>) => waiting.get(data[0])?.(data);
    worker.onerror = () => {
      worker = 0; // the next request starts another
      waiting.forEach((receive) => receive([0, "error", { complete: true }, { code: "worker" }]));
    };
  }
  worker.postMessage(request);
}

/** `<vaer-img src alt width height loading srcset sizes>`; each attribute is a property, too. */
class VaerImage extends HTMLElement implements ReplyProperties {
  static observedAttributes = "alt width height src srcset sizes loading".split(" ");

  declare alt: string;
  declare width: number;
  declare height: number;
  declare src: string;
  declare srcset: string;
  declare sizes: string;
  declare loading: string;

  currentSrc = "";
  complete = true;
  naturalWidth = 0;
  naturalHeight = 0;

  #canvas = document.createElement("canvas");
  /** Of the document that the element is in; missing until it is connected. */
  #sheet?: CSSStyleSheet;
  #shadow = this.attachShadow({ mode: "open" });
  #internals = this.attachInternals();
  #number?: number;

  connectedCallback(): void {
    const view = this.ownerDocument.defaultView;
    if (view) { // a document without a window shows nothing
      this.#shadow.adoptedStyleSheets = [this.#sheet = new view.CSSStyleSheet()];
      this.attributeChangedCallback("src");
    }
  }

  /** Stops what is going on. */
  disconnectedCallback(): void {
    observer.unobserve(this);
    if (waiting.delete(this.#number!)) send(this.#number!);
  }

  /**
   * Before an element is connected, its attributes come one by one; they are read once it is.
   *
   * @param name Of the attribute; `s` asks for the image whatever `loading` says.
   */
  attributeChangedCallback(name: string): void {
    if (!this.#sheet) return;
    this.#internals.role = (this.#internals.ariaLabel = this.getAttribute("alt")) == "" ? "none" : "img";
    if (name[0] == "s") {
      this.disconnectedCallback();
      this.#shadow.replaceChildren(this.#canvas);
      if (name[1] && this.loading == "lazy") observer.observe(this);
      else this.#request();
    }
    // The box is there as soon as its size is known, so that nothing moves when the image arrives.
    const width = this.width || this.naturalWidth;
    const height = this.height || width / this.naturalWidth * this.naturalHeight;
    this.#sheet.replaceSync(
      height
        ? `:host{contain:size;display:inline-block;width:${width}px;aspect-ratio:${width}/${height}}::slotted(*),canvas{width:100%;height:100%;object-position:inherit;object-fit:inherit}`
        : "",
    );
  }

  /** Asks a worker for the image. */
  #request(): void {
    this.complete = !(this.src || this.srcset);
    // Entries of `sizes` have a media condition, which may be missing, and a length.
    // The property changes nothing of a canvas, and its pixels are known without a layout.
    this.#canvas.style.columnWidth = [...this.sizes.matchAll(/(.*?)(\w+\(.*?\)|[\w.]+)\s*(,|$)/gs)]
      .find(([, media]) => matchMedia(media).matches)?.[2] ?? "100vw";
    waiting.set(this.#number = ++requests, ([, type, properties, detail, image]) => {
      Object.assign(this, properties);
      if (this.complete) waiting.delete(this.#number!);
      this.attributeChangedCallback("");
      this.#canvas.width = image?.width as number; // without an image, 0
      if (image) {
        this.#canvas.height = image.height;
        this.#canvas.getContext("bitmaprenderer")!.transferFromImageBitmap(image);
      } else {
        // The children are shown, or the text if there are none.
        const slot = document.createElement("slot");
        slot.append(this.alt);
        this.#shadow.replaceChildren(slot);
      }
      this.dispatchEvent(Object.assign(new Event(type), detail));
    });
    send(
      requests,
      this.baseURI,
      this.src,
      this.srcset,
      getComputedStyle(this.#canvas).columnWidth,
      devicePixelRatio,
      matchMedia("(prefers-reduced-motion)").matches,
    );
  }
}

VaerImage.observedAttributes.map((name) =>
  Object.defineProperty(VaerImage.prototype, name, {
    /** `width` and `height` are numbers. */
    get(this: VaerImage, value = this.getAttribute(name) ?? "") {
      return /h/.test(name) ? +value : value;
    },
    set(this: VaerImage, value: string) {
      this.setAttribute(name, value);
    },
  })
);

customElements.define("vaer-img", VaerImage);

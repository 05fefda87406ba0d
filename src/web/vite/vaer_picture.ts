/** A file for browsers that do not show `.vaer`. */
export interface FallbackFile {
  /** Address. */
  readonly src: string;
  /** MIME type. */
  readonly type: string;
}

/** What an import of `./hero.jpg?vaer` gives. */
export interface VaerPicture {
  /** Address of the `.vaer` file. */
  readonly src: string;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Size of the `.vaer` file in bytes. */
  readonly bytes: number;
  /** Files of other formats, best first; the last is for all browsers. Empty if the import asks for none. */
  readonly fallback: readonly FallbackFile[];
  /**
   * Writes the picture as HTML: `<vaer-img>` with the fallback in it.
   *
   * @param alt Alternative text; empty for decoration.
   * @param attributes Other attributes of the element, such as `loading`, `class` or `id`.
   * @returns The HTML, with all values escaped.
   */
  html(alt: string, attributes?: { readonly [name: string]: string | number }): string;
}

/**
 * Makes a picture; the modules that the Vite plugin generates call it, in browsers and on servers.
 *
 * @param files Addresses and size.
 * @returns The picture.
 */
export function vaerPicture(files: Omit<VaerPicture, "html">): VaerPicture {
  const { src, width, height, fallback } = files;
  return {
    ...files,
    html(alt, attributes = {}) {
      const last = fallback.at(-1);
      const sources = fallback.slice(0, -1).map(({ src, type }) => tag("source", { srcset: src, type }));
      const image = last && tag("img", { loading: "lazy", src: last.src, alt, width, height });
      const inner = sources.length > 0 ? `<picture>${sources.join("")}${image}</picture>` : image ?? "";
      return `${tag("vaer-img", { src, alt, width, height, ...attributes })}${inner}</vaer-img>`;
    },
  };
}

function tag(name: string, attributes: { readonly [name: string]: string | number }): string {
  const texts = Object.entries(attributes).map(([name, value]) => ` ${name}="${escaped(String(value))}"`);
  return `<${name}${texts.join("")}>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

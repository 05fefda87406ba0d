/** A part of a text: from `start` up to, not including, `end`. */
export interface TextRange {
  /** First character. */
  readonly start: number;
  /** Character after the last. */
  readonly end: number;
}

/** An attribute of a tag; its range includes the white space before it. */
export interface XmlAttribute extends TextRange {
  /** Name with prefix. */
  readonly name: string;
  /** The text between the quotes. */
  readonly value: TextRange;
}

/** A tag of an XML text. */
export interface XmlTag extends TextRange {
  /** Whether it opens an element, closes one, or is an element without content. */
  readonly kind: "open" | "close" | "empty";
  /** Name with prefix. */
  readonly name: string;
  /** Attributes in order; none of a closing tag. */
  readonly attributes: readonly XmlAttribute[];
}

/** Beginning and end of what is no tag; the first that fits counts. */
const OTHERS: readonly (readonly [start: string, end: string])[] = [
  ["<!--", "-->"],
  ["<![CDATA[", "]]>"],
  ["<?", "?>"],
  ["<!", ">"],
];
const NAME = /[^\s=\/<>"'\0]+/y;
const EQUALS = /\s*=\s*/y;
const QUOTED = /"[^"]*"|'[^']*'/y;
const SPACE = /\s*/y;
const CLOSE = /\/?>/y;

/**
 * Reads the tags of an XML text in time proportional to its length. Entities and namespaces are left to the caller.
 *
 * @returns The tags in order; `undefined` if the text is not well formed.
 */
export function readXmlTags(text: string): XmlTag[] | undefined {
  const tags: XmlTag[] = [], open: string[] = [];
  for (let at = text.indexOf("<"); at >= 0; at = text.indexOf("<", at)) {
    const other = OTHERS.find(([start]) => text.startsWith(start, at));
    if (other) {
      const end = text.indexOf(other[1], at + other[0].length);
      if (end < 0) return undefined;
      at = end + other[1].length;
      continue;
    }
    const tag = tagAt(text, at);
    if (!tag || tag.kind === "close" && open.pop() !== tag.name) return undefined;
    if (tag.kind === "open") open.push(tag.name);
    tags.push(tag);
    at = tag.end;
  }
  return tags.length > 0 && open.length === 0 ? tags : undefined;
}

/** Index of the tag that closes the element that a tag opens, or its own if it has no content. */
export function closingTag(tags: readonly XmlTag[], index: number): number {
  let depth = 0, at = index;
  for (;; at++) {
    if (tags[at].kind === "open") depth++;
    else if (tags[at].kind === "close") depth--;
    if (depth === 0) return at;
  }
}

function tagAt(text: string, start: number): XmlTag | undefined {
  const closes = text[start + 1] === "/";
  let at = start + (closes ? 2 : 1);
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const name = take(NAME), attributes: XmlAttribute[] = [];
  if (name === undefined) return undefined;
  for (;;) {
    const from = at;
    take(SPACE);
    const close = take(CLOSE);
    if (close !== undefined) {
      const kind = closes ? "close" : close === "/>" ? "empty" : "open";
      return { kind, name, start, end: at, attributes };
    }
    const attribute = take(NAME);
    if (attribute === undefined || take(EQUALS) === undefined) return undefined;
    const valueAt = at + 1;
    if (take(QUOTED) === undefined) return undefined;
    attributes.push({ name: attribute, start: from, end: at, value: { start: valueAt, end: at - 1 } });
  }
}

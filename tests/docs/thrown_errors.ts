/** An error as the sources throw it. */
export interface ThrownError {
  /** Its stable code. */
  readonly code: string;
  /** Name of its class. */
  readonly type: string;
  /** What its messages look like; anything where the source does not tell. */
  readonly pattern: RegExp;
}

/** `new SomeError("some-code",`, up to where its message begins. */
const THROWN = /new (\w*Error)\(\s*"([a-z0-9]+(?:-[a-z0-9]+)+)",\s*/g;

/** Every place in the sources that makes an error with a code. */
export async function thrownErrors(folder = "src"): Promise<ThrownError[]> {
  const found: ThrownError[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...await thrownErrors(path));
    else if (path.endsWith(".ts")) {
      const text = await Deno.readTextFile(path);
      for (const match of text.matchAll(THROWN)) {
        const [all, type, code] = match;
        found.push({ code, type, pattern: messagePattern(text.slice(match.index + all.length)) });
      }
    }
  }
  return found;
}

/** What a message of the form "…" + `…${value}…` can be, given source text that begins with it. */
export function messagePattern(source: string): RegExp {
  let pattern = "", rest = source;
  while (true) {
    const literal = rest.match(/^"((?:[^"\\]|\\.)*)"/);
    if (literal) {
      pattern += escaped(literal[1]);
      rest = rest.slice(literal[0].length);
    } else if (rest.startsWith("`")) {
      const { parts, length } = template(rest);
      pattern += parts.map(escaped).join(".+");
      rest = rest.slice(length);
    } else {
      pattern += ".+";
      break;
    }
    const plus = rest.match(/^\s*\+\s*/);
    if (!plus) break;
    rest = rest.slice(plus[0].length);
  }
  return new RegExp(`^${pattern}$`);
}

/** The fixed parts of a template literal, and how long it is. */
function template(text: string): { parts: string[]; length: number } {
  const parts = [""];
  let i = 1;
  while (text[i] !== "`") {
    if (text.startsWith("${", i)) {
      i = afterExpression(text, i + 2);
      parts.push("");
    } else {
      if (text[i] === "\\") i++;
      parts[parts.length - 1] += text[i++];
    }
  }
  return { parts, length: i + 1 };
}

/** The index behind the brace that ends an expression in a template. */
function afterExpression(text: string, start: number): number {
  for (let i = start, depth = 1;;) {
    if (text[i] === "`") i += template(text.slice(i)).length;
    else if (text[i] === '"') i = text.indexOf('"', i + 1) + 1;
    else {
      if (text[i] === "{") depth++;
      if (text[i] === "}" && --depth === 0) return i + 1;
      i++;
    }
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Classes of errors by the codes of Node's. Access that the system refuses is `PermissionDenied`, as in Deno. */
const CLASS_OF_CODE: { readonly [code: string]: string } = {
  ENOENT: "NotFound",
  EEXIST: "AlreadyExists",
  EACCES: "PermissionDenied",
  EPERM: "PermissionDenied",
  EISDIR: "IsADirectory",
  ENOTDIR: "NotADirectory",
};

/** Functions on files that the package maps to Node's without mapping their errors, or not all of them. */
const FILE_FUNCTIONS = [
  "chmod",
  "chown",
  "copyFile",
  "lstat",
  "makeTempDir",
  "mkdir",
  "open",
  "readFile",
  "readLink",
  "readTextFile",
  "realPath",
  "remove",
  "rename",
  "stat",
  "writeFile",
  "writeTextFile",
] as const;

type ErrorClass = new (message: string) => Error;
type AsyncFunction = (...args: readonly unknown[]) => Promise<unknown>;

/**
 * An API for files in Node whose errors have the classes of Deno's.
 *
 * @param api With functions on files that reject with errors of Node.
 * @param errors The classes, by name.
 * @returns The same functions; they reject with one of the classes if an error of Node has the code for it.
 */
export function withDenoErrors(
  api: Readonly<Record<string, unknown>>,
  errors: Readonly<Record<string, ErrorClass | undefined>>,
): Record<string, unknown> {
  const mapped = (error: unknown): unknown => {
    if (!(error instanceof Error && "code" in error)) return error;
    const { code, message } = error, ofCode = errors[CLASS_OF_CODE[String(code)] ?? ""];
    return ofCode ? Object.assign(new ofCode(message), { code, cause: error }) : error;
  };
  const calls = FILE_FUNCTIONS.map((name) => {
    const call = api[name] as AsyncFunction;
    const checked: AsyncFunction = async (...args) => {
      try {
        return await call(...args);
      } catch (error) {
        throw mapped(error);
      }
    };
    return [name, checked];
  });
  const readDir = api.readDir as (path: string | URL) => AsyncIterable<unknown>;
  async function* entriesOf(path: string | URL) {
    try {
      yield* readDir(path);
    } catch (error) {
      throw mapped(error);
    }
  }
  return { ...Object.fromEntries(calls), readDir: entriesOf };
}

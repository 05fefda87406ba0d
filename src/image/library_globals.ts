/** What an image library takes for the address of its page where the runtime has none. */
const NO_ADDRESS = { href: "" };

/**
 * Runs the synchronous start of an image library's module with a `location` that it may read and set.
 *
 * The modules of jSquash set `self.location` where it is undefined, as in a program of Deno or a worker without an
 * address. Left in place, this address would reach other libraries, which resolve their own files against it.
 *
 * @param start Calls the module's factory; what the factory does later no longer sees the address.
 * @returns What `start` returns.
 */
export function withLocation<T>(start: () => T): T {
  const scope = globalThis as { location?: unknown };
  if (scope.location !== undefined) return start();
  const before = Object.getOwnPropertyDescriptor(scope, "location");
  // Nothing can be done about a frozen one: the module's own error then says so.
  if (before?.configurable === false) return start();
  Object.defineProperty(scope, "location", { value: NO_ADDRESS, configurable: true, writable: true });
  try {
    return start();
  } finally {
    if (before) Object.defineProperty(scope, "location", before);
    else delete scope.location;
  }
}

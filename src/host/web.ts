import { type Host, readByFetch } from "./host.ts";

/** Browsers, their workers, and workerd. */
export const webHost: Host = {
  name: "web",
  version: globalThis.navigator?.userAgent ?? "a browser",
  read: readByFetch,
  Worker: globalThis.Worker,
};

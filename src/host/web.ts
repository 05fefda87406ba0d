import { type Host, readByFetch } from "./host.ts";

/** Browsers, their workers, and workerd. */
export const webHost: Host = { name: "web", read: readByFetch, Worker: globalThis.Worker };

/**
 * Web pages: builds the scripts and models of `<vaer-img>`, of the service worker and of the playground, and answers requests
 * for the playground and of an image service. Runs in Deno; the built files run in browsers.
 *
 * @module
 */
export { buildPlayground, buildWebFiles } from "./build.ts";
export { isPlaygroundCurrent, PLAYGROUND_FOLDER, playgroundResponse } from "./playground_server.ts";
export type { BodyLimits } from "./body_intake.ts";
export { createHandler, DEFAULT_LIMITS, type RequestLog, type ServiceLimits } from "./service.ts";

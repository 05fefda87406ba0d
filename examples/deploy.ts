/**
 * An image service for Deno Deploy or any server.
 *
 *     deno serve -R --port 8000 examples/deploy.ts
 *
 *     curl --data-binary @photo.jpg 'http://localhost:8000/compress?quality=60' > photo.vaer
 *     curl --data-binary @photo.vaer http://localhost:8000/decompress > photo.png
 *     curl --data-binary @photo.vaer http://localhost:8000/inspect
 *     curl http://localhost:8000/
 *
 * With `deno task playground` before it, the playground is at http://localhost:8000/playground/.
 */
import { createHandler } from "@vaerans/vaerans/web";

/** Its limits are for an instance of 512 MiB; `createHandler` takes others. */
const handler: Deno.ServeDefaultExport = { fetch: createHandler() };
export default handler;

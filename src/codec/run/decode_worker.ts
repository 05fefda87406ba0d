/**
 * A worker that decodes tiles; the worker of the entry point `/decode`.
 *
 * @module
 */
import "./serve_tiles.ts";

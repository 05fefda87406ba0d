/**
 * A worker that decodes tiles; the worker of the entry point `/decode`.
 *
 * @module
 */
import { TILE_JOBS } from "../streams/tile_jobs.ts";
import { serveTiles } from "./serve_tiles.ts";

serveTiles(TILE_JOBS);

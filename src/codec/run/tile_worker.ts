/**
 * A worker that encodes and decodes tiles.
 *
 * @module
 */
import "../../models/named_models.ts";
import "../streams/encoding_jobs.ts";
import { TILE_JOBS } from "../streams/tile_jobs.ts";
import { serveTiles } from "./serve_tiles.ts";

serveTiles(TILE_JOBS);

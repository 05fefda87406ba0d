/**
 * A worker that encodes and decodes tiles.
 *
 * @module
 */
import "../../models/named_models.ts";
import "./local_encoding.ts";
import "./serve_tiles.ts";

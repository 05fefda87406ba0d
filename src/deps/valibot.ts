/** Valibot: schemas of parsed files. */
export * as v from "npm:valibot@1.5.0";

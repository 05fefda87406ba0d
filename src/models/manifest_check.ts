/**
 * The check of manifests that do not ship with the package. `named_models.ts` adds it. A decoder goes without: it accepts
 * only the model whose fingerprint the file states, and the fingerprint covers what decoding uses of a manifest.
 */
import type { ModelManifest } from "./manifest.ts";

/** Checks a parsed manifest; errors: `ModelError` ("model-manifest"). */
export type ManifestCheck = (value: unknown, where: string) => Promise<ModelManifest>;

let check: ManifestCheck = (value) => Promise.resolve(value as ModelManifest);

/** Adds the check. */
export function registerManifestCheck(added: ManifestCheck): void {
  check = added;
}

/** A parsed manifest, checked where the check was added. */
export function checkedManifest(value: unknown, where: string): Promise<ModelManifest> {
  return check(value, where);
}

/**
 * Models that ship with the package, by the number that stands for them in a file. Numbers are never used again.
 */
export const EMBEDDED_MODELS: readonly { readonly id: number; readonly name: string }[] = [
  { id: 1, name: "vaerans-8" },
  { id: 2, name: "vaerans-4" },
];

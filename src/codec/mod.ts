export * from "./compress.ts";
export * from "./decompress.ts";
export * from "./inspect.ts";
export * from "./options.ts";

/** How many edits two texts are apart, of the standard library. */
export { levenshteinDistance } from "npm:deno-std@1.4.0/text/levenshtein_distance.js";

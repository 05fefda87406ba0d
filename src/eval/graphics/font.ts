/** Columns and rows of a glyph's cell, and the advance to the next one, in cells. */
export const GLYPH = { width: 5, height: 7, advance: 6 } as const;

/** Seven rows per glyph from the top, each a digit of base 32 whose highest bit is the left column. */
// deno-fmt-ignore
const ROWS: Readonly<Record<string, string>> = {
  A: "ehhvhhh", B: "uhhuhhu", C: "ehggghe", D: "uhhhhhu", E: "vgguggv", F: "vgguggg", G: "ehgnhhe", H: "hhhvhhh",
  I: "e44444e", J: "72222ic", K: "hikokih", L: "ggggggv", M: "hrllhhh", N: "hhpljhh", O: "ehhhhhe", P: "uhhuggg",
  Q: "ehhhlid", R: "uhhukih", S: "fgge11u", T: "v444444", U: "hhhhhhe", V: "hhhhha4", W: "hhhllla", X: "hha4ahh",
  Y: "hha4444", Z: "v1248gv",
  a: "00e1fhf", b: "gguhhhu", c: "00egghe", d: "11fhhhf", e: "00ehvge", f: "698s888", g: "0fhhf1e", h: "gguhhhh",
  i: "40c444e", j: "20622ic", k: "ggikoki", l: "c44444e", m: "00qllll", n: "00uhhhh", o: "00ehhhe", p: "00uhugg",
  q: "00fhf11", r: "00mpggg", s: "00fge1u", t: "88s8896", u: "00hhhjd", v: "00hhha4", w: "00hhlla", x: "00ha4ah",
  y: "00hhf1e", z: "00v248v",
  0: "ehjlphe", 1: "4c4444e", 2: "eh1248v", 3: "v2421he", 4: "26aiv22", 5: "vgu11he", 6: "68guhhe", 7: "v124888",
  8: "ehhehhe", 9: "ehhf12c",
  " ": "0000000", ".": "00000cc", ",": "0000c48", ":": "0cc0cc0", "-": "000v000", "_": "000000v", "+": "044v440",
  "=": "00v0v00", "/": "01248g0", "(": "2488842", ")": "8422248", "<": "248g842", ">": "8421248", "!": "4444404",
  "?": "eh12404", "#": "aavavaa", "$": "4fke5u4", "%": "op248j3", "*": "04lel40", "@": "eh1dlle", "~": "008l200",
};

/**
 * Whether a cell of a glyph is set.
 *
 * @param character Any; those without a glyph look like a question mark.
 * @param column 0 to 4.
 * @param row 0 to 6.
 * @returns True for ink.
 */
export function hasInk(character: string, column: number, row: number): boolean {
  const rows = ROWS[character] ?? ROWS["?"];
  return (parseInt(rows[row], 32) >> (GLYPH.width - 1 - column) & 1) === 1;
}

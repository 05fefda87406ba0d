import { assertEquals } from "@std/assert";
import { HEADER_FIELDS } from "../../src/format/header_fields.ts";

Deno.test("the specification lists the header's fields in the order in which they are read and written", async () => {
  const page = await Deno.readTextFile("docs/specification/1-container.md");
  const table = page.slice(page.indexOf("## Header"), page.indexOf("## Sections")).split("\n");
  const cells = table.filter((line) => line.startsWith("| ")).map((line) => line.split("|")[1].trim());
  const documented = cells.filter((cell) =>
    !["Field", "magic", "version", "check"].includes(cell) && !/^-+$/.test(cell)
  );
  const named = HEADER_FIELDS.map(({ name }) =>
    name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  );
  assertEquals(documented, named);
});

import { assertEquals } from "@std/assert";
import { firstValidExif, readExifOrientation, uprightExif } from "../../src/image/exif.ts";
import { decodePicture, encodePng } from "../../src/image/mod.ts";
import { uprightXmp } from "../../src/image/xmp.ts";
import { type Chunk, withChunks, zlib } from "./png_file.ts";
import { bytesOf, encode, exifBlock, gradient, uint32 } from "./synthetic.ts";
import { fixture } from "../fixtures/fixture.ts";
import { type Field, type Part, readTiff, tiffBlock } from "./tiff_file.ts";

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

/** APP1 segments behind a JPEG's first marker. */
function withApp1(jpeg: Uint8Array, ...contents: (Uint8Array | string)[]): Uint8Array {
  const segments = contents.map((content) => {
    const data = bytesOf(content);
    return bytesOf(0xff, 0xe1, data.length + 2 >> 8, data.length + 2 & 255, data);
  });
  return bytesOf(jpeg.subarray(0, 2), ...segments, jpeg.subarray(2));
}

/** ImageMagick's text form of a block. */
function rawProfile(name: string, block: Uint8Array): string {
  const digits = [...block].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `\n${name}\n${String(block.length).padStart(8)}\n${digits.replace(/(.{72})/g, "$1\n")}\n`;
}

/** Parts of a block with a thumbnail: 700 bytes of data that no other part holds. */
function withThumbnail(order: readonly string[], isNoted: boolean): { readonly [name: string]: Part } {
  const thumbnail = Uint8Array.from({ length: 701 }, (_, i) => i % 2 ? 0xd1 : 0x6b);
  const notes: Field[] = isNoted
    ? [{ tag: 0x927c, bytes: bytesOf("MAKER", new Uint8Array(30).fill(7)) }]
    : [];
  const parts: { [name: string]: Part } = {
    main: {
      fields: [
        { tag: 0x010f, text: "A camera" },
        { tag: 0x0112, short: 6 },
        { tag: 0x8769, to: "exif" },
      ],
      next: "small",
    },
    exif: {
      fields: [{ tag: 0x9003, text: "2026:01:02 03:04:05" }, ...notes, {
        tag: 0x829a,
        rationals: [[1, 125]],
      }],
    },
    small: {
      fields: [
        { tag: 0x0112, short: 6 },
        { tag: 0x0131, text: "software of the thumbnail" },
        { tag: 0x0201, to: "data" },
        { tag: 0x0202, long: thumbnail.length },
      ],
    },
    data: { data: thumbnail },
  };
  return Object.fromEntries(order.map((name) => [name, parts[name]]));
}

const ORDERS = [
  ["main", "exif", "small", "data"],
  ["main", "small", "data", "exif"],
  ["data", "small", "exif", "main"],
  ["data", "main", "exif", "small"],
  ["exif", "data", "main", "small"],
];

Deno.test("uprightExif() drops thumbnails in both byte orders, wherever they lie, and keeps all else", () => {
  for (const littleEndian of [true, false]) {
    for (const order of ORDERS) {
      const block = tiffBlock(withThumbnail(order, false), littleEndian);
      const before = readTiff(block), upright = uprightExif(block), after = readTiff(upright);
      assertEquals(Object.keys(before), ["main", "exif", "next main"]);
      assertEquals(after, {
        main: { ...before.main, 0x0112: littleEndian ? "1 0" : "0 1" },
        exif: before.exif,
      });
      assertEquals(
        upright.length <= block.length - 701 - 54 - 26 + 2,
        true,
        `${upright.length} of ${block.length}`,
      );
      assertEquals(upright.includes(0x6b), false);
      assertEquals(uprightExif(upright), upright);
    }
  }
});

Deno.test("uprightExif() does not move a maker's data, which may hold offsets, and wipes what it cannot cut", () => {
  for (const littleEndian of [true, false]) {
    for (const order of ORDERS) {
      const block = tiffBlock(withThumbnail(order, true), littleEndian);
      const before = readTiff(block), upright = uprightExif(block), after = readTiff(upright);
      assertEquals(after.exif, before.exif);
      assertEquals(after["next main"], undefined);
      const noteAt = (bytes: Uint8Array) =>
        text(bytes.map((byte) => byte < 128 ? byte : 63)).indexOf("MAKER");
      assertEquals(noteAt(upright), noteAt(block));
      assertEquals(upright.includes(0x6b), false);
      assertEquals(upright.length <= block.length, true);
    }
  }
});

Deno.test("uprightExif() survives blocks cut anywhere, chains in a circle and directories over each other", () => {
  const block = tiffBlock(withThumbnail(ORDERS[0], true), true);
  for (let length = 0; length <= block.length; length++) uprightExif(block.slice(0, length));
  const circle = exifBlock(6, true);
  new DataView(circle.buffer).setUint32(8 + 2 + 24, 8, true); // the next directory is the first
  assertEquals(readExifOrientation(uprightExif(circle)), 1);
  let state = 7;
  const random = (below: number) => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % below;
  for (let round = 0; round < 3000; round++) {
    const mutated = block.slice();
    for (let i = 0; i < 4; i++) mutated[random(200)] = random(256);
    const upright = uprightExif(mutated);
    assertEquals(upright.length <= mutated.length, true);
    if (firstValidExif([mutated])) assertEquals(firstValidExif([upright]) !== undefined, true);
  }
});

Deno.test("of two EXIF blocks the first valid one counts, for the orientation and for what is kept", async () => {
  const jpeg = await encode("jpeg", gradient(24, 16));
  const blocks = { one: exifBlock(1, true), six: exifBlock(6, false), empty: new Uint8Array(0) };
  const cut = exifBlock(8, true).subarray(0, 20);
  const cases: [blocks: Uint8Array[], width: number, kept: Uint8Array | undefined][] = [
    [[blocks.one, blocks.six], 24, exifBlock(1, true)],
    [[blocks.six, blocks.one], 16, exifBlock(1, false)],
    [[blocks.six, blocks.empty], 16, exifBlock(1, false)],
    [[blocks.empty, blocks.six], 16, exifBlock(1, false)],
    [[cut, blocks.six], 16, exifBlock(1, false)],
    [[cut], 24, undefined],
  ];
  for (const [given, width, kept] of cases) {
    const names = given.map((block) => bytesOf("Exif\0\0", block));
    const picture = await decodePicture(withApp1(jpeg, ...names));
    assertEquals([picture.width, picture.metadata?.exif], [width, kept]);
    const png = withChunks(
      await encodePng(gradient(24, 16)),
      ...given.map((block): Chunk => ["eXIf", block]),
    );
    const read = await decodePicture(png);
    assertEquals([read.width, read.metadata?.exif], [width, kept]);
  }
  const first = await decodePicture(await fixture("exif_two_1_then_6.jpg"));
  assertEquals([first.width, first.height, readExifOrientation(first.metadata?.exif)], [100, 61, 1]);
  const second = await decodePicture(await fixture("exif_then_empty_exif.jpg"));
  assertEquals([second.width, second.height, readExifOrientation(second.metadata?.exif)], [61, 100, 1]);
});

Deno.test("EXIF behind a JPEG's frame header counts, too", async () => {
  const jpeg = await encode("jpeg", gradient(24, 16));
  const scan = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xda);
  const segment = withApp1(new Uint8Array(2), bytesOf("Exif\0\0", exifBlock(6, true))).subarray(2);
  const picture = await decodePicture(bytesOf(jpeg.subarray(0, scan), segment, jpeg.subarray(scan)));
  assertEquals([picture.width, picture.metadata?.exif], [16, exifBlock(1, true)]);
});

Deno.test("the thumbnail of a turned picture is dropped, and the block shrinks", async () => {
  const file = await fixture("exif6_thumb.jpg"), { width, height, metadata } = await decodePicture(file);
  assertEquals([width, height, metadata?.exif?.length], [61, 100, 50]);
  assertEquals(readTiff(metadata!.exif!), { main: { 256: "100 0", 257: "61 0", 274: "1 0" } });
});

const PREFIXES = ["tiff", "t"];
const FORMS: [name: string, packet: (prefix: string, value: string) => string][] = [
  [
    "attribute",
    (p, v) => `<rdf:Description xmlns:${p}="http://ns.adobe.com/tiff/1.0/" ${p}:Orientation="${v}"/>`,
  ],
  [
    "attribute in single quotes",
    (p, v) =>
      `<rdf:Description  ${p}:Orientation = '${v}' xmlns:${p}='http://ns.adobe.com/tiff/1.0/'></rdf:Description>`,
  ],
  [
    "element",
    (p, v) =>
      `<rdf:Description xmlns:${p}="http://ns.adobe.com/tiff/1.0/"><${p}:Orientation>${v}</${p}:Orientation></rdf:Description>`,
  ],
  [
    "element in lines",
    (p, v) =>
      `<rdf:Description xmlns:${p}="http://ns.adobe.com/tiff/1.0/">\n <${p}:Orientation>${v}</${p}:Orientation >\n</rdf:Description>`,
  ],
];

Deno.test("uprightXmp() sets tiff:Orientation to 1 in every form, and changes nothing else", () => {
  for (const prefix of PREFIXES) {
    for (const [name, form] of FORMS) {
      for (const value of ["6", " 8 ", "3"]) {
        const around = (packet: string) =>
          `<?xpacket begin="\ufeff"?><!-- tiff:Orientation="6" --><x:xmpmeta>${packet}<e>é</e></x:xmpmeta>  <?xpacket end="w"?>`;
        const packet = new TextEncoder().encode(around(form(prefix, value)));
        assertEquals(text(uprightXmp(packet)), around(form(prefix, "1")), `${prefix} ${name}`);
      }
    }
  }
  const others = new TextEncoder().encode('<a xmlns:q="urn:q" q:Orientation="6"><b>6</b></a>');
  assertEquals(uprightXmp(others), others);
  for (const broken of ["", "no xml", "<a tiff:Orientation=6>", "<!-- <a", '<a tiff:Orientation="6>']) {
    assertEquals(text(uprightXmp(new TextEncoder().encode(broken))), broken);
  }
});

Deno.test("after a turn XMP and EXIF both say upright; without EXIF's orientation neither pixels nor XMP change", async () => {
  for (const name of ["exif_6_xmp_6.png", "exif6_xmp6.jpg"]) {
    const { width, height, metadata } = await decodePicture(await fixture(name));
    assertEquals(width < height, true);
    assertEquals(readExifOrientation(metadata?.exif), 1);
    assertEquals(/Orientation(="|>)1["<]/.test(text(metadata?.xmp)), true, text(metadata?.xmp));
  }
  const xmp = new TextEncoder().encode(FORMS[0][1]("tiff", "6"));
  const alone = await decodePicture(await encodePng(gradient(24, 16), { metadata: { xmp } }));
  assertEquals([alone.width, alone.metadata], [24, { xmp }]);
});

Deno.test("ImageMagick's raw profiles of EXIF and XMP are read from tEXt, zTXt and iTXt", async () => {
  const turned = await decodePicture(await fixture("exif_6_ztxt_rawprofile.png"));
  assertEquals([turned.width, turned.height, readExifOrientation(turned.metadata?.exif)], [32, 48, 1]);

  const png = await encodePng(gradient(24, 16)), upright = await decodePicture(png);
  const exif = exifBlock(6, false), named = bytesOf("Exif\0\0", exif);
  const xmp = new TextEncoder().encode(FORMS[2][1]("tiff", "6"));
  const kinds: [keyword: string, name: string, block: Uint8Array][] = [
    ["exif", "exif", named],
    ["exif", "exif", exif],
    ["APP1", "app1", named],
  ];
  const forms = async (keyword: string, content: string): Promise<Chunk[]> => [
    ["tEXt", bytesOf(`${keyword}\0${content}`)],
    ["zTXt", bytesOf(`${keyword}\0\0`, await zlib(bytesOf(content)))],
    ["iTXt", bytesOf(`${keyword}\0\0\0\0\0${content}`)],
    ["iTXt", bytesOf(`${keyword}\0\x01\0\0\0`, await zlib(bytesOf(content)))],
  ];
  const xmpChunks = await forms("Raw profile type xmp", rawProfile("xmp", xmp));
  const app1Xmp = rawProfile("app1", bytesOf("http://ns.adobe.com/xap/1.0/\0", xmp));
  xmpChunks.push(...await forms("Raw profile type APP1", app1Xmp));
  for (const [keyword, name, block] of kinds) {
    for (
      const [i, chunk] of (await forms(`Raw profile type ${keyword}`, rawProfile(name, block))).entries()
    ) {
      const picture = await decodePicture(withChunks(png, chunk, xmpChunks[i]));
      assertEquals([picture.width, picture.metadata?.exif], [16, exifBlock(1, false)]);
      assertEquals(text(picture.metadata?.xmp), FORMS[2][1]("tiff", "1"));
      // The chunk that the specification has for EXIF counts before a text.
      const both = await decodePicture(withChunks(png, chunk, ["eXIf", exifBlock(1, true)]));
      assertEquals([both.width, both.metadata?.exif], [24, exifBlock(1, true)]);
    }
  }
  const whole = rawProfile("exif", exif);
  for (const broken of [whole.slice(0, -20), whole.replace(/[0-9a-f]{2}\n$/, "zz\n"), "", "\nexif\n"]) {
    const picture = await decodePicture(
      withChunks(png, ["tEXt", bytesOf(`Raw profile type exif\0${broken}`)]),
    );
    assertEquals([picture.data, picture.metadata], [upright.data, undefined]);
  }
});

Deno.test("an EXIF block of a WebP counts for its orientation exactly where it is kept", async () => {
  const webp = await encode("webp", gradient(24, 16)), exif = exifBlock(6, true);
  const size = (value: number) => uint32(value).reverse();
  const body = bytesOf(webp.subarray(8), "EXIF", size(exif.length), exif);
  const picture = await decodePicture(bytesOf("RIFF", size(body.length), body));
  assertEquals([picture.width, picture.metadata?.exif], [16, exifBlock(1, true)]);
});

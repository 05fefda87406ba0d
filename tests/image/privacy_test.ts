import { assertEquals } from "@std/assert";
import { compress, decodePicture, decompress } from "../../mod.ts";
import { colourOnly, encodePng, withoutLocation } from "../../src/image/mod.ts";
import { bytesOf, gradient, profileOf } from "./synthetic.ts";
import { type Field, holds, LATITUDE, LONGITUDE, type Part, readTiff, tiffBlock } from "./tiff_file.ts";

const encoder = new TextEncoder(), text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

/** A block with coordinates, and text that only the location's fields hold. */
function located(order: readonly string[], notes: readonly Field[] = []): { readonly [name: string]: Part } {
  const parts: { [name: string]: Part } = {
    main: {
      fields: [
        { tag: 0x010f, text: "A camera" },
        { tag: 0x0112, short: 1 },
        { tag: 0x83bb, bytes: bytesOf("IPTC Potsdamer Platz") },
        { tag: 0x8769, to: "exif" },
        { tag: 0x8825, to: "gps" },
      ],
    },
    exif: {
      fields: [{ tag: 0x9003, text: "2026:01:02 03:04:05" }, ...notes, {
        tag: 0x829a,
        rationals: [[1, 125]],
      }],
    },
    gps: {
      fields: [
        { tag: 0, bytes: Uint8Array.of(2, 3, 0, 0), type: 1 },
        { tag: 1, text: "N" },
        { tag: 2, rationals: LATITUDE },
        { tag: 3, text: "E" },
        { tag: 4, rationals: LONGITUDE },
        { tag: 27, bytes: bytesOf("ASCII\0\0\0a process of Potsdam") },
        { tag: 28, bytes: bytesOf("Berlin, Potsdam"), type: 129 },
      ],
    },
  };
  return Object.fromEntries(order.map((name) => [name, parts[name]]));
}

const ORDERS = [["main", "exif", "gps"], ["main", "gps", "exif"], ["gps", "exif", "main"], [
  "exif",
  "gps",
  "main",
]];
const MAKER: Field[] = [{ tag: 0x927c, bytes: bytesOf("MAKER", new Uint8Array(30).fill(7)) }];

Deno.test("withoutLocation() removes coordinates from EXIF, in both byte orders and wherever they lie", () => {
  for (const littleEndian of [true, false]) {
    for (const notes of [[], MAKER]) {
      for (const order of ORDERS) {
        const exif = tiffBlock(located(order, notes), littleEndian),
          before = readTiff(exif),
          copy = exif.slice();
        assertEquals([holds(exif, 123457), holds(exif, 765431), text(exif).includes("Potsdam")], [
          true,
          true,
          true,
        ]);
        const left = withoutLocation({ exif }).exif!;
        assertEquals(exif, copy); // pure
        const { 0x83bb: _iptc, 0x8825: _gps, ...main } = before.main;
        assertEquals(readTiff(left), { main, exif: before.exif });
        assertEquals([holds(left, 123457), holds(left, 765431)], [false, false]);
        assertEquals([text(left).includes("Potsdam"), text(left).includes("IPTC")], [false, false]);
        if (notes.length === 0) assertEquals(left.length <= exif.length - 180, true);
      }
    }
  }
});

Deno.test("withoutLocation() drops an EXIF block of which it cannot tell what would stay", () => {
  const exif = tiffBlock(located(ORDERS[0]), true);
  const view = new DataView(exif.buffer), pointer = 8 + 2 + 4 * 12 + 8, gps = view.getUint32(pointer, true);
  const changed = (change: (view: DataView) => void) => {
    const copy = exif.slice();
    change(new DataView(copy.buffer));
    return withoutLocation({ exif: copy });
  };
  assertEquals(changed((v) => v.setUint16(gps, 4000, true)), {}); // the directory runs past the end
  assertEquals(changed((v) => v.setUint16(gps + 2 + 2 * 12 + 2, 99, true)), {}); // a type that nobody knows
  assertEquals(changed((v) => v.setUint32(gps + 2 + 2 * 12 + 8, exif.length - 4, true)), {}); // half of a value
  assertEquals(changed((v) => v.setUint32(gps + 2 + 2 * 12 + 8, 12, true)), {}); // a value inside the main directory
  assertEquals(changed((v) => v.setUint32(4, 1e6, true)), {});
  assertEquals(withoutLocation({ exif: exif.subarray(0, 40) }), {});
  for (let length = 0; length < exif.length; length++) {
    const left = withoutLocation({ exif: exif.slice(0, length) }).exif;
    assertEquals(left === undefined || !holds(left, 123457), true);
  }
});

Deno.test("withoutLocation() leaves an EXIF block without location as it is", () => {
  const parts: { [name: string]: Part } = {
    main: { fields: [{ tag: 0x010f, text: "A camera" }, { tag: 0x0112, short: 6 }] },
  };
  const exif = tiffBlock(parts, false);
  assertEquals(withoutLocation({ exif }), { exif });
});

const NAMESPACES =
  'xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:photoshop="urn:p" xmlns:Iptc4xmpCore="urn:c"';

Deno.test("withoutLocation() removes coordinates and places from XMP, as attributes and elements", () => {
  const attributes =
    `exif:GPSLatitude="52,31.2057N" exif:GPSLongitude='13,22.7654E' exif:GPSAltitude="34/1" ` +
    `photoshop:City="Potsdam" photoshop:State="Potsdam" photoshop:Country="Potsdam" Iptc4xmpCore:Location="Potsdam" ` +
    `Iptc4xmpCore:CountryCode="DE-Potsdam" drone-dji:GpsLatitude="52.31" drone-dji:AbsoluteAltitude="+99.9" p2:City="Potsdam"`;
  const elements =
    `<exif:GPSLatitude>52,31.2057N</exif:GPSLatitude>\n<exif:GPSTimeStamp>52.31</exif:GPSTimeStamp>` +
    `<photoshop:City>Potsdam</photoshop:City><photoshop:Country/>` +
    `<Iptc4xmpExt:LocationCreated><rdf:Bag><rdf:li rdf:parseType="Resource"><Iptc4xmpExt:City>Potsdam</Iptc4xmpExt:City>` +
    `<Iptc4xmpExt:LocationName><rdf:Alt><rdf:li xml:lang="de">Potsdam</rdf:li></rdf:Alt></Iptc4xmpExt:LocationName>` +
    `</rdf:li></rdf:Bag></Iptc4xmpExt:LocationCreated>` +
    `<Iptc4xmpExt:LocationShown><rdf:Bag><rdf:li Iptc4xmpExt:City="Potsdam"/></rdf:Bag></Iptc4xmpExt:LocationShown>` +
    `<geo:lat>52.31</geo:lat>`;
  const packetOf = (inAttributes: string, inElements: string) =>
    `<?xpacket begin="\ufeff"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF>` +
    `<rdf:Description rdf:about="" ${NAMESPACES}${inAttributes} dc:creator="É. Meier" xmp:Rating="4">` +
    `<dc:title>Gate</dc:title>${inElements}<xmpMM:History a="City"/></rdf:Description>` +
    `</rdf:RDF></x:xmpmeta><?xpacket end="w"?>`;
  for (const [a, e] of [[attributes, ""], ["", elements], [attributes, elements]]) {
    const given = packetOf(a && ` ${a}`, e), xmp = encoder.encode(given);
    const left = text(withoutLocation({ xmp }).xmp);
    assertEquals(left, packetOf("", e && "\n"));
    for (const secret of ["52", "13,22", "Potsdam", "34/1", "99.9"]) {
      assertEquals(left.includes(secret), false);
    }
    assertEquals(text(xmp), given);
  }
  const plain = encoder.encode(packetOf("", ""));
  assertEquals(withoutLocation({ xmp: plain }), { xmp: plain });
});

Deno.test("withoutLocation() drops an XMP packet that it cannot read", () => {
  const readable = '<a exif:GPSLatitude="52,31N">x</a>';
  assertEquals(text(withoutLocation({ xmp: encoder.encode(readable) }).xmp), "<a>x</a>");
  const utf16 = Uint8Array.from([...readable].flatMap((letter) => [0, letter.charCodeAt(0)]));
  const broken = [
    "<a><exif:GPSLatitude>52</a>",
    '<a exif:GPSLatitude="52>',
    "<!-- 52",
    "52,31N",
    "<a>",
    "<a b=52/>",
  ];
  for (const xmp of [utf16, utf16.slice(1), ...broken.map((packet) => encoder.encode(packet))]) {
    assertEquals(withoutLocation({ xmp }), {});
  }
});

Deno.test("reading XMP takes time in proportion to its length, whatever it holds", () => {
  const count = 400_000;
  const packets = [
    "<".repeat(count),
    "<!--".repeat(count / 4),
    `<a ${" ".repeat(count)}`,
    `<a ${"b='".repeat(count / 3)}`,
  ]
    .concat([
      "<a>".repeat(count / 3),
      `<a>${"<City>x</City>".repeat(count / 14)}</a>`,
      `<a ${"City='' ".repeat(count / 8)}/>`,
    ]);
  for (const packet of packets) {
    const start = performance.now();
    withoutLocation({ xmp: encoder.encode(packet) });
    assertEquals(performance.now() - start < 20_000, true, packet.slice(0, 20));
  }
});

Deno.test("colourOnly() keeps profile and colour description, withoutLocation() also the rest", () => {
  const icc = profileOf("RGB "), cicp = { primaries: 12, transfer: 13, matrix: 0, fullRange: true } as const;
  const exif = tiffBlock({ main: { fields: [{ tag: 0x0112, short: 1 }] } }, true),
    xmp = encoder.encode("<a/>");
  const all = { icc, cicp, exif, xmp, user: { note: 1 } };
  assertEquals(colourOnly(all), { icc, cicp });
  assertEquals(colourOnly({ exif }), {});
  assertEquals(withoutLocation(all), all);
});

Deno.test("a file without location holds no coordinates, and one of its colours only holds nothing else", async () => {
  const exif = tiffBlock(located(ORDERS[0]), false), icc = profileOf("RGB ");
  const xmp = encoder.encode(`<a exif:GPSLatitude="52,31.2057N" dc:title="Gate"/>`);
  const picture = await decodePicture(await encodePng(gradient(24, 16), { metadata: { icc, exif, xmp } }));
  const kept = await compress(picture, { lossless: true, metadata: withoutLocation(picture.metadata ?? {}) });
  const { metadata } = await decompress(kept);
  assertEquals([holds(metadata!.exif!, 123457), text(metadata!.xmp)], [false, '<a dc:title="Gate"/>']);
  assertEquals(metadata!.icc, icc);
  const stripped = await compress(picture, { lossless: true, metadata: colourOnly(picture.metadata ?? {}) });
  assertEquals((await decompress(stripped)).metadata, { icc });
});

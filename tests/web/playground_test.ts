import { assert, assertEquals } from "@std/assert";
import { compress, inspect } from "../../mod.ts";
import { drawn } from "../../examples/picture.ts";
import { buildPlayground, isPlaygroundCurrent, PLAYGROUND_FOLDER } from "../../src/web/mod.ts";
import { findChromium, Page } from "../eval/chromium.ts";
import { withFolder } from "../with_folder.ts";
import { BROWSER_TEST } from "./web_site.ts";

/** Waits until an expression holds; its value is the text of the status line. */
const until = (condition: string) =>
  `new Promise((resolve) => {
    const end = performance.now() + 180000;
    const text = () => document.getElementById("status").textContent;
    const look = () => (${condition}) || performance.now() > end ? resolve(text()) : setTimeout(look, 50);
    look();
  })`;

/** Gives the page a photo of 300×200 pixels, by code that has its files in `files`. */
const withPhoto = (use: string) =>
  `(async () => {
  const canvas = new OffscreenCanvas(300, 200), context = canvas.getContext("2d");
  const gradient = context.createLinearGradient(0, 0, 300, 200);
  gradient.addColorStop(0, "navy");
  gradient.addColorStop(1, "orange");
  context.fillStyle = gradient;
  context.fillRect(0, 0, 300, 200);
  for (let i = 0; i < 40; i++) {
    context.fillStyle = "hsl(" + 9 * i + " 70% 50%)";
    context.fillRect(7 * i, 20 + (37 * i) % 150, 12, 9);
  }
  const files = new DataTransfer();
  files.items.add(new File([await canvas.convertToBlob()], "photo.png", { type: "image/png" }));
  ${use}
})()`;
const CHOOSE_PHOTO = withPhoto(`const input = document.getElementById("file");
  input.files = files.files;
  input.dispatchEvent(new Event("change"));`);
const DROP_PHOTO = withPhoto(
  `document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));`,
);
const PASTE_PHOTO = withPhoto(
  `document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: files, bubbles: true }));`,
);

/** Cells of the table of figures. */
const ROWS = `Array.from(document.querySelectorAll("#rows tr"), (row) =>
  Array.from(row.cells, ({ textContent }) => textContent))`;

Deno.test({
  ...BROWSER_TEST,
  name: "vaerans view opens the playground in Chromium",
  fn: async (t) => {
    if (!await isPlaygroundCurrent()) await buildPlayground(PLAYGROUND_FOLDER.pathname);
    const chromium = findChromium();
    if (chromium === undefined) throw new Error("There is no Chromium: apt-get install chromium");
    await withFolder(async (folder) => {
      const bytes = await compress(drawn(120, 80), { quality: 60 });
      await Deno.writeFile(`${folder}/sun set.vaer`, bytes);
      const server = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--quiet", "src/cli/main.ts", "view", `${folder}/sun set.vaer`, "--address-only"],
        stdout: "piped",
        stderr: "null",
      }).spawn();
      const reader = server.stdout.getReader();
      const address = new TextDecoder().decode((await reader.read()).value).trim();
      let isServing = true;
      const stop = async () => {
        if (!isServing) return;
        isServing = false;
        server.kill();
        await server.status;
        await reader.cancel();
      };
      try {
        const page = await Page.open(chromium, `${folder}/profile`, address);
        const isClean = () => assertEquals(page.complaints.splice(0), []);
        try {
          await t.step("shows the file with its contents", async () => {
            const text = await page.evaluate(until(`!document.getElementById("info").hidden`));
            assert(String(text).includes(`${bytes.length} bytes`), String(text));
            const shown = JSON.parse(
              await page.evaluate(`document.getElementById("inspect").textContent`) as string,
            );
            assertEquals(shown, JSON.parse(JSON.stringify(inspect(bytes))));
            assertEquals(await page.evaluate(`[left.width, left.height, right.hidden]`), [120, 80, true]);
            isClean();
          });

          await t.step(
            "compresses a photo to the chosen bytes and compares it with JPEG at equal bytes",
            async () => {
              await page.evaluate(CHOOSE_PHOTO);
              await page.evaluate(until(`document.getElementById("rows").rows.length === 2`));
              await page.evaluate(`(() => {
              const peer = document.getElementById("peer");
              peer.value = "image/jpeg";
              peer.dispatchEvent(new Event("change"));
            })()`);
              await page.evaluate(until(`document.getElementById("peer-name").textContent === "JPEG"`));
              const rows = await page.evaluate(ROWS) as string[][];
              assertEquals(rows.map(([name]) => name), ["VaeRANS", "JPEG"]);
              const most = await page.evaluate(
                `parseInt(document.getElementById("bytes-text").value.replace(/\\D/g, ""))`,
              );
              const sizes = rows.map(([, size]) => Number(size.replace(/\D/g, "")));
              assert(sizes[0] <= Number(most), `${sizes} of ${most}`);
              for (const [, , , psnr, msSsim, encode, decode] of rows) {
                assert(
                  Number(psnr) > 10 && Number(msSsim) > 0.3 && encode !== "" && decode !== "",
                  rows.join("\n"),
                );
              }
              assertEquals(await page.evaluate(`document.getElementById("download").download`), "photo.vaer");
              const saved = await page.evaluate(`fetch(document.getElementById("download").href)
              .then((response) => response.arrayBuffer()).then((bytes) => Array.from(new Uint8Array(bytes)))`);
              assertEquals(inspect(Uint8Array.from(saved as number[])).bytes, sizes[0]);
              isClean();
            },
          );

          await t.step("compares with AVIF at equal bytes", async () => {
            await page.evaluate(`(() => {
              const peer = document.getElementById("peer");
              peer.value = "image/avif";
              peer.dispatchEvent(new Event("change"));
            })()`);
            await page.evaluate(until(`document.getElementById("peer-name").textContent === "AVIF"`));
            const [own, other] = await page.evaluate(ROWS) as string[][];
            const [ownBytes, otherBytes] = [own, other].map(([, size]) => Number(size.replace(/\D/g, "")));
            assertEquals([own[0], other[0]], ["VaeRANS", "AVIF"]);
            assert(otherBytes > 0 && otherBytes <= Math.max(ownBytes, 700), `${otherBytes} of ${ownBytes}`);
            assert(Number(other[3]) > 10 && Number(other[4]) > 0.3, other.join());
            isClean();
          });

          for (const [way, photo] of [["dropped", DROP_PHOTO], ["pasted", PASTE_PHOTO]]) {
            await t.step(`takes a photo that is ${way}`, async () => {
              await page.evaluate(`document.getElementById("status").textContent = ""`);
              await page.evaluate(photo);
              await page.evaluate(until(`/^VaeRANS: /.test(text())`));
              assertEquals(await page.evaluate("[left.width, left.height]"), [300, 200]);
              isClean();
            });
          }

          await t.step("has a name for each control, and fits a phone", async () => {
            const { nodes } = await page.send("Accessibility.getFullAXTree") as {
              nodes: { ignored: boolean; role?: { value: string }; name?: { value: string } }[];
            };
            const controls = nodes.filter(({ ignored, role }) =>
              !ignored && ["button", "slider", "combobox", "link", "image"].includes(role?.value ?? "")
            );
            assert(controls.length >= 7, JSON.stringify(controls));
            assertEquals(controls.filter(({ name }) => !name?.value), []);
            await page.look({ width: 360, height: 700, mobile: true });
            assertEquals(await page.evaluate("document.documentElement.scrollWidth <= 360"), true);
            await page.look({ width: 1000, height: 800 });
          });

          await t.step("moves the split by the arrow keys", async () => {
            await page.evaluate(`document.getElementById("split").focus()`);
            const before = await page.evaluate("right.style.clipPath");
            for (const type of ["keyDown", "keyUp"]) {
              await page.send("Input.dispatchKeyEvent", {
                type,
                key: "ArrowRight",
                code: "ArrowRight",
                windowsVirtualKeyCode: 39,
              });
            }
            assertEquals([before, await page.evaluate("right.style.clipPath")], [
              "inset(0px 0px 0px 50%)",
              "inset(0px 0px 0px 51%)",
            ]);
          });

          await t.step("knows a .vaer file of another name by its content", async () => {
            await page.evaluate(`(() => {
              const files = new DataTransfer();
              files.items.add(new File([Uint8Array.from(${
              JSON.stringify(Array.from(bytes))
            })], "download.bin"));
              document.getElementById("info").hidden = true;
              document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
            })()`);
            await page.evaluate(until(`!document.getElementById("info").hidden`));
            assertEquals(await page.evaluate("[left.width, left.height, right.hidden]"), [120, 80, true]);
            isClean();
          });

          await t.step("works without a network after the first load", async () => {
            await page.evaluate("navigator.serviceWorker.ready.then(() => true)");
            await stop();
            await page.go(new URL("/", address).href);
            await page.evaluate(CHOOSE_PHOTO);
            await page.evaluate(until(`document.getElementById("rows").rows.length === 2`));
            const [own] = await page.evaluate(ROWS) as string[][];
            assertEquals(own[0], "VaeRANS");
          });
        } finally {
          await page.close();
        }
      } finally {
        await stop();
      }
    });
  },
});

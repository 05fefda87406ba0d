import { assertEquals, assertMatch } from "@std/assert";
import { byteText, duration, Progress, type ProgressScreen } from "../../src/cli/progress.ts";

function screen(isTerminal: boolean, hasColour = isTerminal, columns = 80) {
  const written: string[] = [];
  const fake: ProgressScreen = {
    isTerminal,
    hasColour,
    columns: () => columns,
    write: (text) => void written.push(text),
  };
  return { fake, text: () => written.join("") };
}

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

Deno.test("on a terminal there is one bar with rate and remaining time, and it goes in the end", async () => {
  const { fake, text } = screen(true);
  const progress = new Progress({
    title: "compress",
    total: 4,
    unit: "pictures",
    quiet: false,
    screen: fake,
  });
  progress.advance(1, "a.png");
  await wait(400);
  progress.advance(1, "b.png");
  progress.finish();
  assertMatch(text(), /compress .*━+.*╌+.* 2\/4 · \d+\.\d pictures\/s · 1 s left/);
  assertEquals(text().includes("a.png"), false);
  assertEquals(text().endsWith("\r\x1b[K"), true);
  // deno-lint-ignore no-control-regex
  assertMatch(text(), /\x1b\[32m/);
});

Deno.test("without colour the bar has none", () => {
  const { fake, text } = screen(true, false);
  new Progress({ title: "x", total: 2, unit: "files", quiet: false, screen: fake }).finish();
  // deno-lint-ignore no-control-regex
  assertEquals(/\x1b\[\d*m/.test(text()), false);
  assertMatch(text(), /╌╌╌/);
});

Deno.test("the bar fits a narrow terminal", () => {
  for (const columns of [10, 24, 40, 200]) {
    const { fake, text } = screen(true, false, columns);
    new Progress({ title: "decompress", total: 1_000_000, unit: "files", quiet: false, screen: fake })
      .finish();
    for (const line of text().split("\r")) assertEquals(line.replace("\x1b[K", "").length < columns, true);
  }
});

Deno.test("a bar that waits appears only after its time, and tells the time while there is no rate", async () => {
  const { fake, text } = screen(true, false);
  const options = { title: "x", total: 1, unit: "files", quiet: false, screen: fake };
  const progress = new Progress({ ...options, shownAfterMilliseconds: 1000 });
  await wait(200);
  assertEquals(text(), "");
  await wait(1500);
  progress.finish();
  assertMatch(text(), /x ╌+ 0\/1 · 1 s so far/);
});

Deno.test("piped, there is a plain line an item", () => {
  const { fake, text } = screen(false);
  const progress = new Progress({ title: "x", total: 2, unit: "files", quiet: false, screen: fake });
  progress.advance(1, "a");
  progress.warn("b failed");
  progress.advance(1, "c");
  progress.finish();
  assertEquals(text(), "1/2 a\nb failed\n2/2 c\n");
});

Deno.test("quiet, only warnings are shown", () => {
  for (const isTerminal of [true, false]) {
    const { fake, text } = screen(isTerminal, false);
    const progress = new Progress({ title: "x", total: 2, unit: "files", quiet: true, screen: fake });
    progress.advance(1, "a");
    progress.warn("b failed");
    progress.finish();
    assertEquals(text(), "b failed\n");
  }
});

Deno.test("durations and byte counts read as people write them", () => {
  assertEquals([0, 8.2, 60, 185, 7390].map(duration), ["0 s", "9 s", "1:00", "3:05", "2:03:10"]);
  assertEquals([0, 812, 3400, 999_499, 999_500, 5.25e9].map(byteText), [
    "0 B",
    "812 B",
    "3.40 kB",
    "999 kB",
    "1.00 MB",
    "5.25 GB",
  ]);
});

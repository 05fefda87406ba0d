/** Runs `work` with a fresh folder and removes it afterwards. */
export async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "vaerans-test-" });
  try {
    await work(folder);
  } finally {
    await removeFolder(folder);
  }
}

/** A browser's last processes may still write into the folder for a moment after it has ended. */
async function removeFolder(folder: string): Promise<void> {
  for (let tries = 20; tries > 1; tries--) {
    try {
      return await Deno.remove(folder, { recursive: true });
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  await Deno.remove(folder, { recursive: true });
}

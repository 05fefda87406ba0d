import { Deno } from "../host/deno_api.ts";

const OPENERS: { readonly [os: string]: readonly string[] } = {
  darwin: ["open"],
  windows: ["cmd", "/c", "start", ""],
  linux: ["xdg-open"],
};

/** Opens an address in the user's browser; returns whether a program for that could be started. */
export async function openBrowser(url: string): Promise<boolean> {
  const [program, ...args] = OPENERS[Deno.build.os] ?? OPENERS.linux;
  try {
    const command = new Deno.Command(program, { args: [...args, url], stdout: "null", stderr: "null" });
    return (await command.output()).success;
  } catch {
    return false; // not installed, or not permitted
  }
}

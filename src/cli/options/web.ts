import type { Command, Option } from "./option.ts";
import { EXIT_CODES_HELP, HELP, STACK, VERSION } from "./shared.ts";

const PORT: Option = {
  name: "port",
  value: { kind: "number", valueName: "N", rule: { least: 0, most: 65535, isWhole: true } },
  help: "port to listen on, {range}; 0 takes a free one",
};

/** `view` */
export const VIEW: Command = {
  name: "view",
  summary: "shows a .vaer file in a browser",
  usage: "vaerans view <in.vaer> [options]",
  about:
    "Shows a .vaer file and its contents in the browser, by a server that only this machine reaches. Prints the address. " +
    "Ctrl-C ends it.",
  takesFiles: true,
  sections: [{
    options: [
      { ...PORT, usual: "0" },
      { name: "address-only", help: "print the address and open no browser" },
      STACK,
      VERSION,
      HELP,
    ],
  }],
  end: [EXIT_CODES_HELP],
};

/** `serve` */
export const SERVE: Command = {
  name: "serve",
  summary: "runs the image service",
  usage: "vaerans serve [options]",
  about: "Runs the image service: POST /compress, /decompress and /inspect, and the playground at " +
    "/playground/. In a clone, it builds the playground first if it is not up to date. Prints the address. Ctrl-C ends it.",
  takesFiles: false,
  sections: [{
    options: [
      {
        name: "host",
        value: { kind: "text", valueName: "NAME" },
        help: "address to listen on",
        usual: "127.0.0.1",
      },
      { ...PORT, usual: "8000" },
      STACK,
      VERSION,
      HELP,
    ],
  }],
  end: [EXIT_CODES_HELP],
};

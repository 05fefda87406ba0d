import type { Command, Option } from "./option.ts";
import { EXIT_CODES_HELP, HELP, JSON_SWITCH, STACK, VERSION } from "./shared.ts";

const JSON_OBJECT: Option = { ...JSON_SWITCH, help: "print one JSON object" };

/** `inspect` */
export const INSPECT: Command = {
  name: "inspect",
  summary: "prints what a .vaer file holds",
  usage: "vaerans inspect <in.vaer> [options]",
  about:
    'Prints what a .vaer file holds ("-" reads standard input), from its headers alone: no model is loaded. If ' +
    "the file is truncated or damaged, it prints what can be read and ends with exit code 1.",
  takesFiles: true,
  sections: [{ options: [JSON_OBJECT, STACK, VERSION, HELP] }],
  end: [EXIT_CODES_HELP],
};

/** `placeholder` */
export const PLACEHOLDER: Command = {
  name: "placeholder",
  summary: "prints a picture as at most 64 characters",
  usage: "vaerans placeholder <in> [options]",
  about:
    'Describes a .vaer or image file ("-" reads standard input) as a blurred picture in at most 64 characters, to ' +
    "inline in HTML. The entry point /placeholder decodes the text in the browser without a model.",
  takesFiles: true,
  sections: [{ options: [JSON_OBJECT, STACK, VERSION, HELP] }],
  end: [EXIT_CODES_HELP],
};

/** `demo` */
export const DEMO: Command = {
  name: "demo",
  summary: "compresses a synthetic picture and prints sizes and times",
  usage: "vaerans demo [options]",
  about:
    "Makes a synthetic picture of 768×512 pixels, compresses and decompresses it at several qualities, and prints " +
    "sizes, PSNR and times.",
  takesFiles: false,
  sections: [{ options: [JSON_OBJECT, STACK, VERSION, HELP] }],
  end: [EXIT_CODES_HELP],
};

/** `models` */
export const MODELS: Command = {
  name: "models",
  summary: "lists, fetches and verifies models",
  usage: "vaerans models <list | pull NAME | verify [NAME…] | path NAME> [options]",
  about: "Lists, fetches and verifies models.",
  actions: [
    {
      name: "list",
      help: "prints all models: embedded, in vaerans.toml, pulled, and those that can be pulled",
    },
    { name: "pull", operands: "NAME", help: "fetches a model; continues a download that broke off" },
    {
      name: "verify",
      operands: "[NAME…]",
      help: "checks sizes and hashes against manifests and vaerans.lock (default: all installed models)",
    },
    { name: "path", operands: "NAME", help: "prints the path of a model, for --model" },
  ],
  takesFiles: false,
  sections: [{
    options: [
      {
        name: "directory",
        alias: "d",
        value: { kind: "folder", valueName: "FOLDER" },
        help: "where pulled models are",
        usual: "vaerans-models beside vaerans.toml, or in the current folder",
      },
      { name: "quiet", help: "print no progress" },
      { ...JSON_SWITCH, help: "print JSON" },
      STACK,
      VERSION,
      HELP,
    ],
  }],
  end: [
    "The first pull of a file records its size and SHA-256 in vaerans.lock; later pulls refuse a file that differs.",
    EXIT_CODES_HELP,
  ],
};

/** `completions` */
export const COMPLETIONS: Command = {
  name: "completions",
  summary: "prints a completion script for a shell",
  usage: "vaerans completions <bash | zsh | fish>",
  about: "Prints a script with which the shell completes the commands and options of an installed vaerans.",
  actions: [
    { name: "bash", help: "in ~/.bashrc: source <(vaerans completions bash)" },
    { name: "zsh", help: "in ~/.zshrc, below compinit: source <(vaerans completions zsh)" },
    { name: "fish", help: "in config.fish: vaerans completions fish | source" },
  ],
  takesFiles: false,
  sections: [{ options: [STACK, VERSION, HELP] }],
  end: [EXIT_CODES_HELP],
};

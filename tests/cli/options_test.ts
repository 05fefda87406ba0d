import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { parseArguments } from "../../src/cli/arguments.ts";
import { bashScript } from "../../src/cli/completions/bash.ts";
import { fishScript } from "../../src/cli/completions/fish.ts";
import { zshScript } from "../../src/cli/completions/zsh.ts";
import { UsageError } from "../../src/cli/fail.ts";
import { HELP_COLUMNS, helpOf, optionText } from "../../src/cli/options/help.ts";
import { COMMANDS } from "../../src/cli/options/mod.ts";
import { type Option, optionsOf } from "../../src/cli/options/option.ts";
import { EVAL } from "../../src/eval/options.ts";
import { FARM } from "../../src/farm/command.ts";
import { runCli } from "./run_cli.ts";

const ALL = [...COMMANDS, FARM, EVAL];
const SCRIPTS = { bash: bashScript(COMMANDS), zsh: zshScript(COMMANDS), fish: fishScript(COMMANDS) };

/** Values that an option takes: both ends of a range, all choices. */
function goodValues({ name, value }: Option): string[] {
  switch (value?.kind) {
    case "number": {
      const { least = 0, most = least + 9, isAbove = false } = value.rule;
      return [String(isAbove ? least + 0.5 : least), String(most)];
    }
    case "choice":
      return [...value.choices];
    case "text":
      if (value.form) return name === "region" ? ["0,1,20,30"] : ["8GB", "512MiB", "1.5 TB"];
      return [...value.suggestions ?? [], "any text"];
  }
  return ["place/of a file"];
}

/** Values that an option refuses, with the words of the error. */
function badValues({ value }: Option): string[] {
  switch (value?.kind) {
    case "number": {
      const { least, most, isAbove, isWhole } = value.rule;
      return [
        "many",
        "0x10",
        ...least === undefined ? [] : [String(isAbove ? least : least - 1)],
        ...most === undefined ? [] : [String(most + 1)],
        ...isWhole ? [String((least ?? 0) + 0.5)] : [],
      ];
    }
    case "choice":
      return [`${value.choices[0]}x`, value.choices[0].toUpperCase()];
    case "text":
      return value.form ? ["1,2,3", "0GB", "8XB", "-1,0,2,2"] : [];
  }
  return [];
}

/** Names as they are typed. */
const typed = ({ name, alias }: Option) => [`--${name}`, ...alias === undefined ? [] : [`-${alias}`]];

for (const command of ALL) {
  const options = optionsOf(command), help = helpOf(command);
  const parse = (...args: string[]) => parseArguments(args, options);

  Deno.test(`${command.name}: names of options differ, and the help lists each with its range or choices`, () => {
    const names = options.flatMap(typed);
    assertEquals(new Set(names).size, names.length);
    const text = help.replaceAll(/\s+/g, " ");
    for (const option of options) {
      const { name, alias, value } = option;
      const left = `${alias === undefined ? "" : `-${alias}, `}--${name}${
        value === undefined ? "" : ` ${value.valueName}`
      }`;
      assertStringIncludes(text, `${left} ${optionText(option).replaceAll(/\s+/g, " ")}`);
      if (value?.kind === "number") {
        const { least, most, ends } = value.rule;
        if (least === undefined || most === undefined) continue;
        const range = ends ? `${least} (${ends[0]}) to ${most} (${ends[1]})` : `${least} to ${most}`;
        assertStringIncludes(optionText(option), range);
      } else if (value?.kind === "choice") {
        for (const choice of value.choices) assertMatch(optionText(option), new RegExp(`\\b${choice}\\b`));
      }
    }
    for (const line of help.split("\n")) assert(line.length <= HELP_COLUMNS, line);
  });

  Deno.test(`${command.name}: each option is parsed by all of its names, and refused if it is repeated`, () => {
    for (const option of options.filter(({ name }) => name !== "help")) {
      const { name, value, isRepeatable = false } = option;
      for (const first of typed(option)) {
        for (const second of typed(option)) {
          const [good = ""] = value === undefined ? [] : goodValues(option);
          const args = value === undefined ? [first, second] : [first, good, second, good];
          if (isRepeatable) assertEquals(parse(...args).all(name), [good, good]);
          else assertThrows(() => parse(...args), UsageError, `--${name} must be given once`);
        }
        if (value === undefined) {
          assertEquals([parse(first).has(name), parse("file").has(name)], [true, false]);
          assertEquals(parse(first, "file").positional, ["file"]);
          assertThrows(() => parse(`--${name}=yes`), UsageError, `--${name} must have no value (got yes)`);
          continue;
        }
        for (const text of goodValues(option)) {
          const parsed = parse(first, text, "file");
          assertEquals([parsed.value(name), parsed.positional], [text, ["file"]]);
          assertEquals(parse(`--${name}=${text}`).value(name), text);
          if (value.kind === "number") assertEquals(parsed.number(name), Number(text));
          if (value.kind === "choice") assertEquals(parsed.choice(name, value.choices), text);
        }
        assertThrows(() => parse(first), UsageError, `--${name} must have a value (got none)`);
        for (const text of badValues(option)) {
          assertThrows(() => parse(`--${name}=${text}`), UsageError, `--${name} must be `, text);
          assertThrows(() => parse(`--${name}=${text}`), UsageError, `(got ${text})`);
          assertEquals(parse(`--${name}=${text}`, "--help").has("help"), true);
        }
      }
    }
  });

  Deno.test(`${command.name}: a mistyped option is refused, and the nearest name is proposed`, () => {
    for (const { name } of options) {
      // Another letter in place of the last, one letter missing, one letter twice.
      for (const wrong of [`${name.slice(0, -1)}9`, name.slice(1), `${name[0]}${name}`]) {
        if (options.some((option) => option.name === wrong)) continue;
        const error = assertThrows(
          () => parse(`--${wrong}`),
          UsageError,
          `options must be those of --help (got --${wrong})`,
        );
        if (wrong.length >= 3) assertMatch(error.message, /Did you mean --/);
        if (wrong.length >= 6) assertStringIncludes(`${error.message.replaceAll("?", " ")} `, `--${name} `);
      }
    }
  });
}

Deno.test("completion scripts offer each command, each option by all of its names, and each of its choices", () => {
  for (const command of COMMANDS) {
    const bash = SCRIPTS.bash.split(`\n    ${command.name})\n`)[1].split("esac ;;")[0];
    const zsh = SCRIPTS.zsh.split(`\n    ${command.name})\n`)[1].split(";;\n")[0];
    const fish = SCRIPTS.fish.split("\n").filter((line) => line.includes(`from ${command.name}'`));
    assertStringIncludes(SCRIPTS.zsh, `'${command.name}:${command.summary}'`);
    assertStringIncludes(SCRIPTS.fish, `-a ${command.name} -d '${command.summary}'`);
    const offered = bash.match(/\$current == -\* \]\]; then words='([^']*)'/)![1].split(" ");
    assertEquals(offered.toSorted(), optionsOf(command).flatMap(typed).toSorted());
    for (const option of optionsOf(command)) {
      const { name, alias, value } = option;
      for (const one of typed(option)) assertMatch(zsh, new RegExp(`\\)${one}=?\\[`));
      const lines = fish.filter((line) => line.includes(` -l ${name} `));
      assertEquals(lines.length, 1, name);
      if (alias !== undefined) assertStringIncludes(lines[0], ` -s ${alias} `);
      const words = value?.kind === "choice"
        ? value.choices
        : value?.kind === "text"
        ? value.suggestions
        : [];
      if (words === undefined || words.length === 0) continue;
      for (const text of [bash, zsh, lines[0]]) assertStringIncludes(text, words.join(" "));
    }
    for (const { name } of command.actions ?? []) {
      assertMatch(bash, new RegExp(`words='[^']*\\b${name}\\b`));
      assertMatch(zsh, new RegExp(`1:action:\\([^)]*\\b${name}\\b`));
      assert(fish.some((line) => line.includes(` -a ${name} `)), name);
    }
  }
});

Deno.test("completions prints the script of each shell, and refuses others with the nearest name", async () => {
  for (const [shell, script] of Object.entries(SCRIPTS)) {
    const { code, out, err } = await runCli(["completions", shell]);
    assertEquals([code, out, err], [0, `${script}\n`, ""]);
  }
  for (
    const [args, words] of [
      [[], "the action must be bash, zsh or fish (got none)"],
      [["fis"], "Did you mean fish?"],
      [["tcsh-like"], "the action must be bash, zsh or fish (got tcsh-like)"],
      [["bash", "zsh"], "there must be one shell (got bash, zsh)"],
    ] as const
  ) {
    const { code, out, err } = await runCli(["completions", ...args]);
    assertEquals([code, out], [2, ""]);
    assertStringIncludes(err, words);
  }
});

/** The words that a shell offers for a command line, if the shell is installed. */
async function offeredWords(shell: "bash" | "fish", words: readonly string[]): Promise<string[] | undefined> {
  const script = shell === "bash"
    ? `${SCRIPTS.bash}\nCOMP_WORDS=("$@") COMP_CWORD=$(($#-1)); _vaerans; printf '%s\\n' "\${COMPREPLY[@]}"`
    : `${SCRIPTS.fish}\ncomplete -C "$argv"`;
  const args = shell === "bash" ? ["-c", script, "bash", ...words] : ["-c", script, ...words];
  try {
    const { stdout, stderr } = await new Deno.Command(shell, { args }).output();
    assertEquals(new TextDecoder().decode(stderr), "");
    const lines = new TextDecoder().decode(stdout).split("\n");
    return lines.map((line) => line.split("\t")[0]).filter((line) => line !== "");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

Deno.test("a shell that is installed completes commands, options, choices and actions", async () => {
  const cases: [line: string[], words: string[]][] = [
    [["vaerans", "comp"], ["compress", "completions"]],
    [["vaerans", "compress", "--near"], ["--near-lossless"]],
    [["vaerans", "compress", "--tune", ""], ["look", "psnr"]],
    [["vaerans", "decompress", "--device", "c"], ["cpu"]],
    [["vaerans", "models", "ver"], ["verify"]],
    [["vaerans", "completions", "z"], ["zsh"]],
    [["vaerans", "compress", "--effort", ""], []],
  ];
  for (const shell of ["bash", "fish"] as const) {
    for (const [line, words] of cases) {
      const offered = await offeredWords(shell, line);
      if (offered !== undefined) {
        assertEquals(offered.toSorted(), words.toSorted(), `${shell}: ${line.join(" ")}`);
      }
    }
  }
});

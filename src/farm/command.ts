import { CODING_OPTIONS, KEEP_SMALLER } from "../cli/options/compress.ts";
import type { Command, Option } from "../cli/options/option.ts";
import { DEVICE, HELP, JOBS, JSON_SWITCH, MEMORY, STACK } from "../cli/options/shared.ts";
import { SERVER_SECTION } from "./credentials.ts";

/** Time for running jobs after SIGTERM, within the time that a container has before it is killed. */
export const USUAL_GRACE_SECONDS = 20;

const count = (name: string, valueName: string, help: string, usual: string): Option => ({
  name,
  value: { kind: "number", valueName, rule: { least: 1, isWhole: true } },
  help,
  usual,
});

/** `farm`: its help and its parser derive from this table. */
export const FARM: Command = {
  name: "farm",
  summary: "works on a queue of jobs",
  usage: "deno task farm <submit | work | status | retry> [options]",
  about: "Adds jobs to a queue on NATS JetStream, works on them, and reports on them.",
  actions: [
    {
      name: "submit",
      operands: "<folder | pattern | file | manifest.jsonl | ->… -d TARGET",
      help:
        "adds one job per picture; the same one twice adds nothing. TARGET is a folder that workers see, too, or " +
        'obj:BUCKET[/PREFIX]. Lines of a manifest, or of "-": {"source": …, "target": …, "options": {…}}, sources and ' +
        "targets being paths, obj:BUCKET/NAME, or https: (targets by PUT)",
    },
    { name: "work", help: "does jobs until it is ended by SIGTERM" },
    { name: "status", help: "waiting, running, done, failed, rate, time left, bytes saved, workers" },
    { name: "retry", help: "sends the dead letters again" },
  ],
  takesFiles: true,
  sections: [
    {
      options: [
        {
          name: "queue",
          value: { kind: "text", valueName: "NAME" },
          help: "name of the queue",
          usual: "vaerans",
        },
        {
          name: "directory",
          alias: "d",
          value: { kind: "folder", valueName: "TARGET" },
          help: "of submit: folder of the targets",
        },
        {
          name: "keep-ending",
          help: "of submit: keep the pictures' endings in the targets' names, see compress",
        },
        {
          ...JOBS,
          value: { kind: "number", valueName: "N", rule: { least: 1, isWhole: true } },
          help: "of work: run N jobs in parallel",
          usual: "one per core, two per core on a GPU",
        },
        {
          ...DEVICE,
          help: "of work: cpu, gpu or auto, see compress; pictures of one shape go through a GPU together",
        },
        {
          ...MEMORY,
          help: "of work: memory of all jobs together, such as 8GB; large pictures wait for it",
          usual: "three quarters of the machine's",
        },
        count(
          "grace",
          "S",
          "of work: seconds after SIGTERM before running jobs are handed back; a second SIGTERM hands them back at once",
          String(USUAL_GRACE_SECONDS),
        ),
        { name: "until-empty", help: "of work: end when there is nothing left to do" },
        {
          name: "metrics",
          value: { kind: "text", valueName: "ADDRESS" },
          help: "of work: Prometheus text at HOST:PORT, or :PORT for this machine alone",
        },
        count(
          "ack-wait",
          "S",
          "of the queue, when it is made: a job not heard of for S seconds goes to another worker",
          "30",
        ),
        count("replicas", "N", "of the queue, when it is made, in a cluster", "1"),
        { name: "watch", help: "of status: repeat it until the program is ended" },
        { name: "quiet", help: "print no progress" },
        { ...JSON_SWITCH, help: "print JSON" },
        STACK,
        HELP,
      ],
    },
    SERVER_SECTION,
    { title: "Of submit, as of compress:", options: [KEEP_SMALLER, ...CODING_OPTIONS] },
  ],
};

// Runs in a page before its module: counts answers of workers.
globalThis.answers = { count: 0 };
globalThis.Worker = class extends Worker {
  constructor(...args) {
    super(...args);
    this.addEventListener("message", () => answers.count++);
  }
};

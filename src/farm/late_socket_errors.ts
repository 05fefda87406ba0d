let listening = false;

/**
 * Keeps the program alive when a socket fails that the NATS client has let go of: that of a refused connection has no
 * listener left, and its "read ECONNRESET" would end the process as an uncaught error, after the refusal was reported.
 */
export function outliveLateSocketErrors(): void {
  if (listening) return;
  listening = true;
  globalThis.addEventListener("error", (event) => {
    if (/\b(ECONNRESET|EPIPE)\b/.test(event.message)) event.preventDefault();
  });
}

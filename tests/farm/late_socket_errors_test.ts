import { outliveLateSocketErrors } from "../../src/farm/late_socket_errors.ts";

Deno.test("a reset of a socket that nobody listens to any more does not end the program", async () => {
  outliveLateSocketErrors();
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(() => {
    setTimeout(resolve);
    throw new Error("read ECONNRESET");
  });
  await promise;
});

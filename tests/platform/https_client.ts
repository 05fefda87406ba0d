/** What the HTTPS import test runs: the package from the address in the first argument. */
import { roundTrip } from "./round_trip.ts";

console.log(JSON.stringify(await roundTrip(await import(Deno.args[0]))));

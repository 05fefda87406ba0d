/** What the compile test makes a program of. */
import * as vaerans from "../../mod.ts";
import { roundTrip } from "./round_trip.ts";

console.log(JSON.stringify(await roundTrip(vaerans)));

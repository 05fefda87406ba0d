/** What the browser test bundles and opens; the test waits for `roundTripResult`. */
import * as vaerans from "../../mod.ts";
import { roundTrip } from "./round_trip.ts";

vaerans.setAssetUrls({ models: "/static/models" });
Object.assign(globalThis, {
  roundTripResult: roundTrip(vaerans).catch((error: Error) => `${error.stack} ${error.cause ?? ""}`),
});

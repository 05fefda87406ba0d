import { COUNTERS, DIRECTS, MIXERS } from "./context_layout.ts";

/** Numbers of the first counters and weight sets that `wasm/detail.ts` uses. `scripts/build_wasm.ts` tells it. */
export const DETAIL_REGIONS = {
  siblingCounters: COUNTERS.sibling,
  channelCounters: COUNTERS.channel,
  placeCounters: COUNTERS.place,
  totalCounters: COUNTERS.total,
  highCounters: COUNTERS.high,
  signLogitCounters: COUNTERS.signLogit,
  signNearCounters: COUNTERS.signNear,
  signPlaceCounters: COUNTERS.signPlace,
  /** The second half: those of detail bands. */
  tailCounters: COUNTERS.tail + 64,
  detailMixers: MIXERS.detail,
  logitMixers: MIXERS.detailLogit,
  signMixers: MIXERS.sign,
  signLogitMixers: MIXERS.signLogit,
  detailDirects: DIRECTS.detail,
  signDirects: DIRECTS.sign,
} as const;

/*
 * The yardstick for src/entropy/rans_u8_decode.ts: 4-way interleaved scalar rANS over bytes with the same numbers (32-bit
 * states, 16-bit words, 12-bit probabilities), decoded by a table entry a slot. Prints the best rate in millions of symbols
 * a second over short runs, so that a busy machine disturbs few of them. See scripts/native_rans.ts.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { COUNT = 1 << 18, SLOTS = 4096, RUNS = 400, LOWER_BOUND = 1 << 15 };

typedef struct {
  uint16_t frequency, bias;
} Slot;

static Slot slots[SLOTS];
static uint8_t symbol_of[SLOTS];
static uint8_t source[COUNT], decoded[COUNT];
static uint16_t words[2 * COUNT];

static uint32_t next_random(void) {
  static uint32_t x = 1;
  x ^= x << 13;
  x ^= x >> 17;
  x ^= x << 5;
  return x;
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + 1e-9 * now.tv_nsec;
}

#define DECODE(state, lane)                                        \
  {                                                                \
    const uint32_t slot = state & (SLOTS - 1);                     \
    decoded[i + lane] = symbol_of[slot];                           \
    state = slots[slot].frequency * (state >> 12) + slots[slot].bias; \
    if (state < LOWER_BOUND) state = state << 16 | *next++;        \
  }

int main(void) {
  uint32_t counts[256] = {0}, frequencies[256], starts[256], total = 0, largest = 0;
  for (int i = 0; i < COUNT; i++) {
    int magnitude = 0;
    while (magnitude < 100 && next_random() % 100 < 55) magnitude++;
    source[i] = (uint8_t)(128 + (next_random() & 1 ? -magnitude : magnitude));
    counts[source[i]]++;
  }
  for (uint32_t s = 0; s < 256; s++) {
    frequencies[s] = (uint32_t)((uint64_t)counts[s] * SLOTS / COUNT);
    if (counts[s] > 0 && frequencies[s] == 0) frequencies[s] = 1;
    total += frequencies[s];
    if (frequencies[s] > frequencies[largest]) largest = s;
  }
  frequencies[largest] += SLOTS - total;
  for (uint32_t s = 0, slot = 0; s < 256; s++) {
    starts[s] = slot;
    for (uint32_t bias = 0; bias < frequencies[s]; bias++, slot++) {
      slots[slot] = (Slot){(uint16_t)frequencies[s], (uint16_t)bias};
      symbol_of[slot] = (uint8_t)s;
    }
  }
  uint32_t states[4] = {LOWER_BOUND, LOWER_BOUND, LOWER_BOUND, LOWER_BOUND};
  uint16_t *first = words + 2 * COUNT;
  for (int i = COUNT - 1; i >= 0; i--) {
    uint32_t *state = &states[i & 3];
    const uint32_t frequency = frequencies[source[i]];
    if (*state >> 19 >= frequency) {
      *--first = (uint16_t)*state;
      *state >>= 16;
    }
    *state = (*state / frequency << 12) + *state % frequency + starts[source[i]];
  }
  double best = 1e9;
  for (int run = 0; run < RUNS; run++) {
    const double start = seconds();
    const uint16_t *next = first;
    uint32_t a = states[0], b = states[1], c = states[2], d = states[3];
    for (int i = 0; i < COUNT; i += 4) {
      DECODE(a, 0)
      DECODE(b, 1)
      DECODE(c, 2)
      DECODE(d, 3)
    }
    const double elapsed = seconds() - start;
    if (elapsed < best) best = elapsed;
  }
  for (int i = 0; i < COUNT; i++) {
    if (source[i] != decoded[i]) return 1;
  }
  printf("%.1f\n", COUNT / best / 1e6);
  return 0;
}

/** Encoder effort when the caller gives none, of 1 (fastest) to 9 (smallest files). */
export const DEFAULT_EFFORT = 5;

/** Features of one place, with those that are 0 left out: around zeros most are, and they neither count nor learn. */

/** A short list of (feature number, value). Its owner fills `dense`, then calls {@linkcode FeatureList.gather}. */
export class FeatureList {
  /** All values by feature number. */
  readonly dense: Int32Array;
  /** Numbers of the features that are not 0. */
  readonly numbers: Int32Array;
  /** Their values, magnitudes below 2^11. */
  readonly values: Int32Array;
  /** How many they are. */
  count = 0;

  /** @param length Number of features. */
  constructor(length: number) {
    this.dense = new Int32Array(length);
    // One entry more than can be kept: gather() writes before it knows.
    this.numbers = new Int32Array(length + 1);
    this.values = new Int32Array(length + 1);
  }

  /** Lists what is not 0 in `dense`. */
  gather(): void {
    const { dense, numbers, values } = this;
    let count = 0;
    for (let i = 0; i < dense.length; i++) {
      const value = dense[i];
      numbers[count] = i;
      values[count] = value;
      count += value !== 0 ? 1 : 0;
    }
    this.count = count;
  }

  /**
   * Adds one feature, which must not be listed yet, unless it is 0.
   *
   * @param number Its number.
   * @param value Its value.
   */
  append(number: number, value: number): void {
    this.numbers[this.count] = number;
    this.values[this.count] = value;
    this.count += value !== 0 ? 1 : 0;
  }
}

/** A colour as three planes hold it: G, R − G, B − G. */
export type Colour = readonly [green: number, redMore: number, blueMore: number];

/** The colours by brightness, or from one to the most similar that is left: the order in which neighbours are closer. */
export function bestOrder(colours: readonly Colour[], numbers: Int32Array): readonly number[] {
  const byGreen = colours.map((_, number) => number).sort((a, b) => colours[a][0] - colours[b][0] || a - b);
  const orders = [byGreen, chainFrom(byGreen[0], colours), chainFrom(byGreen.at(-1)!, colours)];
  const costs = orders.map((order) => {
    const placeOf = new Int32Array(order.length);
    order.forEach((number, place) => placeOf[number] = place);
    let cost = 0;
    for (let i = 1; i < numbers.length; i++) {
      cost += Math.log2(1 + Math.abs(placeOf[numbers[i]] - placeOf[numbers[i - 1]]));
    }
    return cost;
  });
  return orders[costs.indexOf(Math.min(...costs))];
}

/** All colours, each the nearest to the one before among those that are left. */
function chainFrom(start: number, colours: readonly Colour[]): number[] {
  // G, R − G and B − G: red and blue are sums.
  const red = colours.map(([green, more]) => green + more),
    blue = colours.map(([green, , more]) => green + more);
  const left = new Set(colours.keys()), chain = [start];
  for (let last = start; left.delete(last) && left.size > 0;) {
    let nearest = last, least = Infinity;
    for (const other of left) {
      const distance = (colours[other][0] - colours[last][0]) ** 2 + (red[other] - red[last]) ** 2 +
        (blue[other] - blue[last]) ** 2;
      if (distance < least) [nearest, least] = [other, distance];
    }
    chain.push(nearest);
    last = nearest;
  }
  return chain;
}

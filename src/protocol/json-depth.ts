/** Of bodies of JSON that no model describes: how deeply their values lie in each other. */

/** Three for each struct in a struct of a schema: more than any has, and few enough for whatever walks through them. */
const MOST_LEVELS = 1000

export const isTooDeep = (value: unknown, levels = MOST_LEVELS): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((one) => isTooDeep(one, levels - 1)))

/**
 * Properties as Java's HashMap hands them out: the order in which AWS shows those of a table, and which clients that build
 * a statement from them repeat (observed).
 */
export function inHashOrder<T extends readonly [string, unknown]>(entries: readonly T[]): T[] {
  let capacity = 16
  while (entries.length > capacity * 0.75) capacity *= 2
  const bucket = ([key]: T): number => {
    let hash = 0
    for (let i = 0; i < key.length; i++) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) | 0
    return (hash ^ (hash >>> 16)) & (capacity - 1)
  }
  return entries.toSorted((a, b) => bucket(a) - bucket(b))
}

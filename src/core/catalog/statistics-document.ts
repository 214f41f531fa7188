/** Column statistics hold times and bytes, which JSON does not: they are kept as `{"$time"}` and `{"$bytes"}`. */

export function asDocument<T>(value: T): T {
  return mapLeaves(value, (leaf) => {
    if (leaf instanceof Date) return { $time: leaf.toISOString() }
    if (leaf instanceof Uint8Array) return { $bytes: Buffer.from(leaf).toString('base64') }
    return undefined
  }) as T
}

export function fromDocument(document: unknown): unknown {
  return mapLeaves(document, (leaf) => {
    const { $time, $bytes } = leaf as { $time?: string; $bytes?: string }
    if ($time !== undefined) return new Date($time)
    if ($bytes !== undefined) return new Uint8Array(Buffer.from($bytes, 'base64'))
    return undefined
  })
}

function mapLeaves(value: unknown, change: (leaf: object) => unknown): unknown {
  if (value === null || typeof value !== 'object') return value
  const changed = change(value)
  if (changed !== undefined) return changed
  if (Array.isArray(value)) return value.map((item) => mapLeaves(item, change))
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mapLeaves(member, change)]))
}

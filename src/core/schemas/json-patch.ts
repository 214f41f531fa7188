/** The difference of two JSON values as a JSON Patch (RFC 6902): applied to the first it yields the second. */

interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace'
  readonly path: string
  readonly value?: unknown
}

export function jsonPatch(from: unknown, to: unknown, path = ''): PatchOperation[] {
  if (JSON.stringify(from) === JSON.stringify(to)) return []
  if (Array.isArray(from) && Array.isArray(to)) return arrayPatch(from, to, path)
  if (!isObject(from) || !isObject(to)) return [{ op: 'replace', path, value: to }]
  const operations: PatchOperation[] = []
  for (const [name, value] of Object.entries(from)) {
    const here = `${path}/${escaped(name)}`
    if (Object.hasOwn(to, name)) operations.push(...jsonPatch(value, to[name], here))
    else operations.push({ op: 'remove', path: here })
  }
  for (const [name, value] of Object.entries(to))
    if (!Object.hasOwn(from, name)) operations.push({ op: 'add', path: `${path}/${escaped(name)}`, value })
  return operations
}

/** What both begin and end with stays; in between is changed in place, added, or removed from behind. */
function arrayPatch(from: readonly unknown[], to: readonly unknown[], path: string): PatchOperation[] {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
  let start = 0
  while (start < from.length && start < to.length && same(from[start], to[start])) start++
  let end = 0
  while (end < from.length - start && end < to.length - start && same(from.at(-1 - end), to.at(-1 - end))) end++
  const [removed, added] = [from.slice(start, from.length - end), to.slice(start, to.length - end)]
  const operations: PatchOperation[] = []
  for (let i = removed.length - 1; i >= added.length; i--)
    operations.push({ op: 'remove', path: `${path}/${start + i}` })
  for (const [i, value] of added.entries()) {
    const here = `${path}/${start + i}`
    if (i < removed.length) operations.push(...jsonPatch(removed[i], value, here))
    else operations.push({ op: 'add', path: here, value })
  }
  return operations
}

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1')
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

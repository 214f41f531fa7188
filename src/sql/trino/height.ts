import { tooLarge } from './cursor.ts'

/**
 * Nodes from the root to the deepest leaf. Nesting is limited while parsing, but a chain such as `1 + 1 + ..` or
 * `.. UNION ALL ..` grows to the left without nesting, and whoever recurses over the tree pays for its height.
 */
const MAX_HEIGHT = 1500

/** Refuses a tree that would exhaust the stack of whoever walks it. Does not recurse itself. */
export function checkHeight(root: object): void {
  const pending: object[] = [root]
  const heights: number[] = [1]
  while (pending.length > 0) {
    const node = pending.pop() as object
    const height = heights.pop() as number
    if (height > MAX_HEIGHT) throw tooLarge()
    if (Array.isArray(node)) {
      for (const item of node as readonly unknown[])
        if (typeof item === 'object' && item !== null) {
          pending.push(item)
          heights.push(height)
        }
      continue
    }
    const below = 'kind' in node ? height + 1 : height
    for (const key in node) {
      // A place is no node, and as many as there are nodes.
      if (key === 'at') continue
      const child: unknown = node[key as keyof typeof node]
      if (typeof child !== 'object' || child === null) continue
      pending.push(child)
      heights.push(below)
    }
  }
}

/** The limits suit a fresh stack; a caller deep in its own may have less left, which is answered the same way. */
export function withinStack<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    throw error instanceof RangeError ? tooLarge() : error
  }
}

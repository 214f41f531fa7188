/** A page of documents, of which some may be passed over by their names before they are read. */
import type { StateReader } from '../ports.ts'
import type { Page } from './catalog.ts'

/** Keys looked at in one go. */
const STRETCH = 1000

/** `namesIn`: the name of what a key is of, and its database's. */
export function kept<T>(
  state: StateReader,
  space: string,
  { keep, ...page }: Page & { readonly prefix?: string },
  namesIn: (key: string) => readonly [name: string, home: string],
): T[] {
  if (!keep) return state.list<T>(space, page).map(({ doc }) => doc)
  const found: T[] = []
  for (let after = page.after; ; ) {
    const keys = state.keys(space, { ...page, ...(after !== undefined && { after }), limit: STRETCH })
    for (const key of keys) {
      if (!keep(...namesIn(key))) continue
      const read = state.get<T>(space, key)
      if (read) found.push(read.doc)
      if (found.length >= page.limit) return found
    }
    if (keys.length < STRETCH) return found
    after = keys.at(-1)
  }
}

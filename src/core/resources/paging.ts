const PAGE = 1000

/** Everything a paged list holds, page by page. */
export function* paged<T>(
  list: (page: { after?: string; limit: number }) => readonly T[],
  nameOf: (item: T) => string,
): Generator<T> {
  for (let after: string | undefined; ; ) {
    const page = list({ after, limit: PAGE })
    yield* page
    if (page.length < PAGE) return
    after = nameOf(page.at(-1)!)
  }
}

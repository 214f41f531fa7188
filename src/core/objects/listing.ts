/**
 * Listings in key order, with what lies below a delimiter folded into one prefix. A folded prefix is passed over with
 * one seek, so listing one level of a million keys touches what it answers and no more.
 */
import { compareKeys } from '../key-order.ts'
import type { StateReader } from '../ports.ts'
import { compoundKey, type ObjectVersion, type StoredObject, spaces, splitCompoundKey, type Upload } from './object.ts'

export interface ListOptions {
  readonly prefix?: string
  readonly delimiter?: string
  /** Exclusive: a key, or a folded prefix that has been answered already. */
  readonly after?: string
  /** Exclusive, among what has the key `after`. Without it the whole key `after` has been answered. */
  readonly afterId?: string
  readonly limit: number
}

export interface Listed<T> {
  readonly key: string
  readonly id: string
  readonly doc: T
}

export interface ListPage<T> {
  readonly entries: readonly Listed<T>[]
  readonly prefixes: readonly string[]
  readonly truncated: boolean
  /** Of the last that is answered: a key with its id, or a prefix. */
  readonly next?: { readonly key: string; readonly id?: string }
}

export const listObjects = (reader: StateReader, bucket: string, options: ListOptions): ListPage<StoredObject> =>
  fold(new SimpleCursor<StoredObject>(reader, spaces.objects(bucket), options, plainKey), options)

export const listUploads = (reader: StateReader, bucket: string, options: ListOptions): ListPage<Upload> =>
  fold(new SimpleCursor<Upload>(reader, spaces.uploads(bucket), options, splitCompoundKey), options)

/** Every version and marker, a key's newest first. `latest` says which is the newest. */
export const listVersions = (
  reader: StateReader,
  bucket: string,
  options: ListOptions,
): ListPage<{ readonly version: ObjectVersion; readonly latest: boolean }> =>
  fold(new VersionCursor(reader, bucket, options), options)

interface Cursor<T> {
  next(): Listed<T> | undefined
  /** Nothing that starts with `prefix` comes any more. */
  skip(prefix: string): void
}

function fold<T>(cursor: Cursor<T>, options: ListOptions): ListPage<T> {
  const { prefix = '', delimiter, after, limit } = options
  const entries: Listed<T>[] = []
  const prefixes: string[] = []
  let next: ListPage<T>['next']
  // A page that ended on a folded prefix goes on behind all of it.
  if (delimiter && after !== undefined && isFolded(after, prefix, delimiter)) cursor.skip(after)
  for (;;) {
    const entry = cursor.next()
    if (!entry) return { entries, prefixes, truncated: false }
    if (entries.length + prefixes.length >= limit) return { entries, prefixes, truncated: limit > 0, next }
    const end = delimiter ? entry.key.indexOf(delimiter, prefix.length) : -1
    if (end < 0) {
      entries.push(entry)
      next = { key: entry.key, id: entry.id }
      continue
    }
    const folded = entry.key.slice(0, end + (delimiter?.length ?? 0))
    prefixes.push(folded)
    next = { key: folded }
    cursor.skip(folded)
  }
}

function isFolded(key: string, prefix: string, delimiter: string): boolean {
  const at = key.startsWith(prefix) ? key.indexOf(delimiter, prefix.length) : -1
  return at >= 0 && at === key.length - delimiter.length
}

/** Above every key that starts with what it is appended to, but for keys that go on with this very character. */
const highest = '\u{10ffff}'

const plainKey = (key: string) => ({ key, id: '' })

/** Reads a space a few documents at a time: few at first and after each seek, more while it goes straight on. */
class SimpleCursor<T> implements Cursor<T> {
  readonly #reader: StateReader
  readonly #space: string
  readonly #prefix: string | undefined
  readonly #split: (stored: string) => { readonly key: string; readonly id: string }
  #after: string | undefined
  #skipped: string | undefined
  #page: Listed<T>[] = []
  #at = 0
  #ended = false
  #size: number

  constructor(
    reader: StateReader,
    space: string,
    options: ListOptions,
    split: (stored: string) => { readonly key: string; readonly id: string },
    after: string | undefined = startOf(options, split),
  ) {
    this.#reader = reader
    this.#space = space
    this.#prefix = options.prefix
    this.#split = split
    this.#after = after
    // Without a delimiter the page is what will be answered; with one, most of it may fold into the first prefix.
    this.#size = options.delimiter ? 16 : Math.min(options.limit + 1, 1001)
  }

  next(): Listed<T> | undefined {
    for (;;) {
      const entry = this.#page[this.#at++]
      if (!entry) {
        if (!this.#read()) return undefined
        continue
      }
      if (this.#skipped === undefined || !entry.key.startsWith(this.#skipped)) return entry
    }
  }

  skip(prefix: string): void {
    this.#skipped = prefix
    let at = this.#at
    while (this.#page[at]?.key.startsWith(prefix)) at++
    this.#at = at
    if (at < this.#page.length || this.#ended) return
    const bound = prefix + highest
    if (this.#after === undefined || compareKeys(bound, this.#after) > 0) this.#after = bound
    this.#size = 2
  }

  #read(): boolean {
    if (this.#ended) return false
    const page = this.#reader.list<T>(this.#space, { prefix: this.#prefix, after: this.#after, limit: this.#size })
    this.#ended = page.length < this.#size
    this.#after = page.at(-1)?.key ?? this.#after
    this.#page = page.map((stored) => ({ ...this.#split(stored.key), doc: stored.doc }))
    this.#at = 0
    this.#size = Math.min(this.#size * 2, 1001)
    return page.length > 0
  }
}

function startOf(options: ListOptions, split: unknown): string | undefined {
  const { after, afterId } = options
  if (after === undefined || split === plainKey) return after
  return compoundKey(after, afterId ?? highest)
}

/** Current objects and everything else of a bucket, merged: for one key the current object comes first. */
class VersionCursor implements Cursor<{ readonly version: ObjectVersion; readonly latest: boolean }> {
  readonly #current: SimpleCursor<StoredObject>
  readonly #stored: SimpleCursor<ObjectVersion>
  #left: Listed<StoredObject> | undefined
  #right: Listed<ObjectVersion> | undefined
  #lastKey: string | undefined

  constructor(reader: StateReader, bucket: string, options: ListOptions) {
    const { after, afterId } = options
    this.#current = new SimpleCursor(reader, spaces.objects(bucket), options, plainKey, after)
    const start = after === undefined ? undefined : compoundKey(after, afterId ?? highest)
    this.#stored = new SimpleCursor(reader, spaces.versions(bucket), options, splitCompoundKey, start)
    // Going on within a key: its newest has been answered.
    if (afterId !== undefined) this.#lastKey = after
    this.#left = this.#current.next()
    this.#right = this.#stored.next()
  }

  next() {
    const [left, right] = [this.#left, this.#right]
    if (left && (!right || compareKeys(left.key, right.key) <= 0)) {
      this.#left = this.#current.next()
      return this.#answer({ key: left.key, id: left.doc.id, doc: left.doc })
    }
    if (!right) return undefined
    this.#right = this.#stored.next()
    return this.#answer(right)
  }

  skip(prefix: string): void {
    this.#current.skip(prefix)
    this.#stored.skip(prefix)
    if (this.#left?.key.startsWith(prefix)) this.#left = this.#current.next()
    if (this.#right?.key.startsWith(prefix)) this.#right = this.#stored.next()
  }

  #answer({ key, id, doc }: Listed<ObjectVersion>) {
    const latest = key !== this.#lastKey
    this.#lastKey = key
    return { key, id, doc: { version: doc, latest } }
  }
}

/**
 * The state store as the catalog sees it: what is encrypted at rest is sealed as it is written and opened as it is read.
 * Only what a document says is sealed; what it is found by, and what hangs on it, lies open.
 */
import type { KeyRange, StateReader, StateStore, StateTransaction, Versioned } from '../ports.ts'
import type { Scope } from './catalog.ts'
import type { CatalogEncryption } from './catalog-encryption.ts'

export interface CatalogState extends StateStore {
  /** The documents as they are kept: names, links and ids of what is sealed can be read without its key. */
  readonly unopened: StateStore
  /** Another's transaction, as the catalog sees it. */
  within(tx: StateTransaction): StateTransaction
}

/** A document whose descriptor holds only what it is found by; or statistics, of which nothing but the column is left. */
interface SealedDocument {
  readonly sealed: string
}

export const isSealed = (doc: unknown): doc is SealedDocument =>
  typeof doc === 'object' && doc !== null && 'sealed' in doc

/** Where what is sealed lies in a document: in its descriptor, or in all of it. The resources that AWS names. */
const SEALED_KINDS: ReadonlyMap<string, 'descriptor' | 'whole'> = new Map([
  ['databases', 'descriptor'],
  ['tables', 'descriptor'],
  ['table-versions', 'descriptor'],
  ['partitions', 'descriptor'],
  ['functions', 'descriptor'],
  ['table-statistics', 'whole'],
  ['partition-statistics', 'whole'],
] as const)
const OPEN_MEMBERS: ReadonlySet<string> = new Set([
  'Name',
  'FunctionName',
  'ColumnName',
  'Values',
  'TargetDatabase',
  'TargetTable',
])

export function sealedState(state: StateStore, encryption: CatalogEncryption): CatalogState {
  const within = (tx: StateTransaction) => sealedTransaction(tx, encryption)
  return {
    ...openReader(state, encryption),
    unopened: state,
    within,
    transaction: (work, ordered) => state.transaction((tx) => work(within(tx)), ordered),
    close: () => state.close(),
  }
}

/** A catalog that encrypts nothing. */
export const openState = (state: StateStore): CatalogState => ({
  ...delegated(state),
  unopened: state,
  within: (tx) => tx,
  transaction: (work, ordered) => state.transaction(work, ordered),
  close: () => state.close(),
})

const delegated = (state: StateReader): StateReader => ({
  get: (space, key) => state.get(space, key),
  list: (space, range) => state.list(space, range),
  keys: (space, range) => state.keys(space, range),
  count: (space, prefix) => state.count(space, prefix),
  bytes: (key) => state.bytes(key),
})

function openReader(state: StateReader, encryption: CatalogEncryption): StateReader {
  const opened = <T>(space: string, found: readonly Versioned<T>[]): Versioned<T>[] => {
    const place = found.some(({ doc }) => isSealed(doc)) ? placeOf(space) : undefined
    if (!place) return [...found]
    const open = encryption.opener(place.scope)
    return found.map((one) =>
      isSealed(one.doc) ? { ...one, doc: openedDocument(one.doc, place.part, open) as T } : one,
    )
  }
  return {
    ...delegated(state),
    get<T>(space: string, key: string) {
      const found = state.get<T>(space, key)
      return found && opened(space, [found])[0]
    },
    list: <T>(space: string, range: KeyRange) => opened(space, state.list<T>(space, range)),
  }
}

function sealedTransaction(tx: StateTransaction, encryption: CatalogEncryption): StateTransaction {
  const sealers = new Map<string, ReturnType<CatalogEncryption['sealer']>>()
  const sealerOf = (scope: Scope) => {
    const id = `${scope.account}/${scope.region}`
    if (!sealers.has(id)) sealers.set(id, encryption.sealer(tx, scope))
    return sealers.get(id)
  }
  return {
    ...openReader(tx, encryption),
    put(space, key, doc, expect) {
      const place = placeOf(space)
      const seal = place && sealerOf(place.scope)
      return tx.put(space, key, seal ? sealedDocument(doc as object, place.part, seal) : doc, expect)
    },
    delete: (space, key, expect) => tx.delete(space, key, expect),
    deleteAll: (space, prefix) => tx.deleteAll(space, prefix),
    putBytes: (key, bytes) => tx.putBytes(key, bytes),
    deleteBytes: (key) => tx.deleteBytes(key),
  }
}

interface Place {
  readonly scope: Scope
  readonly part: 'descriptor' | 'whole'
}

/** Undefined for documents that are not sealed. The account of a catalog below another's may hold slashes. */
function placeOf(space: string): Place | undefined {
  const [room, kind = '', ...rest] = space.split('/')
  const part = room === 'catalog' ? SEALED_KINDS.get(kind) : undefined
  return part && { part, scope: { account: rest.slice(0, -1).join('/'), region: rest.at(-1)! } }
}

function sealedDocument(doc: object, part: Place['part'], seal: (value: unknown) => string): SealedDocument {
  if (part === 'whole') return { ...openMembers(doc), sealed: seal(doc) }
  const { descriptor, ...rest } = doc as { readonly descriptor: object }
  return { ...rest, descriptor: openMembers(descriptor), sealed: seal(descriptor) } as SealedDocument
}

function openedDocument({ sealed, ...rest }: SealedDocument, part: Place['part'], open: (sealed: string) => unknown) {
  const value = open(sealed)
  return part === 'whole' ? value : { ...rest, descriptor: value }
}

const openMembers = (value: object): object =>
  Object.fromEntries(Object.entries(value).filter(([name]) => OPEN_MEMBERS.has(name)))

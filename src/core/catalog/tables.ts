import { randomUUID } from 'node:crypto'
import { Fault } from '../faults.ts'
import { admitTable, closeLike, forgetTable, renameTable } from '../permissions/openings.ts'
import type { TableName } from '../permissions/resource.ts'
import type { Clock, StateReader, StateTransaction } from '../ports.ts'
import { eraseTags, moveTags } from '../resources/tags.ts'
import { noteName } from '../table-buckets/stored-tables.ts'
import { inSamePlace, isTableBucketScope, requireLaid, TABLE_ID } from '../table-buckets/table-buckets.ts'
import type { Catalog, Scope, TableDescriptor, Together } from './catalog.ts'
import { condemn, eraseCondemned } from './erasure.ts'
import { kept } from './kept-page.ts'
import { findDatabase, type LocatedTable, locateTable, noteLink, requireDatabase } from './links.ts'
import { foldName, SEPARATOR, space, type TableDocument, tableArn, tableKey } from './names.ts'
import { putFirstIndexes, requireSameKeys } from './partition-indexes.ts'
import { partitionShelf, putPartition } from './partition-shelf.ts'
import type { CatalogState } from './sealed-state.ts'
import { openTableVersions, putVersion, table } from './table-versions.ts'

export function openTables(state: CatalogState, clock: Clock): Catalog['tables'] {
  const alone: Together = (write) => state.unopened.transaction(write)
  return {
    ...openTableVersions(state),

    find(scope, database, name) {
      const found = locateTable(state, scope, database, name)
      return found && table(shown(found))
    },

    get(scope, database, name) {
      const found = locateTable(state, scope, database, name)
      if (found) return table(shown(found))
      requireDatabase(state, scope, database)
      // GetTable's own text, as Athena passes it on (observed); other operations name the table.
      throw new Fault('not-found', 'table', 'Entity Not Found')
    },

    list(scope, database, { after, limit, keep }) {
      const folded = requireDatabase(state, scope, database)
      const prefix = `${folded}${SEPARATOR}`
      const range = {
        prefix,
        after: after === undefined ? undefined : tableKey(folded, foldName(after)),
        limit,
        keep,
      }
      const owned = folded === foldName(database)
      const namesIn = (key: string) => [key.slice(prefix.length), folded] as const
      return kept<TableDocument>(state, space('tables', scope), range, namesIn).map((doc) => {
        // "It doesn't follow the table resource links in the target database": GetTables.
        if (!owned || !doc.descriptor.TargetTable) return table(doc)
        return table(shown(locateTable(state, scope, folded, doc.descriptor.Name)!))
      })
    },

    async create(scope, database, descriptor, createdBy, { partitions = [], indexes = [], together = alone } = {}) {
      const name = foldName(descriptor.Name)
      await together((joined) => {
        const tx = state.within(joined)
        const home = requireDatabase(tx, scope, database)
        if (descriptor.TargetTable && home !== foldName(database))
          throw new Fault('invalid', 'table', 'A table resource link cannot be made through a database resource link.')
        if (tx.get(space('tables', scope), tableKey(home, name))) throw tableExists()
        requireLaid(scope, descriptor)
        const now = clock.now().toISOString()
        const created = {
          id: randomUUID(),
          database: home,
          descriptor: { ...descriptor, Name: name },
          createdAt: now,
          updatedAt: now,
          createdBy,
          version: 0,
        }
        putTable(tx, scope, created)
        noteLink(tx, scope, descriptor.TargetTable)
        const owner = { createdBy, home: findDatabase(tx, scope, home), at: now }
        admitTable(tx, scope, { database: home, table: name }, owner)
        putFirstIndexes(tx, scope, created, indexes, clock)
        const shelf = partitionShelf(tx, scope, created)
        for (const partition of partitions) putPartition(shelf, { descriptor: partition, createdAt: now })
      })
    },

    async update(scope, database, descriptor, options) {
      const { together = alone } = options
      const asked = foldName(options.name ?? descriptor.Name)
      await together((joined) => {
        const tx = state.within(joined)
        const { own, target: found } = requireLocated(tx, scope, database, asked)
        // Through a link it is the target that changes, and keeps its name.
        const newName = own === found ? foldName(descriptor.Name) : found.descriptor.Name
        const { TargetTable, ...rest } = descriptor
        const changed: TableDescriptor = own === found ? descriptor : rest
        if (options.expect !== undefined && options.expect !== found.version)
          throw new Fault('conflict', 'table', 'Update table failed due to concurrent modifications.')
        if (found.descriptor.Name !== newName) {
          if (tx.get(space('tables', scope), tableKey(found.database, newName))) throw tableExists()
          tx.delete(space('tables', scope), tableKey(found.database, found.descriptor.Name))
          moveTags(tx, tableArn(scope, found.database, found.descriptor.Name), tableArn(scope, found.database, newName))
          renameTable(tx, scope, namesOf(found), { database: found.database, table: newName })
        }
        requireSameKeys(tx, scope, found, changed)
        if (options.keepVersion) putVersion(tx, scope, found)
        putTable(tx, scope, {
          ...found,
          descriptor: { ...inSamePlace(found.descriptor, changed), Name: newName },
          updatedAt: clock.now().toISOString(),
          version: found.version + 1,
        })
      })
    },

    async move(scope, from, to) {
      await state.transaction((tx) => {
        const found = requireOwn(tx, scope, from.database, from.name)
        const database = requireDatabase(tx, scope, to.database)
        const name = foldName(to.name)
        if (tx.get(space('tables', scope), tableKey(database, name))) throw tableExists()
        tx.delete(space('tables', scope), tableKey(found.database, found.descriptor.Name))
        moveTags(tx, tableArn(scope, found.database, found.descriptor.Name), tableArn(scope, database, name))
        renameTable(tx, scope, namesOf(found), { database, table: name })
        const descriptor = { ...found.descriptor, Name: name }
        const updatedAt = clock.now().toISOString()
        putTable(tx, scope, { ...found, database, descriptor, updatedAt, version: found.version + 1 })
      })
    },

    async replace(scope, database, name, { table: by, as }) {
      await state.transaction((tx) => {
        const [old, fresh] = [requireOwn(tx, scope, database, name), requireOwn(tx, scope, database, by)]
        if (tx.get(space('tables', scope), tableKey(old.database, foldName(as)))) throw tableExists()
        tx.delete(space('tables', scope), tableKey(fresh.database, fresh.descriptor.Name))
        eraseTags(tx, tableArn(scope, fresh.database, fresh.descriptor.Name))
        // Permissions stay with the name too, and what is put aside is nobody's but its owner's.
        forgetTable(tx, scope, namesOf(fresh))
        closeLike(tx, scope, namesOf(old), { database: old.database, table: foldName(as) })
        const updatedAt = clock.now().toISOString()
        const named = (doc: TableDocument, Name: string): TableDocument => ({
          ...doc,
          descriptor: { ...doc.descriptor, Name: foldName(Name) },
          updatedAt,
          version: doc.version + 1,
        })
        putTable(tx, scope, named(fresh, name))
        putTable(tx, scope, named(old, as))
      })
    },

    async delete(scope, database, name) {
      // Whoever has lost a key can still delete what lay under it: DeleteTable knows no GlueEncryptionException.
      await state.unopened.transaction((tx) => eraseTable(tx, scope, requireOwn(tx, scope, database, name)))
      await eraseCondemned(state, scope)
    },
  }
}

/** A link as it is shown: its target's properties under its own name; alone where the target is not there. */
function shown({ own, target }: LocatedTable): TableDocument {
  if (own === target || !target) return own
  const { Name, TargetTable } = own.descriptor
  return { ...target, database: own.database, descriptor: { ...target.descriptor, Name, TargetTable } }
}

function requireLocated(
  state: StateReader,
  scope: Scope,
  database: string,
  name: string,
): { readonly own: TableDocument; readonly target: TableDocument } {
  const found = locateTable(state, scope, database, name)
  if (!found) requireDatabase(state, scope, database)
  if (!found?.target) throw tableMissing(name)
  if (found.own.descriptor.TargetTable && found.own.database !== foldName(database))
    throw new Fault('invalid', 'table', 'A table resource link cannot be followed through a database resource link.')
  return { own: found.own, target: found.target }
}

/** The table of this name itself, be it a link. */
function requireOwn(state: StateReader, scope: Scope, database: string, name: string): TableDocument {
  const found = locateTable(state, scope, database, name)
  if (found) return found.own
  requireDatabase(state, scope, database)
  throw tableMissing(name)
}

const tableMissing = (name: string): Fault => new Fault('not-found', 'table', `Table ${foldName(name)} not found.`)

/** The table and all that hangs on it; `eraseCondemned` is to follow the transaction. */
export function eraseTable(tx: StateTransaction, scope: Scope, found: TableDocument): void {
  condemn(tx, scope, found.id)
  forgetTable(tx, scope, namesOf(found))
  eraseTags(tx, tableArn(scope, found.database, found.descriptor.Name))
  tx.delete(space('tables', scope), tableKey(found.database, found.descriptor.Name))
}

function putTable(tx: StateTransaction, scope: Scope, doc: TableDocument): void {
  tx.put(space('tables', scope), tableKey(doc.database, doc.descriptor.Name), doc)
  const id = doc.descriptor.Parameters?.[TABLE_ID]
  if (id !== undefined && isTableBucketScope(scope)) noteName(tx, scope, id, namesOf(doc))
}

const namesOf = ({ database, descriptor }: TableDocument): TableName => ({ database, table: descriptor.Name })

function tableExists(): Fault {
  return new Fault('already-exists', 'table', 'Table already exists.')
}

import { Fault } from '../faults.ts'
import type { StateStore, StateTransaction } from '../ports.ts'
import type { Catalog, Scope, Table } from './catalog.ts'
import { requireTable } from './links.ts'
import { SEPARATOR, space, type TableDocument } from './names.ts'

type TableVersions = Pick<Catalog['tables'], 'versions' | 'version' | 'deleteVersion'>

/** The current version is the table's own document; those it had before, as far as kept, lie beside it. */
export function openTableVersions(state: StateStore): TableVersions {
  return {
    versions(scope, database, name, { after, limit }) {
      const current = requireTable(state, scope, database, name)
      const before = after === undefined ? undefined : versionKey(current, Number(after))
      const prefix = `${current.id}${SEPARATOR}`
      const kept = state.list<TableDocument>(space('table-versions', scope), {
        prefix,
        before,
        limit,
        descending: true,
      })
      const older = kept.map((found) => table(found.doc))
      return after === undefined ? [table(current), ...older].slice(0, limit) : older
    },

    version(scope, database, name, version) {
      const current = requireTable(state, scope, database, name)
      if (current.version === version) return table(current)
      const found = state.get<TableDocument>(space('table-versions', scope), versionKey(current, version))
      if (!found) throw versionMissing()
      return table(found.doc)
    },

    async deleteVersion(scope, database, name, version) {
      await state.transaction((tx) => {
        const current = requireTable(tx, scope, database, name)
        if (current.version === version)
          throw new Fault('invalid', 'table version', 'The current version of a table cannot be deleted.')
        if (!tx.delete(space('table-versions', scope), versionKey(current, version))) throw versionMissing()
      })
    },
  }
}

export function putVersion(tx: StateTransaction, scope: Scope, found: TableDocument): void {
  tx.put(space('table-versions', scope), versionKey(found, found.version), found)
}

/** Padded, so that versions sort as numbers. */
function versionKey({ id }: TableDocument, version: number): string {
  return `${id}${SEPARATOR}${String(version).padStart(16, '0')}`
}

function versionMissing(): Fault {
  return new Fault('not-found', 'table version', 'Version not found.')
}

export function table(found: TableDocument): Table {
  const { id: _, ...visible } = found
  return visible
}

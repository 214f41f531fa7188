/** SHOW and DESCRIBE of what a data source holds: asked of the source, told as of the lake's own catalog. */
import type { QualifiedName } from '../../../sql/ast.ts'
import type { HiveStatement } from '../../../sql/hive/ast.ts'
import { hiveTypeName } from '../../../sql/hive/type.ts'
import type { SourceColumn } from '../../federation/connector.ts'
import type { SourceCatalog } from '../../federation/source-catalogs.ts'
import { type SourceSight, sourceSight } from '../../federation/source-sight.ts'
import { type NameContext, type QueryContext, sourceNamed } from '../context.ts'
import { lines, type StatementOutcome } from '../outcome.ts'
import { askingSource } from '../source-tables.ts'
import { qualifiedName } from '../table-resolver.ts'
import { missingDatabase } from './databases.ts'
import { columnLine, pad } from './describe-table.ts'
import { matchingDatabases, matchingTables } from './name-pattern.ts'
import { catalogNamed } from './statement-target.ts'
import { missingTable } from './table-names.ts'

type Of<Kind extends HiveStatement['kind']> = Extract<HiveStatement, { kind: Kind }>
type Listing = Of<'show-databases'> | Of<'show-tables'> | Of<'show-views'> | Of<'show-columns'> | Of<'describe'>

/** The source that a listing is about: of the catalog that it names, or of the context. */
export function listedSource(statement: Listing, context: NameContext): SourceCatalog | undefined {
  const name = catalogNamed(statement) ?? context.catalog
  return sourceNamed(name, context)
}

export async function sourceListing(
  statement: Listing,
  catalog: SourceCatalog,
  context: QueryContext,
): Promise<StatementOutcome> {
  const { rooms, signal } = context
  switch (statement.kind) {
    case 'show-databases': {
      const names = sightOf(catalog, context).schemas(
        await askingSource(catalog, () => rooms.sources.schemas(catalog.definition(), signal)),
      )
      return lines(['database_name'], matchingDatabases(statement.pattern, folded(names)))
    }
    case 'show-tables':
    case 'show-views': {
      const names = await tablesOf(catalog, schemaNamed(statement.database, context), context)
      // A source does not tell its views from its tables.
      const shown = statement.kind === 'show-views' ? [] : matchingTables(statement.pattern, folded(names))
      return statement.kind === 'show-views' ? lines(['views'], shown, { kind: 'varchar' }) : lines(['tab_name'], shown)
    }
    case 'show-columns':
      return lines(
        ['field'],
        (await columnsOf(statement.table, catalog, context)).map(({ name }) => pad(name.toLowerCase())),
      )
    case 'describe':
      return lines(
        ['col_name', 'data_type', 'comment'],
        (await columnsOf(statement.table, catalog, context)).map(({ name, type, comment }) =>
          columnLine({ Name: name.toLowerCase(), Type: hiveTypeName(type), Comment: comment }),
        ),
      )
  }
}

/** Names that differ by case alone are one here. */
const folded = (names: readonly string[]): string[] => [...new Set(names.map((name) => name.toLowerCase()))].toSorted()

const schemaNamed = (name: QualifiedName | undefined, { database }: QueryContext): string =>
  name?.parts.at(-1)?.name.toLowerCase() ?? database

const sightOf = (catalog: SourceCatalog, { rooms, principal }: QueryContext): SourceSight =>
  sourceSight(rooms.permissions, principal, catalog)

/** The source's own spelling is asked for by it. */
async function tablesOf(catalog: SourceCatalog, schema: string, context: QueryContext): Promise<readonly string[]> {
  const { rooms, signal } = context
  const sight = sightOf(catalog, context)
  const schemas = sight.schemas(await askingSource(catalog, () => rooms.sources.schemas(catalog.definition(), signal)))
  const spelled = schemas.find((name) => name.toLowerCase() === schema)
  if (spelled === undefined) {
    sight.refuseGuess(schema)
    throw missingDatabase(schema)
  }
  return sight.tables(
    schema,
    await askingSource(catalog, () => rooms.sources.tables(catalog.definition(), spelled, signal)),
  )
}

async function columnsOf(
  name: QualifiedName,
  catalog: SourceCatalog,
  context: QueryContext,
): Promise<readonly SourceColumn[]> {
  const { database, table } = qualifiedName(
    name.parts.map((part) => part.name),
    context,
  )
  const { rooms, signal } = context
  const sight = sightOf(catalog, context)
  const found = sight.table(
    await askingSource(catalog, () => rooms.sources.table(catalog.definition(), database, table, signal)),
  )
  if (found) return found.columns
  sight.refuseGuess(table)
  throw missingTable({ database, table })
}

/**
 * Views as Athena keeps them in the catalog: a table of type VIRTUAL_VIEW whose original text is a comment holding
 * base64 of a JSON document with the query, the context it is read in, and its columns in Trino's types.
 */
import { hiveTypeName } from '../../sql/hive/type.ts'
import { SqlError } from '../../sql/position.ts'
import { type Type, typeSignature } from '../../sql/types.ts'
import type { Table, TableDescriptor } from '../catalog/catalog.ts'
import { dottedName } from '../catalog/dotted-name.ts'
import { DEFAULT_CATALOG } from './context.ts'

export interface ViewText {
  readonly originalSql: string
  readonly catalog: string
  readonly schema: string
  readonly columns: readonly { readonly name: string; readonly type: string }[]
}

const PREFIX = '/* Presto View: '
const SUFFIX = ' */'

export const isView = (table: Table): boolean => table.descriptor.TableType === 'VIRTUAL_VIEW'

export function readViewText(table: Table): ViewText {
  const text = table.descriptor.ViewOriginalText ?? ''
  if (text.startsWith(PREFIX) && text.endsWith(SUFFIX)) {
    try {
      const view = JSON.parse(Buffer.from(text.slice(PREFIX.length, -SUFFIX.length), 'base64').toString('utf8'))
      const { originalSql, catalog = DEFAULT_CATALOG, schema = table.database, columns } = view as Partial<ViewText>
      if (typeof originalSql === 'string' && Array.isArray(columns)) return { originalSql, catalog, schema, columns }
    } catch {
      // Falls through: the text is not what Athena writes.
    }
  }
  throw new SqlError('INVALID_VIEW', `Invalid view JSON: ${dottedName(table)}`)
}

export function viewDescriptor(
  name: string,
  view: Omit<ViewText, 'columns'>,
  columns: readonly { name: string; type: Type }[],
): TableDescriptor {
  const document = { ...view, columns: columns.map((c) => ({ name: c.name, type: typeSignature(c.type) })) }
  return {
    Name: name,
    TableType: 'VIRTUAL_VIEW',
    ViewOriginalText: `${PREFIX}${Buffer.from(JSON.stringify(document)).toString('base64')}${SUFFIX}`,
    ViewExpandedText: '/* Presto View */',
    Parameters: { presto_view: 'true', comment: 'Presto View' },
    PartitionKeys: [],
    StorageDescriptor: {
      Columns: columns.map((c) => ({ Name: c.name, Type: hiveTypeName(c.type) })),
      Location: '',
      SerdeInfo: {},
    },
  }
}

/**
 * The statement that makes an Iceberg table again, in the layout that was observed of Athena:
 * https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-show-create-table.html
 */
import { specById, type TableMetadata } from '../../../formats/iceberg/metadata.ts'
import { type BoundField, boundFields } from '../../../formats/iceberg/specs.ts'
import { backquoted, needsBackquotes } from '../../../sql/hive/cursor.ts'
import { SqlError } from '../../../sql/position.ts'
import type { ColumnDescriptor, Table } from '../../catalog/catalog.ts'
import { dottedName } from '../../catalog/dotted-name.ts'
import type { QueryContext } from '../context.ts'
import { catalogColumns } from '../iceberg/iceberg-columns.ts'
import { readMetadata } from '../iceberg/metadata-file.ts'
import { requireWhole } from '../seen-tables.ts'
import { hiveText, propertyLines } from './hive-lines.ts'
import { shownProperties } from './iceberg-properties.ts'

/** Throws where there is no such statement. */
export async function icebergStatement(table: Table, context: QueryContext): Promise<string[]> {
  requireWhole(context, context.scope, table)
  const metadata = await readMetadata(table, context)
  const { comment, ...properties } = metadata.properties ?? {}
  const keys = partitionKeys(metadata)
  return [
    `CREATE TABLE ${dottedName(table)} (`,
    ...catalogColumns(metadata).map((column, i, all) => `  ${columnText(column)}${i < all.length - 1 ? ',' : ')'}`),
    ...(comment === undefined ? [] : [`COMMENT ${hiveText(comment)}`]),
    ...(keys.length > 0 ? [`PARTITIONED BY (${keys.join(', ')})`] : []),
    `LOCATION ${hiveText(metadata.location)}`,
    'TBLPROPERTIES (',
    ...propertyLines([['table_type', 'iceberg'], ...shownProperties(properties)], '', ','),
    ')',
  ]
}

const columnText = ({ Name, Type, Comment }: ColumnDescriptor): string =>
  `${needsBackquotes(Name) ? backquoted(Name) : Name} ${Type}${Comment === undefined ? '' : ` COMMENT ${hiveText(Comment)}`}`

function partitionKeys(metadata: TableMetadata): string[] {
  const fields = boundFields(specById(metadata, metadata['default-spec-id']), metadata.schemas)
  const names = new Map(
    metadata.schemas.flatMap((schema) => schema.fields.map(({ id, name }) => [id, name.toLowerCase()] as const)),
  )
  return fields.filter(({ transform }) => transform.kind !== 'void').map((field) => keyText(field, names))
}

function keyText({ field, transform }: BoundField, names: ReadonlyMap<number, string>): string {
  const name = names.get(field['source-id'])
  if (name === undefined || transform.kind === 'unknown')
    throw new SqlError('NOT_SUPPORTED', `Partitioning by ${field.name} has no words in a statement`)
  const column = backquoted(name)
  switch (transform.kind) {
    case 'identity':
      return column
    case 'bucket':
      return `bucket(${transform.count}, ${column})`
    case 'truncate':
      return `truncate(${transform.width}, ${column})`
    default:
      return `${transform.kind}(${column})`
  }
}

/** Calls of scalar functions: a batch of rows goes to a function, and one value for each row comes back. */

import { writeSchema } from '../../formats/arrow/schema.ts'
import { arrowField, columnTypeOf } from '../../formats/arrow/types.ts'
import { CorruptData } from '../../formats/corrupt-data.ts'
import { framingOf, readBlock, writeBlock } from '../../formats/federation/blocks.ts'
import type { ColumnField, ColumnType, Vector } from '../../formats/vectors.ts'
import type { FunctionClient } from './function-client.ts'
import { isSame } from './source-rows.ts'

export interface FunctionCall {
  readonly method: string
  readonly parameters: readonly ColumnField[]
  readonly result: ColumnType
  readonly columns: readonly Vector[]
  readonly rows: number
  readonly queryId: string
}

/** What a block is known by to those who keep books on memory. */
const ALLOCATOR = 'lentic'

/** Rejects with SourceError, in Athena's words. */
export async function callFunction(client: FunctionClient, call: FunctionCall, signal: AbortSignal): Promise<Vector> {
  const { method, parameters, result, columns, rows, queryId } = call
  // As Athena's messages name it: https://github.com/awslabs/aws-athena-query-federation/issues/523
  const context = `calling UDF method ${method}`
  const version = await client.version(queryId, signal)
  const schema = { fields: parameters.map(({ name, type }) => arrowField(name, type)), metadata: {} }
  const outputSchema = { fields: [arrowField('0', result)], metadata: {} }
  const { message } = await client.ask(
    {
      '@type': 'UserDefinedFunctionRequest',
      inputRecords: writeBlock(schema, columns, rows, version, ALLOCATOR),
      outputSchema: writeSchema(outputSchema, framingOf(version)),
      methodName: method,
      functionType: 'SCALAR',
    },
    ['UserDefinedFunctionResponse'],
    signal,
    context,
  )
  return client.blamed(context, () => {
    const block = readBlock(message.records)
    const [field] = block.schema.fields
    if (!field || block.columns.length !== 1) throw new CorruptData(`${block.columns.length} columns came back`)
    if (block.rows !== rows) throw new CorruptData(`${block.rows} rows came back for ${rows}`)
    const told = columnTypeOf(field)
    if (!isSame(told, transmitted(result))) throw new CorruptData(`${told.kind} came back, not ${result.kind}`)
    return block.columns[0]!
  })
}

/** Lengths are not told. */
function transmitted(type: ColumnType): ColumnType {
  switch (type.kind) {
    case 'varchar':
      return { kind: 'string' }
    case 'list':
      return { kind: 'list', element: transmitted(type.element) }
    case 'struct':
      return { kind: 'struct', fields: type.fields.map((field) => ({ ...field, type: transmitted(field.type) })) }
    default:
      return type
  }
}

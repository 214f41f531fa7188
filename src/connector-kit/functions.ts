/** An author's functions, called for each row of a block. */
import { readSchema } from '../formats/arrow/schema.ts'
import { columnTypeOf } from '../formats/arrow/types.ts'
import { readBlock, writeBlock } from '../formats/federation/blocks.ts'
import type { RequestOf, ResponseOf } from '../formats/federation/messages.ts'
import { DefinitionError, type SourceDefinition } from './definition.ts'
import { ALLOCATOR } from './metadata.ts'
import { plainValues } from './plain-values.ts'
import { RowBlock } from './row-block.ts'

export async function callFunction(
  { functions = {} }: SourceDefinition,
  { inputRecords, outputSchema, methodName }: RequestOf<'UserDefinedFunctionRequest'>,
  version: number,
): Promise<ResponseOf<'UserDefinedFunctionResponse'>> {
  const call = Object.hasOwn(functions, methodName) ? functions[methodName] : undefined
  if (!call) throw new DefinitionError(`Function ${methodName} does not exist`)
  const { schema, columns, rows } = readBlock(inputRecords)
  const values = columns.map((column, i) => plainValues(column, columnTypeOf(schema.fields[i]!)))
  const output = readSchema(outputSchema)
  const [result] = output.fields
  if (!result || output.fields.length !== 1) throw new DefinitionError(`Function ${methodName} has one result`)
  const block = new RowBlock(output.fields)
  for (let row = 0; row < rows; row++) block.add({ [result.name]: await call(...values.map((column) => column[row])) })
  const told = block.take()
  return {
    '@type': 'UserDefinedFunctionResponse',
    records: writeBlock(output, told.columns, told.rows, version, ALLOCATOR),
    methodName,
  }
}

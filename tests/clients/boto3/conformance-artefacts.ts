/** What botocore does by itself, beyond what `tests/conformance/artefacts.ts` knows of all clients. */
import type { Member, Operation } from '../../../src/protocol/schema.ts'

type Fields = Record<string, unknown>

/** Superseded operations at the address of the live ones; only botocore still has them. */
export const isSuperseded = (operation: Operation) => operation.model.name === 's3' && operation.deprecated

/** Changes input and output in place to what botocore leaves as it is; answers what it will return. */
export function adjustForBotocore(operation: Operation, input: Fields, output: Fields): Fields {
  if (operation.model.wire === 'rest-xml') escapeReturns(input)
  if (operation.model.name === 's3') adjustS3(input, output)
  return operation.model.name === 'iam' ? withPolicies(operation, output) : output
}

/** Asked for in listings where the caller does not, so that any key can stand in XML. */
export function dropEncodingType(sent: Fields, received: Fields): void {
  if (!('EncodingType' in sent)) delete received.EncodingType
}

/** botocore writes a carriage return into XML as it is, which XML readers must take for a line feed. */
function escapeReturns(value: unknown): void {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return
  const fields = value as Fields
  for (const [key, item] of Object.entries(fields)) {
    if (typeof item === 'string') fields[key] = item.replaceAll('\r', '')
    else escapeReturns(item)
  }
}

function adjustS3(input: Fields, output: Fields): void {
  // Quoted by the client.
  if ('CopySource' in input) input.CopySource = 'bucket-1/key'
  // Where the client asked for it, it undoes it in the answer.
  delete output.EncodingType
}

/** IAM answers policies as URL-encoded JSON, which botocore decodes: put such a text in, expect its value. */
function withPolicies(operation: Operation, output: Fields): Fields {
  const expected = structuredClone(output)
  for (const member of operation.output?.members ?? []) replacePolicies(member, output, expected, member.name)
  return expected
}

function replacePolicies(member: Member, sent: Fields, expected: Fields, key: string | number): void {
  const [value, copy] = [sent[key], expected[key]] as [Fields, Fields]
  if (value === undefined || value === null) return
  const { shape } = member
  if (shape.name === 'policyDocumentType') {
    sent[key] = encodeURIComponent('{"Version":"2012-10-17"}')
    expected[key] = { Version: '2012-10-17' }
  } else if (shape.type === 'structure') {
    for (const inner of shape.members) replacePolicies(inner, value, copy, inner.name)
  } else if (shape.type === 'list' || shape.type === 'map') {
    const inner = shape.type === 'list' ? shape.element : shape.value
    for (const index of Object.keys(value)) replacePolicies(inner, value, copy, index)
  }
}

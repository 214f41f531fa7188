/** The query protocol: a form in, `Action` names the operation; XML out. */
import type { Model, Operation } from '../schema.ts'
import type { AwsError } from '../service.ts'
import type { Wire, WireRequest, WireResponse } from '../wire.ts'
import { escapeXml } from '../xml.ts'
import { errorFacts, reading } from './error-shapes.ts'
import { formTree, readFormMembers } from './form-values.ts'
import { writeXmlMembers, type XmlStyle } from './xml-values.ts'

export const query: Wire = { readInput, writeOutput, writeError }

const style: XmlStyle = { milliseconds: false }

/** Parameters come in the body, in the address, or both. */
function readInput(operation: Operation, request: WireRequest): unknown {
  const { input } = operation
  if (!input) return {}
  return reading('MalformedInput', () => {
    const form = new URLSearchParams(Buffer.from(request.body as Uint8Array).toString())
    return readFormMembers(input.members, formTree([...request.query, ...form]), 0)
  })
}

function writeOutput(operation: Operation, output: unknown, requestId: string): WireResponse {
  const { name, model } = operation
  const members = operation.output ? writeXmlMembers(operation.output.members, output ?? {}, style) : ''
  const element = operation.outputElement ?? `${name}Result`
  const result = operation.output ? `<${element}>${members}</${element}>` : ''
  const metadata = `<ResponseMetadata><RequestId>${escapeXml(requestId)}</RequestId></ResponseMetadata>`
  return {
    status: 200,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    body: `<${name}Response xmlns="${model.xmlNamespace ?? ''}">${result}${metadata}</${name}Response>`,
  }
}

function writeError(model: Model, _operation: Operation | undefined, error: AwsError, requestId: string): WireResponse {
  const facts = errorFacts(model, error)
  const members = facts.shape ? writeXmlMembers(facts.shape.members.filter(isDetail), error.members, style) : ''
  const code = `<Code>${escapeXml(facts.code)}</Code><Message>${escapeXml(error.message)}</Message>`
  return {
    status: facts.status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId, ...error.headers },
    body: `<ErrorResponse xmlns="${model.xmlNamespace ?? ''}"><Error><Type>${facts.side}</Type>${code}${members}</Error><RequestId>${escapeXml(requestId)}</RequestId></ErrorResponse>`,
  }
}

const isDetail = (member: { readonly name: string }) => member.name.toLowerCase() !== 'message'

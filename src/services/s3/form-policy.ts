/** What a form's signer allows it to say: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html */
import { AwsError } from '../../protocol/service.ts'

type Fields = Readonly<Record<string, string>>

const denied = (why: string) => new AwsError('AccessDenied', `Invalid according to Policy: ${why}`, { status: 403 })

/** Throws where the fields are not what the policy says. Answers how large the file may be. */
export function checkPolicy(
  policy: string,
  fields: Fields,
  now: Date,
): { readonly minBytes: number; readonly maxBytes: number } {
  const { expiration, conditions } = parse(policy)
  if (!(new Date(expiration).getTime() > now.getTime())) throw denied('Policy expired.')
  const covered = new Set<string>()
  let [minBytes, maxBytes] = [0, Number.POSITIVE_INFINITY]
  for (const condition of conditions) {
    const [match, name, value] = normal(condition)
    if (match === 'content-length-range') {
      minBytes = sizeIn(name)
      maxBytes = sizeIn(value)
      continue
    }
    const field = name.replace(/^\$/, '').toLowerCase()
    covered.add(field)
    const said = Object.hasOwn(fields, field) ? fields[field]! : ''
    const holds = match === 'eq' ? said === value : match === 'starts-with' && said.startsWith(value)
    if (!holds) throw denied(`Policy Condition failed: ${JSON.stringify([match, name, value])}`)
  }
  const extra = Object.keys(fields).filter((field) => !covered.has(field) && !isFree(field))
  if (extra.length > 0) throw denied(`Extra input fields: ${extra.join(', ')}`)
  return { minBytes, maxBytes }
}

/** "Each form field that you specify in a form (except x-amz-signature, file, policy, and field names that have an x-ignore- prefix)". */
const isFree = (field: string): boolean =>
  ['x-amz-signature', 'signature', 'awsaccesskeyid', 'file', 'policy', 'bucket'].includes(field) ||
  field.startsWith('x-ignore-')

/** An object of one name is a match of the whole value. */
function normal(condition: unknown): [match: string, name: string, value: string] {
  if (Array.isArray(condition) && condition.length === 3) {
    return [String(condition[0]).toLowerCase(), String(condition[1]), String(condition[2])]
  }
  if (typeof condition === 'object' && condition !== null && !Array.isArray(condition)) {
    const [entry, ...others] = Object.entries(condition)
    if (entry && others.length === 0) return ['eq', `$${entry[0]}`, String(entry[1])]
  }
  throw invalidPolicy('Invalid Condition')
}

function sizeIn(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw invalidPolicy('Invalid content-length-range')
  return Number(text)
}

const invalidPolicy = (why: string) => new AwsError('InvalidPolicyDocument', `Invalid Policy: ${why}.`)

function parse(policy: string): { readonly expiration: string; readonly conditions: readonly unknown[] } {
  let parsed: unknown
  try {
    parsed = JSON.parse(Buffer.from(policy, 'base64').toString())
  } catch {
    throw invalidPolicy('Invalid JSON')
  }
  const { expiration, conditions } = (parsed ?? {}) as { expiration?: unknown; conditions?: unknown }
  if (typeof expiration !== 'string') throw invalidPolicy('Policy missing expiration')
  if (!Array.isArray(conditions)) throw invalidPolicy('Policy missing conditions')
  return { expiration, conditions }
}

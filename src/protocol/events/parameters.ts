/**
 * What was asked and answered, as a record tells it: members by their names with a small first letter, without bytes and
 * without anything secret.
 */
import type { Member, Shape, StructureShape } from '../schema.ts'

/** "This field has a maximum size of 100 KB. When the field size exceeds 100 KB, the content is omitted." */
const MOST_CHARACTERS = 100 * 1024

/** What CloudTrail writes where something is kept back. */
const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS'
/** docs: athena ug, monitor-with-cloudtrail: a query's text may say what only its tables' readers may know. */
const OMITTED = '***OMITTED***'

const SECRET_NAME =
  /password|secret(?:string|binary|accesskey|key)|plaintext|privatekey|^(?:session|auth|bearer)?token$|credential/i
/** Names the models use for tokens that page or make calls repeatable. */
const HARMLESS_NAME = /^(?:next|client|continuation|clientRequest|idempotency)Token$/i

/** Members told otherwise than as they are, by service. `undefined` leaves them out. */
const TOLD: Readonly<Record<string, Readonly<Record<string, string | undefined>>>> = {
  athena: { QueryString: OMITTED, QueryStatement: OMITTED, CodeBlock: OMITTED, ExecutionParameters: OMITTED },
  // "The full responseElements except secretAccessKey" (docs: IAM UserGuide, cloudtrail-integration).
  iam: { SecretAccessKey: undefined },
  sts: { SecretAccessKey: undefined, WebIdentityToken: undefined },
  secretsmanager: { SecretString: undefined, SecretBinary: undefined },
  kms: { Plaintext: undefined, CiphertextBlob: undefined, Message: undefined, PrivateKeyPlaintext: undefined },
}

type Told = Record<string, unknown>

/** Undefined where there is more of it than a record tells. */
export function described(service: string, shape: StructureShape | undefined, value: unknown): Told | null | undefined {
  if (!shape || value === undefined || value === null) return null
  const room = { characters: MOST_CHARACTERS }
  const told = structure({ service, room }, shape, value as Told)
  if (room.characters < 0) return undefined
  return Object.keys(told).length === 0 ? null : told
}

interface Telling {
  readonly service: string
  readonly room: { characters: number }
}

interface Naming {
  readonly member: Member
  readonly name: string
  readonly secret: boolean
}

/** Made when a shape is first told of. */
const namings = new WeakMap<StructureShape, readonly Naming[]>()

function namingOf(shape: StructureShape): readonly Naming[] {
  const known = namings.get(shape)
  if (known) return known
  const made = shape.members.map((member) => ({
    member,
    name: member.name.charAt(0).toLowerCase() + member.name.slice(1),
    secret: isSensitive(member.shape) || (isSecret(member.name) && member.shape.type === 'string'),
  }))
  namings.set(shape, made)
  return made
}

const isSensitive = (shape: Shape): boolean => 'sensitive' in shape && shape.sensitive === true

const isSecret = (name: string): boolean => SECRET_NAME.test(name) && !HARMLESS_NAME.test(name)

function structure(telling: Telling, shape: StructureShape, value: Told): Told {
  const told: Told = {}
  const otherwise = TOLD[telling.service]
  for (const { member, name, secret } of namingOf(shape)) {
    const part = value[member.name]
    if (part === undefined || part === null) continue
    if (otherwise && Object.hasOwn(otherwise, member.name)) {
      const text = otherwise[member.name]
      if (text !== undefined) told[name] = text
      continue
    }
    const plain = secret && member.shape.type !== 'blob' ? HIDDEN : tell(telling, member.shape, part)
    if (plain !== undefined) told[name] = plain
    if (telling.room.characters < 0) break
  }
  return told
}

function tell(telling: Telling, shape: Shape, value: unknown): unknown {
  const { room } = telling
  room.characters -= 8
  if (room.characters < 0) return undefined
  if (isSensitive(shape)) return HIDDEN
  switch (shape.type) {
    case 'structure':
      return structure(telling, shape, value as Told)
    case 'list':
      return (value as unknown[]).map((item) => tell(telling, shape.element.shape, item))
    case 'map':
      return map(telling, shape.value.shape, value as Told)
    case 'string':
      room.characters -= String(value).length
      return value
    case 'timestamp':
      return value instanceof Date ? javaTime(value) : value
    case 'blob':
      return undefined
    default:
      return typeof value === 'bigint' ? Number(value) : value
  }
}

/** A secret in what a text is made of: a member of a JSON object, a parameter of an address, or what stands before its host. */
const SECRET_MEMBER = /("(?:[^"\\]|\\.){0,100}"\s{0,10}:\s{0,10})(?:"(?:[^"\\]|\\.)*"|[^\s",{}[\]]+)/g
const SECRET_PARAMETER = /([?&;]([^?&;=\s]{1,100})=)[^?&;\s]*/g
const SECRET_BEFORE_HOST = /(:\/\/[^/?#:@\s"]{0,200}:)[^/?#@\s"]{1,500}@/g

function withoutSecrets(text: string): string {
  if (!SECRET_NAME.test(text) && !text.includes('@')) return text
  return text
    .replace(SECRET_MEMBER, (all: string, name: string) =>
      isSecret(name.slice(1, name.lastIndexOf('"'))) ? `${name}"${HIDDEN}"` : all,
    )
    .replace(SECRET_PARAMETER, (all: string, start: string, name: string) => (isSecret(name) ? start + HIDDEN : all))
    .replace(SECRET_BEFORE_HOST, `$1${HIDDEN}@`)
}

/** Its keys are the caller's words. */
function map(telling: Telling, shape: Shape, value: Told): Told {
  const told: Told = {}
  for (const [key, item] of Object.entries(value)) {
    telling.room.characters -= key.length
    const plain = isSecret(key) ? HIDDEN : tell(telling, shape, item)
    told[key] = typeof plain === 'string' ? withoutSecrets(plain) : plain
    if (telling.room.characters < 0) break
  }
  return told
}

/** `Mar 24, 2014 9:11:59 PM`, as in the records that the user guides of services show. */
function javaTime(date: Date): string {
  if (Number.isNaN(date.getTime())) return ''
  const [, day, month, year, time] = date.toUTCString().split(/,? /)
  const hour = date.getUTCHours()
  return `${month} ${Number(day)}, ${year} ${hour % 12 || 12}${time!.slice(2)} ${hour < 12 ? 'AM' : 'PM'}`
}

/** Checks an input against the constraints of the model, and says what is wrong in AWS's words. */
import type { ListShape, MapShape, Member, Operation, Shape, StringShape, StructureShape } from './schema.ts'
import { AwsError } from './service.ts'
import { validationCode } from './validation-codes.ts'
import { s3Violation } from './validation-s3.ts'

/** One broken constraint. `shown` is how the message names the value: `'abc'`, `null`, or nothing where it is secret. */
export interface Violation {
  readonly path: string
  readonly shown: string
  readonly constraint: string
  readonly kind: 'null' | 'enum' | 'other'
  /** The top-level member it is in or below. */
  readonly member: Member
}

/** Enough for a message; a hostile input does not get one of its own size. */
const maximumViolations = 100
const maximumShown = 1000

/** Throws AwsError with AWS's wording and the service's own code if the input breaks the model's constraints. */
export function validateInput(operation: Operation, input: unknown): void {
  if (!operation.input) return
  const violations: Violation[] = []
  for (const member of operation.input.members) {
    checkMember(member, (input as Fields)[member.name], '', new Report(member, violations))
  }
  if (violations.length === 0) return
  if (operation.model.name === 's3') throw s3Violation(violations[0]!)
  const { code, members, hidesValues = false } = validationCode(operation.model.name)
  throw new AwsError(code, messageOf(violations, hidesValues), { members })
}

type Fields = Readonly<Record<string, unknown>>

class Report {
  readonly #member: Member
  readonly #violations: Violation[]

  constructor(member: Member, violations: Violation[]) {
    this.#member = member
    this.#violations = violations
  }

  add(path: string, shape: Shape, value: unknown, constraint: string, kind: Violation['kind'] = 'other'): void {
    if (this.#violations.length >= maximumViolations) return
    const shown = value === null ? 'null ' : holdsSecrets(shape) ? '' : `'${display(value)}' `
    this.#violations.push({ path, shown, constraint, kind, member: this.#member })
  }
}

/** Be it in a part that the message would show with the rest. */
function holdsSecrets(shape: Shape, seen: Set<Shape> = new Set()): boolean {
  if (shape.sensitive || seen.has(shape)) return shape.sensitive
  seen.add(shape)
  if (shape.type === 'structure') return shape.members.some((member) => holdsSecrets(member.shape, seen))
  if (shape.type === 'list') return holdsSecrets(shape.element.shape, seen)
  return shape.type === 'map' && holdsSecrets(shape.value.shape, seen)
}

function messageOf(violations: readonly Violation[], hidesValues: boolean): string {
  const count = `${violations.length} validation error${violations.length > 1 ? 's' : ''} detected`
  const texts = violations.map(
    ({ path, shown, kind, constraint }) =>
      `Value ${hidesValues && kind !== 'null' ? '' : shown}at '${path}' failed to satisfy constraint: ${constraint}`,
  )
  return `${count}: ${texts.join('; ')}`
}

function checkMember(member: Member, value: unknown, path: string, report: Report): void {
  const own = path ? `${path}.${camel(member.name)}` : camel(member.name)
  if (value !== undefined && value !== null) check(member.shape, value, own, report)
  // A client that leaves an idempotency token out is told so by the service, in its own words.
  else if (member.required && !member.idempotencyToken) {
    report.add(own, member.shape, null, 'Member must not be null', 'null')
  }
}

function check(shape: Shape, value: unknown, path: string, report: Report): void {
  if (shape.type === 'structure') checkStructure(shape, value as Fields, path, report)
  else if (shape.type === 'list') checkList(shape, value as readonly unknown[], path, report)
  else if (shape.type === 'map') checkMap(shape, value as Fields, path, report)
  else for (const { constraint, kind } of broken(shape, value)) report.add(path, shape, value, constraint, kind)
}

function checkStructure(shape: StructureShape, value: Fields, path: string, report: Report): void {
  for (const member of shape.members) checkMember(member, value[member.name], path, report)
  if (!shape.union) return
  const set = shape.members.filter((member) => value[member.name] !== undefined).length
  if (set !== 1) report.add(path, shape, value, `Member must have exactly one of its members set, ${set} are`)
}

function checkList(shape: ListShape, items: readonly unknown[], path: string, report: Report): void {
  for (const constraint of lengthConstraints(shape, items.length)) report.add(path, shape, items, constraint)
  const { shape: element } = shape.element
  if (isScalar(element)) {
    const wrong = items.some((item) => item === null || broken(element, item).length > 0)
    if (wrong) report.add(path, shape, items, `Member must satisfy constraint: [${allConstraints(element)}]`)
    return
  }
  for (const [index, item] of items.entries()) {
    const own = `${path}.${index + 1}.member`
    if (item === null) report.add(own, element, null, 'Member must not be null', 'null')
    else check(element, item, own, report)
  }
}

function checkMap(shape: MapShape, value: Fields, path: string, report: Report): void {
  const keys = Object.keys(value)
  for (const constraint of lengthConstraints(shape, keys.length)) report.add(path, shape, value, constraint)
  const [key, item] = [shape.key.shape, shape.value.shape]
  if (keys.some((name) => broken(key, name).length > 0)) {
    report.add(path, shape, value, `Map keys must satisfy constraint: [${allConstraints(key as StringShape)}]`)
  }
  if (!isScalar(item)) {
    for (const name of keys) check(item, value[name], `${path}.${name}.member`, report)
  } else if (keys.some((name) => broken(item, value[name]).length > 0)) {
    report.add(path, shape, value, `Map value must satisfy constraint: [${allConstraints(item)}]`)
  }
}

interface Broken {
  readonly constraint: string
  readonly kind: Violation['kind']
}

const nothing: readonly Broken[] = []

/** What a scalar breaks. Nearly always nothing, so that costs no allocation. */
function broken(shape: Shape, value: unknown): readonly Broken[] {
  switch (shape.type) {
    case 'string':
      return brokenText(shape, value as string)
    case 'integer':
    case 'long':
    case 'double': {
      const number = value as number
      if (shape.min !== undefined && number < shape.min) return [other(atLeast('value', shape.min))]
      if (shape.max !== undefined && number > shape.max) return [other(atMost('value', shape.max))]
      return nothing
    }
    case 'blob':
      return value instanceof Uint8Array ? lengthConstraints(shape, value.length).map(other) : nothing
    default:
      return nothing
  }
}

function brokenText(shape: StringShape, value: string): readonly Broken[] {
  if (shape.values && !shape.values.has(value)) return [{ constraint: enumConstraint(shape), kind: 'enum' }]
  const lengths = lengthConstraints(shape, value.length)
  // What is too long is never matched: a pattern's cost grows with the text.
  const tooLong = shape.max !== undefined && value.length > shape.max
  const matches = tooLong || isMatch(shape, value)
  if (matches) return lengths.length === 0 ? nothing : lengths.map(other)
  return [...lengths, patternConstraint(shape)].map(other)
}

const other = (constraint: string): Broken => ({ constraint, kind: 'other' })

function lengthConstraints(shape: { readonly min?: number; readonly max?: number }, length: number): readonly string[] {
  if (shape.min !== undefined && length < shape.min) return [atLeast('length', shape.min)]
  if (shape.max !== undefined && length > shape.max) return [atMost('length', shape.max)]
  return none
}

const none: readonly string[] = []

/** Of elements, keys and values AWS lists every constraint there is, not the broken ones. */
function allConstraints(shape: ScalarShape): string {
  const noun = shape.type === 'string' || shape.type === 'blob' ? 'length' : 'value'
  const constraints: string[] = []
  if (shape.max !== undefined) constraints.push(atMost(noun, shape.max))
  if (shape.min !== undefined) constraints.push(atLeast(noun, shape.min))
  if (shape.type === 'string' && shape.pattern !== undefined) constraints.push(patternConstraint(shape))
  if (shape.type === 'string' && shape.values) constraints.push(enumConstraint(shape))
  return [...constraints, 'Member must not be null'].join(', ')
}

const atLeast = (noun: string, limit: number) => `Member must have ${noun} greater than or equal to ${limit}`
const atMost = (noun: string, limit: number) => `Member must have ${noun} less than or equal to ${limit}`
const enumConstraint = (shape: StringShape) =>
  `Member must satisfy enum value set: [${[...(shape.values ?? [])].join(', ')}]`
const patternConstraint = (shape: StringShape) => `Member must satisfy regular expression pattern: ${shape.pattern}`

type ScalarShape = Exclude<Shape, StructureShape | ListShape | MapShape>

const isScalar = (shape: Shape): shape is ScalarShape =>
  shape.type !== 'structure' && shape.type !== 'list' && shape.type !== 'map'

/** Whether the text is one of the shape's pattern; lengths are another matter. */
export const isMatch = (shape: StringShape, text: string) => shape.pattern === undefined || patternOf(shape).test(text)

const patterns = new WeakMap<StringShape, RegExp>()

/** Java's dialect: the whole text must match; flags may come first; most need Unicode, a few escape what Unicode forbids. */
function patternOf(shape: StringShape): RegExp {
  const known = patterns.get(shape)
  if (known) return known
  const [prefix = '', flags = ''] = /^\(\?([is]+)\)/.exec(shape.pattern ?? '') ?? []
  const source = (shape.pattern ?? '')
    .slice(prefix.length)
    .replace(/\\[AzZ]/g, '')
    .replace(/\\p\{(XDigit|Print)\}/g, (_, name: keyof typeof javaClasses) => javaClasses[name])
  const whole = `^(?:${source})$`
  const pattern = compile(whole, `u${flags}`) ?? compile(whole, flags) ?? anything
  patterns.set(shape, pattern)
  return pattern
}

const anything = /^/

/** The classes of POSIX that Java spells as properties and the models use. */
const javaClasses = { XDigit: '[0-9A-Fa-f]', Print: '[ -~]' }

function compile(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags)
  } catch {
    return undefined
  }
}

/** The name of a Java bean's property: only the first letter is lowered, `KMSKey` becomes `kMSKey`. */
const camel = (name: string) => name.charAt(0).toLowerCase() + name.slice(1)

/** As Java prints lists and maps. */
function display(value: unknown): string {
  const text = displayWhole(value, 0)
  return text.length > maximumShown ? `${text.slice(0, maximumShown)}...` : text
}

function displayWhole(value: unknown, depth: number): string {
  if (typeof value !== 'object' || value === null) return String(value)
  if (value instanceof Date) return value.toUTCString()
  if (value instanceof Uint8Array) return `java.nio.HeapByteBuffer[pos=0 lim=${value.length} cap=${value.length}]`
  if (depth > 4) return '...'
  if (Array.isArray(value))
    return `[${value
      .slice(0, 100)
      .map((item) => displayWhole(item, depth + 1))
      .join(', ')}]`
  const entries = Object.entries(value).slice(0, 100)
  return `{${entries.map(([key, item]) => `${key}=${displayWhole(item, depth + 1)}`).join(', ')}}`
}

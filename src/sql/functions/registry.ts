/**
 * Every function there is: the allow-list of the language. A name that is not here does not exist, whatever an engine
 * may know. Overloads are chosen as Trino chooses them.
 */
import { MAX_CHAR_LENGTH } from '../coercion.ts'
import type { ResolvedFunction } from '../plan.ts'
import { SqlError } from '../position.ts'
import { sameType, type Type, typeName } from '../types.ts'
import { aggregateFunctions } from './aggregate.ts'
import { binaryFunctions } from './binary.ts'
import { type Argument, type Binding, bindSignature } from './binding.ts'
import { collectionFunctions } from './collection.ts'
import { conditionalFunctions } from './conditional.ts'
import { dateTimeFunctions } from './date-time.ts'
import type { FunctionDefinition } from './definition.ts'
import { geospatialFunctions } from './geospatial.ts'
import { jsonFunctions } from './json.ts'
import { mathFunctions } from './math.ts'
import { operators } from './operators.ts'
import { parseSignature, type Signature } from './signature.ts'
import { stringFunctions } from './string.ts'
import { windowFunctions } from './window.ts'

export const functions: readonly FunctionDefinition[] = [
  ...operators,
  ...mathFunctions,
  ...stringFunctions,
  ...binaryFunctions,
  ...dateTimeFunctions,
  ...collectionFunctions,
  ...jsonFunctions,
  ...conditionalFunctions,
  ...aggregateFunctions,
  ...windowFunctions,
  ...geospatialFunctions,
]

const byName = new Map<string, FunctionDefinition>(
  functions.flatMap((f) => [f.name, ...(f.aliases ?? [])].map((name) => [name, f] as const)),
)
const parsed = new Map<string, readonly Signature[]>()

/** By canonical name or alias, in lower case. */
export function findFunction(name: string): FunctionDefinition | undefined {
  return byName.get(name)
}

function signaturesOf(definition: FunctionDefinition): readonly Signature[] {
  let signatures = parsed.get(definition.name)
  if (!signatures) {
    signatures = definition.signatures.map(parseSignature)
    parsed.set(definition.name, signatures)
  }
  return signatures
}

/** A long statement asks the same thousands of times. */
const chosen = new Map<string, ResolvedFunction | undefined>()
const REMEMBERED_CHOICES = 2000

/** The overload that the arguments choose; undefined when none fits. Throws SqlError when several fit equally. */
export function chooseOverload(
  definition: FunctionDefinition,
  args: readonly Argument[],
): ResolvedFunction | undefined {
  const question = args.every(isSimple) ? JSON.stringify([definition.name, args]) : undefined
  if (question === undefined) return choose(definition, args)
  if (chosen.has(question)) return chosen.get(question)
  const answer = choose(definition, args)
  if (chosen.size >= REMEMBERED_CHOICES) chosen.clear()
  chosen.set(question, answer)
  return answer
}

/** Nothing else is asked than its type, which is short to write. */
const isSimple = (arg: Argument): boolean => arg.kind === 'value' && !COMPOSED.has(arg.type.kind)
const COMPOSED: ReadonlySet<Type['kind']> = new Set<Type['kind']>(['array', 'map', 'row', 'function', 'qdigest'])

function choose(definition: FunctionDefinition, args: readonly Argument[]): ResolvedFunction | undefined {
  const signatures = signaturesOf(definition)
  for (const generic of [false, true]) {
    const exact = candidates(
      signatures.filter((s) => s.generic === generic),
      args,
      false,
    )
    if (exact[0]) return resolved(definition, exact[0].binding)
  }
  const coerced = unambiguous(candidates(signatures, args, true), args)
  const [first] = coerced
  if (!first) return undefined
  if (coerced.length > 1)
    throw new SqlError(
      'AMBIGUOUS_FUNCTION_CALL',
      'Could not choose a best candidate operator. Explicit type casts must be added.',
    )
  return resolved(definition, first.binding)
}

/** One candidate where Trino can decide: a NULL takes any type, so that the other arguments have the say. */
function unambiguous(all: readonly Candidate[], args: readonly Argument[]): readonly Candidate[] {
  const specific = mostSpecific(all, args)
  if (specific.length < 2 || !args.some(isNull) || args.some((arg) => arg.kind === 'lambda')) return specific
  const exact = all.filter(({ binding }) =>
    args.every((arg, i) => isNull(arg) || (arg.kind === 'value' && sameType(arg.type, binding.parameters[i]!))),
  )
  const remaining = exact.length > 0 ? exact : specific
  const [first] = remaining
  const oneResult = remaining.every((c) => sameType(c.binding.result, first!.binding.result))
  return oneResult ? remaining.slice(0, 1) : remaining
}
const isNull = (arg: Argument): boolean => arg.kind === 'value' && arg.type.kind === 'unknown'

interface Candidate {
  readonly signature: Signature
  readonly binding: Binding
}

function candidates(signatures: readonly Signature[], args: readonly Argument[], coerce: boolean): Candidate[] {
  return signatures.flatMap((signature) => {
    const binding = bindSignature(signature, args, coerce)
    return binding ? [{ signature, binding }] : []
  })
}

/** Drops candidates whose parameters another candidate could also take: that other one is too general. */
function mostSpecific(all: readonly Candidate[], args: readonly Argument[]): readonly Candidate[] {
  if (all.length < 2) return all
  const specific = all.filter((one) =>
    all.every((other) => other === one || accepts(other, one, args) || !accepts(one, other, args)),
  )
  const strict = specific.filter((one) => all.every((other) => other === one || accepts(other, one, args)))
  return strict.length > 0 ? strict : specific
}

function accepts(general: Candidate, specific: Candidate, args: readonly Argument[]): boolean {
  const types = specific.binding.parameters.map((type, i): Argument => {
    const arg = args[i]!
    return arg.kind === 'lambda' ? arg : { kind: 'value', type }
  })
  return bindSignature(general.signature, types, true) !== undefined
}

function resolved(definition: FunctionDefinition, binding: Binding): ResolvedFunction {
  const { result } = binding
  if (result.kind === 'decimal' && result.scale > result.precision)
    throw new SqlError(
      'INVALID_FUNCTION_ARGUMENT',
      `DECIMAL scale must be in range [0, precision (${result.precision})]: ${result.scale}`,
    )
  if (result.kind === 'char' && result.length > MAX_CHAR_LENGTH)
    throw new SqlError('TYPE_NOT_FOUND', `Unknown type: ${typeName(result)}`)
  return { name: definition.name, parameters: binding.parameters, result: binding.result }
}

/** Trino's words for arguments that no overload takes. `name` as the user called it. */
export function unexpectedParameters(definition: FunctionDefinition, name: string, args: readonly Argument[]): string {
  const given = args.map((arg) => (arg.kind === 'value' ? signatureName(arg.type) : '<function>')).join(', ')
  const expected = signaturesOf(definition)
    .map((signature) => `${name}${signature.display}`)
    .join(', ')
  return `Unexpected parameters (${given}) for function ${name}. Expected: ${expected}`
}

/** Of a type, as signatures show it: `map(varchar,integer)`, `row("x" integer,varchar)`. */
export function signatureName(type: Type): string {
  switch (type.kind) {
    case 'array':
      return `array(${signatureName(type.element)})`
    case 'map':
      return `map(${signatureName(type.key)},${signatureName(type.value)})`
    case 'row':
      return `row(${type.fields.map((f) => (f.name ? `"${f.name}" ${signatureName(f.type)}` : signatureName(f.type))).join(',')})`
    default:
      return typeName(type)
  }
}

/** For calls that a part of the program makes on its own account, whose types are known to fit. */
export function functionOf(name: string, parameters: readonly Type[], result: Type): ResolvedFunction {
  return { name, parameters, result }
}

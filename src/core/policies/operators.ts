/**
 * Condition operators: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 * and, for several values, reference_policies_condition-single-vs-multi-valued-context-keys.html.
 */
import { BlockList, isIP } from 'node:net'
import { compileArnPattern, compilePattern, type Pattern, type RequestContext } from './patterns.ts'

type Compile = (value: string, variables: boolean) => Pattern

interface Operator {
  readonly negated: boolean
  readonly compile: Compile
}

const NEVER: Pattern = { matches: () => false }

const compare =
  <T>(read: (text: string) => T | undefined, holds: (told: T, wanted: T) => boolean): Compile =>
  (value) => {
    const wanted = read(value)
    if (wanted === undefined) return NEVER
    return {
      matches(text) {
        const told = read(text)
        return told !== undefined && holds(told, wanted)
      },
    }
  }

const number = (text: string): number | undefined => {
  const value = Number(text)
  return text.trim() === '' || Number.isNaN(value) ? undefined : value
}

/** ISO 8601, or seconds since 1970. */
const moment = (text: string): number | undefined => {
  const time = /^-?\d{5,}(?:\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text)
  return Number.isNaN(time) ? undefined : time
}

const truth = (text: string): boolean | undefined => {
  const word = text.toLowerCase()
  return word === 'true' ? true : word === 'false' ? false : undefined
}

const bytes = (text: string): string | undefined => Buffer.from(text, 'base64').toString('hex')

function network(value: string): Pattern {
  const [address = '', length] = value.split('/')
  const version = isIP(address)
  const bits = length === undefined ? (version === 6 ? 128 : 32) : Number(length)
  if (version === 0 || !Number.isInteger(bits) || bits < 0 || bits > (version === 6 ? 128 : 32)) return NEVER
  const block = new BlockList()
  block.addSubnet(address, bits, version === 6 ? 'ipv6' : 'ipv4')
  return { matches: (text) => isIP(text) !== 0 && block.check(text, isIP(text) === 6 ? 'ipv6' : 'ipv4') }
}

const exact =
  (ignoreCase: boolean): Compile =>
  (value, variables) =>
    compilePattern(value, { variables, wildcards: false, ignoreCase })
const like: Compile = (value, variables) => compilePattern(value, { variables, wildcards: true })
const arn: Compile = (value, variables) => compileArnPattern(value, { variables, wildcards: true })
const equal = <T>(told: T, wanted: T): boolean => told === wanted

const positive: Readonly<Record<string, Compile>> = {
  StringEquals: exact(false),
  StringEqualsIgnoreCase: exact(true),
  StringLike: like,
  NumericEquals: compare(number, equal),
  NumericLessThan: compare(number, (told, wanted) => told < wanted),
  NumericLessThanEquals: compare(number, (told, wanted) => told <= wanted),
  NumericGreaterThan: compare(number, (told, wanted) => told > wanted),
  NumericGreaterThanEquals: compare(number, (told, wanted) => told >= wanted),
  DateEquals: compare(moment, equal),
  DateLessThan: compare(moment, (told, wanted) => told < wanted),
  DateLessThanEquals: compare(moment, (told, wanted) => told <= wanted),
  DateGreaterThan: compare(moment, (told, wanted) => told > wanted),
  DateGreaterThanEquals: compare(moment, (told, wanted) => told >= wanted),
  Bool: compare(truth, equal),
  BinaryEquals: compare(bytes, equal),
  IpAddress: network,
  ArnEquals: arn,
  ArnLike: arn,
}

const negations: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
  NotIpAddress: 'IpAddress',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
}

/** Operators know no case, as elements' names do not. */
const operators: ReadonlyMap<string, Operator> = new Map(
  [
    ...Object.entries(positive).map(([name, compile]) => [name, { negated: false, compile }] as const),
    ...Object.entries(negations).map(([name, of]) => [name, { negated: true, compile: positive[of]! }] as const),
  ].map(([name, operator]) => [name.toLowerCase(), operator]),
)

interface Reading {
  readonly set?: 'forallvalues' | 'foranyvalue'
  readonly ifExists: boolean
  readonly operator?: Operator
}

function readOperator(name: string): Reading | undefined {
  const [, set, base = '', suffix] =
    /^(?:(forallvalues|foranyvalue):)?([a-z]+?)(ifexists)?$/.exec(name.toLowerCase()) ?? []
  const operator = operators.get(base)
  if (!operator && (base !== 'null' || suffix)) return undefined
  return { set: set as Reading['set'], ifExists: suffix !== undefined, operator }
}

export const isOperator = (name: string): boolean => readOperator(name) !== undefined

export type Test = (context: RequestContext) => boolean

/** `name` is one that `isOperator` knows. */
export function compileCondition(name: string, key: string, values: readonly string[], variables: boolean): Test {
  const { set, ifExists, operator } = readOperator(name)!
  const asked = key.toLowerCase()
  if (!operator) return nullTest(asked, values)
  const { negated, compile } = operator
  const patterns = values.map((value) => compile(value, variables))
  return (context) => {
    const told = context.get(asked)
    const found = told === undefined ? [] : typeof told === 'string' ? [told] : told
    if (found.length === 0) return ifExists || set === 'forallvalues' || (negated && set === undefined)
    const matches = (value: string) => patterns.some((pattern) => pattern.matches(value, context))
    if (set === 'forallvalues') return found.every((value) => matches(value) !== negated)
    if (set === 'foranyvalue') return found.some((value) => matches(value) !== negated)
    return negated ? !found.some(matches) : found.some(matches)
  }
}

/** `true`: the key shall not be there. */
function nullTest(key: string, values: readonly string[]): Test {
  const wanted = new Set(values.map((value) => value.toLowerCase()))
  return (context) => {
    const told = context.get(key)
    return wanted.has(String(told === undefined || (typeof told !== 'string' && told.length === 0)))
  }
}

/** Operators and clauses, under names that begin with `$`; what `a + b` can mean. Comparisons are typed by the analyser itself. */
import { INTEGERS } from '../types.ts'
import { type FunctionDefinition, scalar } from './definition.ts'

const FLOATS = ['real', 'double']
const INTERVALS = ['interval day to second', 'interval year to month']
const MOMENTS = ['timestamp(p)', 'timestamp(p) with time zone']
const CLOCKS = ['time(p)', 'time(p) with time zone']

const same = (types: readonly string[]) => types.map((type) => `(${type}, ${type}) -> ${type}`)
const sum = 'decimal(min(38, 1 + max(b, d) + max(a - b, c - d)), max(b, d))'
const withInterval = [
  '(date, interval day to second) -> date',
  '(date, interval year to month) -> date',
  // An interval of days has milliseconds.
  ...[...CLOCKS, ...MOMENTS].map(
    (type) => `(${type}, interval day to second) -> ${type.replace('(p)', '(max(p, 3))')}`,
  ),
  ...MOMENTS.map((type) => `(${type}, interval year to month) -> ${type}`),
]
const swapped = withInterval.map((text) => text.replace(/^\((.*), (interval [^)]*)\)/, '($2, $1)'))

export const operators: readonly FunctionDefinition[] = [
  scalar('$add', 'Addition', [
    ...same([...INTEGERS, ...FLOATS, ...INTERVALS]),
    `(decimal(a,b), decimal(c,d)) -> ${sum}`,
    ...withInterval,
    ...swapped,
  ]),
  scalar('$subtract', 'Subtraction', [
    ...same([...INTEGERS, ...FLOATS, ...INTERVALS]),
    `(decimal(a,b), decimal(c,d)) -> ${sum}`,
    ...withInterval,
    ...[...CLOCKS, ...MOMENTS].map((type) => `(${type}, ${type}) -> interval day to second`),
  ]),
  scalar('$multiply', 'Multiplication', [
    ...same([...INTEGERS, ...FLOATS]),
    '(decimal(a,b), decimal(c,d)) -> decimal(min(38, a + c), b + d)',
    ...INTERVALS.flatMap((type) => ['bigint', 'double'].map((factor) => `(${type}, ${factor}) -> ${type}`)),
    ...INTERVALS.flatMap((type) => ['bigint', 'double'].map((factor) => `(${factor}, ${type}) -> ${type}`)),
  ]),
  scalar('$divide', 'Division; of integers it truncates', [
    ...same([...INTEGERS, ...FLOATS]),
    '(decimal(a,b), decimal(c,d)) -> decimal(min(38, a + d + max(d - b, 0)), max(b, d))',
    ...INTERVALS.map((type) => `(${type}, double) -> ${type}`),
  ]),
  scalar('$modulus', 'Remainder, with the sign of the dividend', [
    ...same([...INTEGERS, ...FLOATS]),
    '(decimal(a,b), decimal(c,d)) -> decimal(min(a - b, c - d) + max(b, d), max(b, d))',
  ]),
  scalar('$negate', 'Negation', [
    ...[...INTEGERS, ...FLOATS, ...INTERVALS].map((type) => `(${type}) -> ${type}`),
    '(decimal(p,s)) -> decimal(p,s)',
  ]),
  scalar('$concat', 'The || operator', [
    '(char(x), char(y)) -> char(x + y)',
    '(varchar, varchar) -> varchar',
    '(varbinary, varbinary) -> varbinary',
    '(array(E), array(E)) -> array(E)',
    '(array(E), E) -> array(E)',
    '(E, array(E)) -> array(E)',
  ]),
  scalar('$subscript', 'Element of an array or map; absent ones are errors', [
    '(array(E), bigint) -> E',
    '(map(K,V), K) -> V',
  ]),
  scalar('$at_timezone', 'AT TIME ZONE with a name or an offset', [
    '(timestamp(p) with time zone, varchar(x)) -> timestamp(p) with time zone',
    '(timestamp(p) with time zone, interval day to second) -> timestamp(p) with time zone',
    '(time(p) with time zone, varchar(x)) -> time(p) with time zone',
    '(time(p) with time zone, interval day to second) -> time(p) with time zone',
  ]),
  scalar('$assign', 'Text stored in a shorter column, which may lose nothing but spaces', [
    '(varchar(x)) -> varchar(x)',
    '(char(x)) -> char(x)',
  ]),
  scalar('$json_input', 'JSON that a constructor or a path function reads from text', ['(varchar) -> json']),
  scalar('$encode', 'JSON text as bytes', ['(varchar, varchar) -> varbinary']),
  scalar('$decode', 'JSON text from bytes', ['(varbinary, varchar) -> varchar']),
]

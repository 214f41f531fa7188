import { INTEGERS } from '../types.ts'
import { type FunctionDefinition, scalar } from './definition.ts'

const NUMBERS = [...INTEGERS, 'real', 'double']
const unary = (types: readonly string[], result?: string) => types.map((type) => `(${type}) -> ${result ?? type}`)
const double = (name: string, description: string, aliases?: readonly string[]) =>
  scalar(name, description, ['(double) -> double'], aliases ? { aliases } : {})

export const mathFunctions: readonly FunctionDefinition[] = [
  scalar('abs', 'Absolute value', [...unary(NUMBERS), '(decimal(p,s)) -> decimal(p,s)']),
  double('acos', 'Arc cosine'),
  double('asin', 'Arc sine'),
  double('atan', 'Arc tangent'),
  scalar('atan2', 'Arc tangent of y / x', ['(double, double) -> double']),
  scalar('beta_cdf', 'Beta cumulative distribution at v', ['(double, double, double) -> double']),
  double('cbrt', 'Cube root'),
  scalar('ceiling', 'Rounds up to an integer', [...unary(NUMBERS), '(decimal(p,s)) -> decimal(p - s + min(s, 1), 0)'], {
    aliases: ['ceil'],
  }),
  double('cos', 'Cosine'),
  double('cosh', 'Hyperbolic cosine'),
  scalar('cosine_similarity', 'Cosine similarity of sparse vectors', [
    '(map(varchar,double), map(varchar,double)) -> double',
  ]),
  double('degrees', 'Radians to degrees'),
  scalar('e', "Euler's number", ['() -> double']),
  double('exp', 'e raised to x'),
  scalar('floor', 'Rounds down to an integer', [...unary(NUMBERS), '(decimal(p,s)) -> decimal(p - s + min(s, 1), 0)']),
  scalar('from_base', 'Number written in a radix', ['(varchar(x), bigint) -> bigint']),
  scalar('infinity', 'Positive infinity', ['() -> double']),
  scalar('inverse_beta_cdf', 'Inverse of the beta distribution', ['(double, double, double) -> double']),
  scalar('inverse_normal_cdf', 'Inverse of the normal distribution', ['(double, double, double) -> double']),
  scalar('is_finite', 'Whether x is finite', ['(double) -> boolean']),
  scalar('is_infinite', 'Whether x is infinite', ['(double) -> boolean']),
  scalar('is_nan', 'Whether x is not a number', ['(double) -> boolean', '(real) -> boolean']),
  double('ln', 'Natural logarithm'),
  scalar('log', 'Logarithm of x to base b: log(b, x)', ['(double, double) -> double']),
  double('log10', 'Logarithm to base 10'),
  double('log2', 'Logarithm to base 2'),
  scalar('mod', 'Remainder', [
    ...NUMBERS.map((type) => `(${type}, ${type}) -> ${type}`),
    '(decimal(a,b), decimal(c,d)) -> decimal(min(a - b, c - d) + max(b, d), max(b, d))',
  ]),
  scalar('nan', 'Not a number', ['() -> double']),
  scalar('normal_cdf', 'Normal cumulative distribution at v', ['(double, double, double) -> double']),
  scalar('pi', 'The constant pi', ['() -> double']),
  scalar('power', 'x raised to p', ['(double, double) -> double'], { aliases: ['pow'] }),
  double('radians', 'Degrees to radians'),
  scalar(
    'random',
    'Pseudo-random value: below 1, below n, or between m and n',
    ['() -> double', ...unary(INTEGERS), ...INTEGERS.map((type) => `(${type}, ${type}) -> ${type}`)],
    { aliases: ['rand'], deterministic: false },
  ),
  scalar('round', 'Rounds half up, to d decimal places', [
    ...unary(NUMBERS),
    ...NUMBERS.map((type) => `(${type}, integer) -> ${type}`),
    '(decimal(p,s)) -> decimal(min(38, p - s + min(1, s)), 0)',
    '(decimal(p,s), integer) -> decimal(min(38, p + min(s, 1)), s)',
  ]),
  scalar('sign', 'Signum', [...unary(NUMBERS), '(decimal(p,s)) -> decimal(1,0)']),
  double('sin', 'Sine'),
  double('sinh', 'Hyperbolic sine'),
  double('sqrt', 'Square root'),
  double('tan', 'Tangent'),
  double('tanh', 'Hyperbolic tangent'),
  scalar('to_base', 'Number written in a radix', ['(bigint, bigint) -> varchar(64)']),
  scalar('truncate', 'Rounds towards zero, at n decimal places', [
    '(real) -> real',
    '(double) -> double',
    '(decimal(p,s)) -> decimal(max(1, p - s), 0)',
    '(decimal(p,s), integer) -> decimal(p,s)',
  ]),
  scalar('width_bucket', 'Bucket number of x', [
    '(double, double, double, bigint) -> bigint',
    '(double, array(double)) -> bigint',
  ]),
  scalar('wilson_interval_lower', 'Lower bound of the Wilson score interval', ['(bigint, bigint, double) -> double']),
  scalar('wilson_interval_upper', 'Upper bound of the Wilson score interval', ['(bigint, bigint, double) -> double']),

  scalar('bit_count', 'Bits set in a number of that many bits', ['(bigint, bigint) -> bigint']),
  scalar('bitwise_and', 'Bitwise AND', ['(bigint, bigint) -> bigint']),
  scalar('bitwise_not', 'Bitwise NOT', ['(bigint) -> bigint']),
  scalar('bitwise_or', 'Bitwise OR', ['(bigint, bigint) -> bigint']),
  scalar('bitwise_xor', 'Bitwise XOR', ['(bigint, bigint) -> bigint']),
  scalar(
    'bitwise_left_shift',
    'Shift to the left',
    INTEGERS.map((type) => `(${type}, integer) -> ${type}`),
  ),
  scalar(
    'bitwise_right_shift',
    'Logical shift to the right',
    INTEGERS.map((type) => `(${type}, integer) -> ${type}`),
  ),
  scalar(
    'bitwise_right_shift_arithmetic',
    'Arithmetic shift to the right',
    INTEGERS.map((type) => `(${type}, integer) -> ${type}`),
  ),
]

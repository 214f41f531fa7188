/** Metric math, as text and as a tree: arithmetic over time series. docs: AmazonCloudWatch monitoring, using-metric-math. */

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'negation'; readonly of: Expression }
  | { readonly kind: 'operation'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Expression[] }
  | { readonly kind: 'array'; readonly items: readonly Expression[] }

export class ExpressionError extends Error {
  override readonly name = 'ExpressionError'
}

const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|([A-Za-z_][A-Za-z0-9_]*)|'([^']*)'|"([^"]*)"|(\|\||&&|[<>=!]=|[-+*/^(),[\]<>]))/y

interface Token {
  readonly kind: 'number' | 'name' | 'text' | 'sign' | 'end'
  readonly text: string
}

/** How gaps are filled, and by what and how arrays are sorted: ids begin with a small letter. */
const KEYWORDS: ReadonlySet<string> = new Set(['REPEAT', 'LINEAR', 'AVG', 'MIN', 'MAX', 'SUM', 'ASC', 'DESC'])

/** The lowest first; `^` binds from the right. */
const LEVELS: readonly (readonly string[])[] = [
  ['OR', '||'],
  ['AND', '&&'],
  ['==', '!=', '<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/'],
]
const DEEPEST = 100

/** The searches of an expression, with what each is given. */
export function searchesIn(expression: Expression): readonly (readonly Expression[])[] {
  switch (expression.kind) {
    case 'negation':
      return searchesIn(expression.of)
    case 'operation':
      return [...searchesIn(expression.left), ...searchesIn(expression.right)]
    case 'array':
      return expression.items.flatMap(searchesIn)
    case 'call':
      return expression.name === 'SEARCH' ? [expression.arguments] : expression.arguments.flatMap(searchesIn)
    default:
      return []
  }
}

/** Throws ExpressionError. */
export function parseMath(text: string): Expression {
  const tokens = tokensOf(text)
  let at = 0
  let depth = 0
  const peek = (): Token => tokens[at]!
  const accept = (sign: string): boolean => {
    if (peek().text.toUpperCase() !== sign || peek().kind === 'text') return false
    at++
    return true
  }
  const expect = (sign: string): void => {
    if (!accept(sign)) throw new ExpressionError(`Expected ${sign} and found ${peek().text || 'the end'}`)
  }
  const level = (index: number): Expression => {
    const operators = LEVELS[index]
    if (!operators) return power()
    let left = level(index + 1)
    for (;;) {
      const operator = operators.find((one) => accept(one))
      if (!operator) return left
      left = { kind: 'operation', operator, left, right: level(index + 1) }
    }
  }
  const power = (): Expression => {
    if (accept('-')) return { kind: 'negation', of: power() }
    const base = primary()
    return accept('^') ? { kind: 'operation', operator: '^', left: base, right: power() } : base
  }
  const list = (end: string): Expression[] => {
    const items: Expression[] = []
    if (accept(end)) return items
    do items.push(whole())
    while (accept(','))
    expect(end)
    return items
  }
  const primary = (): Expression => {
    if (accept('(')) {
      const inner = whole()
      expect(')')
      return inner
    }
    if (accept('[')) return { kind: 'array', items: list(']') }
    const token = tokens[at++]!
    if (token.kind === 'number') return { kind: 'number', value: Number(token.text) }
    if (token.kind === 'text') return { kind: 'text', value: token.text }
    if (token.kind !== 'name') throw new ExpressionError(`Unexpected ${token.text || 'end'}`)
    if (accept('(')) return { kind: 'call', name: token.text.toUpperCase(), arguments: list(')') }
    return KEYWORDS.has(token.text) ? { kind: 'text', value: token.text } : { kind: 'name', name: token.text }
  }
  const whole = (): Expression => {
    if (++depth > DEEPEST) throw new ExpressionError('It is nested too deeply')
    const found = level(0)
    depth--
    return found
  }
  const parsed = whole()
  if (peek().kind !== 'end') throw new ExpressionError(`Unexpected ${peek().text}`)
  return parsed
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  const end = text.trimEnd().length
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < end; ) {
    const from = TOKEN.lastIndex
    const match = TOKEN.exec(text)
    if (!match) throw new ExpressionError(`Unexpected ${text.slice(from).trim()[0]}`)
    const [, number, name, single, double, sign] = match
    if (number !== undefined) tokens.push({ kind: 'number', text: number })
    else if (name !== undefined) tokens.push({ kind: 'name', text: name })
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign })
    else tokens.push({ kind: 'text', text: single ?? double ?? '' })
  }
  tokens.push({ kind: 'end', text: '' })
  return tokens
}

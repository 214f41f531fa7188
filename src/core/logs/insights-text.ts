/** Logs Insights' language, as a tree. docs: AmazonCloudWatch logs, CWL_QuerySyntax. Pure. */

export type Term =
  | { readonly kind: 'value'; readonly value: string | number | boolean }
  | { readonly kind: 'pattern'; readonly source: string; readonly flags: string }
  /** `path`: into what it holds: `users[1].action`. */
  | { readonly kind: 'field'; readonly name: string; readonly path?: readonly (string | number)[] }
  | { readonly kind: 'list'; readonly items: readonly Term[] }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Term[] }
  | { readonly kind: 'operation'; readonly operator: string; readonly left: Term; readonly right: Term }
  | { readonly kind: 'not'; readonly of: Term }

export interface Named {
  readonly name: string
  readonly term: Term
}

export type Command =
  | { readonly kind: 'fields' | 'display'; readonly items: readonly Named[] }
  | { readonly kind: 'filter'; readonly condition: Term }
  | { readonly kind: 'stats'; readonly items: readonly Named[]; readonly by: readonly Named[] }
  | { readonly kind: 'sort'; readonly by: readonly { readonly term: Term; readonly descending: boolean }[] }
  | { readonly kind: 'limit'; readonly count: number }
  | { readonly kind: 'dedup'; readonly by: readonly Named[] }
  | {
      readonly kind: 'parse'
      readonly of: Term
      readonly pattern: string
      readonly isGlob: boolean
      readonly names: readonly string[]
    }

export class InsightsError extends Error {
  override readonly name = 'InsightsError'
  readonly at: number

  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

interface Token {
  readonly kind: 'word' | 'text' | 'number' | 'pattern' | 'sign' | 'end'
  readonly text: string
  readonly at: number
  readonly end: number
  /** A word in backquotes, whose dots are its own. */
  readonly quoted?: boolean
}

/** Apart from what follows it: a text of nothing but comments could be cut into them in more ways than can be tried. */
const BLANK = /(?:\s|#[^\n]*)*/y

const TOKEN =
  /(?:(\d+(?:\.\d+)?(?:[a-z]+)?\b)|([@A-Za-z_][\w.@:]*)|`([^`]+)`|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|\/((?:[^/\\\n]|\\.)+)\/([a-z]*)|(=~|!=|<=|>=|[-+*/%^()=<>,|[\].]))/y

/** `times`: what functions without arguments tell, by their names in small letters, since it is the same in all of a query. Throws InsightsError. */
export function parseInsights(text: string, times: Readonly<Record<string, number>> = {}): readonly Command[] {
  try {
    return commandsOf(text, times)
  } catch (error) {
    throw error instanceof RangeError ? new InsightsError('the query is nested too deeply', 0) : error
  }
}

function commandsOf(text: string, times: Readonly<Record<string, number>>): readonly Command[] {
  const tokens = tokensOf(text)
  let at = 0
  const peek = (): Token => tokens[at]!
  const fail = (token = peek()): never => {
    throw new InsightsError(`unexpected symbol found ${token.text || 'end of query'} at position ${token.at}`, token.at)
  }
  const isWord = (word: string): boolean => peek().kind === 'word' && peek().text.toLowerCase() === word
  const accept = (sign: string): boolean => {
    if (!(peek().kind === 'sign' && peek().text === sign) && !isWord(sign)) return false
    at++
    return true
  }
  const expect = (sign: string): void => {
    if (!accept(sign)) fail()
  }
  const list = <T>(item: () => T): T[] => {
    const items = [item()]
    while (accept(',')) items.push(item())
    return items
  }
  const named = (): Named => {
    const from = peek().at
    const term = either()
    const written = text.slice(from, tokens[at - 1]!.end)
    return { term, name: accept('as') ? tokens[at++]!.text : term.kind === 'field' && !term.path ? term.name : written }
  }
  const binary = (next: () => Term, operators: readonly string[]) => (): Term => {
    let left = next()
    for (;;) {
      const operator = operators.find((one) => accept(one))
      if (!operator) return left
      left = { kind: 'operation', operator, left, right: next() }
    }
  }
  /** With what follows it without a space: `[1]`, `.name`, and a name in backquotes after a dot. */
  const field = (token: Token): Term => {
    const path: (string | number)[] = []
    for (let { end } = token; peek().at === end; { end } = tokens[at - 1]!) {
      const next = peek()
      const afterDot = next.quoted && text[next.at - 1] === '.'
      if (next.kind === 'sign' && next.text === '[') {
        at++
        const index = tokens[at++]!
        if (index.kind !== 'number' || !/^\d+$/.test(index.text)) fail(index)
        path.push(Number(index.text))
        expect(']')
      } else if (next.kind === 'sign' && next.text === '.') {
        at++
        const step = tokens[at++]!
        if (step.kind !== 'word') fail(step)
        path.push(...(step.quoted ? [step.text] : step.text.split('.').filter((part) => part !== '')))
      } else if (next.kind === 'word' && afterDot) {
        at++
        path.push(next.text)
      } else break
    }
    const name = token.quoted ? token.text : token.text.replace(/\.$/, '')
    return path.length === 0 ? { kind: 'field', name: token.text } : { kind: 'field', name, path }
  }
  const primary = (): Term => {
    const token = tokens[at++]!
    switch (token.kind) {
      case 'number':
        return { kind: 'value', value: /^[\d.]+$/.test(token.text) ? Number(token.text) : token.text }
      case 'text':
        return { kind: 'value', value: token.text }
      case 'pattern': {
        const cut = token.text.lastIndexOf('/')
        return { kind: 'pattern', source: token.text.slice(0, cut), flags: token.text.slice(cut + 1) }
      }
      case 'word': {
        if (!accept('('))
          return /^(?:true|false)$/i.test(token.text)
            ? { kind: 'value', value: token.text.toLowerCase() === 'true' }
            : field(token)
        const asked: Term[] = []
        if (accept('*')) {
          expect(')')
        } else if (!accept(')')) {
          asked.push(...list(either))
          expect(')')
        }
        const name = token.text.toLowerCase()
        if (asked.length === 0 && Object.hasOwn(times, name)) return { kind: 'value', value: times[name]! }
        return { kind: 'call', name, arguments: asked }
      }
      case 'sign':
        if (token.text === '(') {
          const inner = either()
          expect(')')
          return inner
        }
        if (token.text === '-')
          return { kind: 'operation', operator: '-', left: { kind: 'value', value: 0 }, right: primary() }
        if (token.text === '[') {
          const items = list(either)
          expect(']')
          return { kind: 'list', items }
        }
    }
    return fail(token)
  }
  const product = binary(binary(primary, ['^']), ['*', '/', '%'])
  const sum = binary(product, ['+', '-'])
  const compared = (): Term => {
    const left = sum()
    const negated = isWord('not') && ++at > 0
    const operator = ['=~', '!=', '<=', '>=', '=', '<', '>', 'like', 'in'].find((one) => accept(one))
    if (!operator) return negated ? fail() : left
    const term: Term = { kind: 'operation', operator, left, right: sum() }
    return negated ? { kind: 'not', of: term } : term
  }
  const negation = (): Term => (accept('not') ? { kind: 'not', of: negation() } : compared())
  const either: () => Term = binary(
    binary(() => negation(), ['and']),
    ['or'],
  )
  const commands: Readonly<Record<string, () => Command>> = {
    fields: () => ({ kind: 'fields', items: list(named) }),
    display: () => ({ kind: 'display', items: list(named) }),
    filter: () => ({ kind: 'filter', condition: either() }),
    stats: () => ({ kind: 'stats', items: list(named), by: accept('by') ? list(named) : [] }),
    dedup: () => ({ kind: 'dedup', by: list(named) }),
    limit: () => ({ kind: 'limit', count: Number(tokens[at++]!.text) || fail(tokens[at - 1]) }),
    sort: () => ({
      kind: 'sort',
      by: list(() => {
        const term = either()
        const descending = accept('desc')
        if (!descending) accept('asc')
        return { term, descending }
      }),
    }),
    parse() {
      const of = primary()
      const pattern = tokens[at++]!
      if (pattern.kind === 'text') {
        expect('as')
        return { kind: 'parse', of, pattern: pattern.text, isGlob: true, names: list(() => tokens[at++]!.text) }
      }
      if (pattern.kind !== 'pattern') return fail(pattern)
      return {
        kind: 'parse',
        of,
        pattern: pattern.text.slice(0, pattern.text.lastIndexOf('/')),
        isGlob: false,
        names: [],
      }
    },
  }
  const found: Command[] = []
  do {
    const word = tokens[at++]!
    const command = word.kind === 'word' ? commands[word.text.toLowerCase()] : undefined
    found.push(command ? command() : fail(word))
  } while (accept('|'))
  if (peek().kind !== 'end') fail()
  return found
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  for (let at = afterBlank(text, 0), end = at; at < text.length; at = afterBlank(text, end)) {
    TOKEN.lastIndex = at
    const match = TOKEN.exec(text)
    if (!match) throw new InsightsError(`unexpected symbol found ${text[at]} at position ${at}`, at)
    const [, number, word, quoted, double, single, pattern, flags, sign] = match
    end = TOKEN.lastIndex
    const said = (double ?? single)?.replace(/\\(.)/g, '$1')
    if (number !== undefined) tokens.push({ kind: 'number', text: number, at, end })
    else if (said !== undefined) tokens.push({ kind: 'text', text: said, at, end })
    else if (pattern !== undefined) tokens.push({ kind: 'pattern', text: `${pattern}/${flags}`, at, end })
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, at, end })
    else tokens.push({ kind: 'word', text: word ?? quoted!, at, end, ...(word === undefined && { quoted: true }) })
  }
  tokens.push({ kind: 'end', text: '', at: text.length, end: text.length })
  return tokens
}

function afterBlank(text: string, at: number): number {
  BLANK.lastIndex = at
  BLANK.test(text)
  return BLANK.lastIndex
}

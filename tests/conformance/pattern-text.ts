/** Random text that matches a pattern: enough of Java's dialect for the service models. */
import type { Random } from './values.ts'

type Node =
  | { readonly kind: 'any'; readonly characters: readonly string[] }
  | { readonly kind: 'sequence'; readonly nodes: readonly Node[] }
  | { readonly kind: 'choice'; readonly nodes: readonly Node[] }
  | { readonly kind: 'repeat'; readonly node: Node; readonly min: number; readonly max: number }

const nothing: Node = { kind: 'sequence', nodes: [] }
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => String.fromCharCode(from + index))
const digits = range(48, 57)
const words = [...range(65, 90), ...range(97, 122), ...digits, '_']
const printable = range(32, 126)
const classes: Readonly<Record<string, readonly string[]>> = {
  d: digits,
  w: words,
  s: [' '],
  S: printable.filter((character) => character !== ' '),
  D: printable.filter((character) => !digits.includes(character)),
  W: printable.filter((character) => !words.includes(character)),
}
const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }

/** Undefined where no text of that length was found. */
export function matchingText(source: string, matches: (text: string) => boolean, random: Random): string | undefined {
  const node = new Parser(source).parse()
  for (let attempt = 0; attempt < 60; attempt += 1) {
    // Short ones first, then longer ones, for patterns that ask for length by repetition.
    const text = sample(node, random, 1 + Math.floor(attempt / 6) * 2)
    if (matches(text)) return text
  }
  return undefined
}

function sample(node: Node, random: Random, extra: number): string {
  switch (node.kind) {
    case 'any':
      return node.characters.length > 0 ? random.pick(node.characters) : ''
    case 'choice':
      return sample(random.pick(node.nodes), random, extra)
    case 'sequence':
      return node.nodes.map((child) => sample(child, random, extra)).join('')
    case 'repeat': {
      const count = node.min + random.below(Math.min(node.max - node.min, extra) + 1)
      return Array.from({ length: count }, () => sample(node.node, random, extra)).join('')
    }
  }
}

class Parser {
  readonly #source: string
  #position = 0

  constructor(source: string) {
    this.#source = source.replace(/^\(\?[a-z]+\)/, '')
  }

  parse(): Node {
    return this.#choice()
  }

  #choice(): Node {
    const nodes = [this.#sequence()]
    while (this.#take('|')) nodes.push(this.#sequence())
    return nodes.length === 1 ? nodes[0]! : { kind: 'choice', nodes }
  }

  #sequence(): Node {
    const nodes: Node[] = []
    while (this.#position < this.#source.length && !'|)'.includes(this.#source[this.#position]!))
      nodes.push(this.#repeat())
    return { kind: 'sequence', nodes }
  }

  #repeat(): Node {
    let node = this.#atom()
    for (;;) {
      const quantifier = this.#quantifier()
      if (!quantifier) return node
      node = { kind: 'repeat', node, min: quantifier[0], max: quantifier[1] }
      if (!this.#take('?')) this.#take('+')
    }
  }

  #quantifier(): [number, number] | undefined {
    if (this.#take('*')) return [0, Number.POSITIVE_INFINITY]
    if (this.#take('+')) return [1, Number.POSITIVE_INFINITY]
    if (this.#take('?')) return [0, 1]
    const match = /^\{(\d+)(,?)(\d*)\}/.exec(this.#source.slice(this.#position, this.#position + 20))
    if (!match) return undefined
    this.#position += match[0].length
    const min = Number(match[1])
    return [min, match[2] === '' ? min : match[3] === '' ? Number.POSITIVE_INFINITY : Number(match[3])]
  }

  #atom(): Node {
    const character = this.#next()
    if (character === '(') return this.#group()
    if (character === '[') return { kind: 'any', characters: this.#class() }
    if (character === '.') return { kind: 'any', characters: printable }
    if (character === '^' || character === '$') return nothing
    return { kind: 'any', characters: character === '\\' ? this.#escape() : [character] }
  }

  #group(): Node {
    const look = /^\?(=|!|<=|<!)/.test(this.#source.slice(this.#position))
    const prefix = /^\?(:|=|!|<=|<!|<\w+>|[a-z]*:?)/.exec(this.#source.slice(this.#position))
    this.#position += prefix?.[0].length ?? 0
    const node = this.#choice()
    this.#take(')')
    return look ? nothing : node
  }

  #class(): readonly string[] {
    const negated = this.#take('^')
    const characters = new Set<string>()
    for (let first = true; first || this.#source[this.#position] !== ']'; first = false) {
      const from = this.#classItem()
      if (from.length === 1 && this.#source[this.#position] === '-' && this.#source[this.#position + 1] !== ']') {
        this.#position += 1
        const to = this.#classItem()[0] ?? from[0]!
        // A handful of a wide range is enough.
        const [low, high] = [from[0]!.charCodeAt(0), Math.min(to.charCodeAt(0), from[0]!.charCodeAt(0) + 200)]
        for (const character of range(low, Math.max(low, high))) characters.add(character)
      } else for (const character of from) characters.add(character)
      if (this.#position >= this.#source.length) break
    }
    this.#position += 1
    const legal = [...characters].filter((character) => !/[\ud800-\udfff]/.test(character))
    return negated ? printable.filter((character) => !characters.has(character)) : legal
  }

  #classItem(): readonly string[] {
    const character = this.#next()
    if (character === '[') return this.#class()
    return character === '\\' ? this.#escape() : [character]
  }

  #escape(): readonly string[] {
    const character = this.#next()
    if (character === 'u' || character === 'x') {
      const size = character === 'u' ? 4 : 2
      const code = Number.parseInt(this.#source.slice(this.#position, this.#position + size), 16)
      this.#position += size
      return [String.fromCharCode(code)]
    }
    if (character === 'p' || character === 'P') {
      const name = /^\{\w+\}|^\w/.exec(this.#source.slice(this.#position))?.[0] ?? ''
      this.#position += name.length
      return property(name)
    }
    if (/[AzZbB]/.test(character)) return []
    return classes[character] ?? [escapes[character] ?? character]
  }

  #next(): string {
    const character = this.#source[this.#position] ?? ''
    this.#position += 1
    return character
  }

  #take(expected: string): boolean {
    if (this.#source[this.#position] !== expected) return false
    this.#position += 1
    return true
  }
}

function property(name: string): readonly string[] {
  if (/N|XDigit/.test(name)) return digits
  if (/Z|Space/.test(name)) return [' ']
  if (/[PS]/.test(name) && !/Space/.test(name)) return ['.', '-']
  return range(97, 122)
}

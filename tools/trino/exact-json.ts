/**
 * JSON without loss: numbers as they are written (a bigint has more digits than a double keeps) and objects as entries in
 * their order (JavaScript moves keys that look like numbers to the front).
 */
export type ExactJson = null | boolean | string | NumberText | readonly ExactJson[] | ExactObject
export class NumberText {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}
export class ExactObject {
  readonly entries: readonly (readonly [string, ExactJson])[]
  constructor(entries: readonly (readonly [string, ExactJson])[]) {
    this.entries = entries
  }
  get(name: string): ExactJson | undefined {
    return this.entries.find(([key]) => key === name)?.[1]
  }
}

const TOKEN = /\s*(?:([{}[\],:])|("(?:[^"\\]|\\.)*")|(-?\d[\d.eE+-]*)|(true|false|null))\s*/y

/** Throws SyntaxError. */
export function parseExactJson(text: string): ExactJson {
  TOKEN.lastIndex = 0
  let ahead = next()
  function next(): RegExpExecArray | undefined {
    return TOKEN.lastIndex >= text.length ? undefined : (TOKEN.exec(text) ?? fail())
  }
  function take(): RegExpExecArray {
    const token = ahead ?? fail()
    ahead = next()
    return token
  }
  const skip = (mark: string): boolean => {
    if (ahead?.[1] !== mark) return false
    take()
    return true
  }
  const expect = (mark: string): void => {
    if (!skip(mark)) fail()
  }
  function fail(): never {
    throw new SyntaxError('not JSON')
  }
  function list(): ExactJson[] {
    const items: ExactJson[] = []
    if (skip(']')) return items
    do items.push(value())
    while (skip(','))
    expect(']')
    return items
  }
  function object(): ExactObject {
    const entries: [string, ExactJson][] = []
    if (skip('}')) return new ExactObject(entries)
    do {
      const key = take()[2] ?? fail()
      expect(':')
      entries.push([JSON.parse(key) as string, value()])
    } while (skip(','))
    expect('}')
    return new ExactObject(entries)
  }
  function value(): ExactJson {
    const [, mark, quoted, number, word] = take()
    if (mark === '[') return list()
    if (mark === '{') return object()
    if (quoted !== undefined) return JSON.parse(quoted) as string
    if (number !== undefined) return new NumberText(number)
    if (word !== undefined) return word === 'null' ? null : word === 'true'
    return fail()
  }
  const result = value()
  return ahead === undefined ? result : fail()
}

/** Types of columns as Athena's DDL spells them. https://docs.aws.amazon.com/athena/latest/ug/data-types.html */
import type { ColumnType } from '../formats/vectors.ts'
import { DefinitionError } from './definition.ts'

const SIMPLE: Readonly<Record<string, ColumnType>> = {
  boolean: { kind: 'boolean' },
  tinyint: { kind: 'tinyint' },
  smallint: { kind: 'smallint' },
  int: { kind: 'int' },
  integer: { kind: 'int' },
  bigint: { kind: 'long' },
  float: { kind: 'float' },
  real: { kind: 'float' },
  double: { kind: 'double' },
  string: { kind: 'string' },
  varchar: { kind: 'string' },
  char: { kind: 'string' },
  binary: { kind: 'binary' },
  varbinary: { kind: 'binary' },
  date: { kind: 'date' },
  timestamp: { kind: 'timestamp' },
  'timestamp with time zone': { kind: 'instant' },
}

/** Throws DefinitionError. */
export function parseColumnType(text: string): ColumnType {
  const parser = new TypeParser(text)
  const type = parser.type()
  parser.end()
  return type
}

class TypeParser {
  readonly #text: string
  readonly #tokens: readonly string[]
  #at = 0

  constructor(text: string) {
    this.#text = text
    this.#tokens = text.match(/[A-Za-z_][\w$]*|\d+|[^\s]/g) ?? []
  }

  type(): ColumnType {
    const word = this.#next().toLowerCase()
    if (word === 'array') return this.#within(() => ({ kind: 'list', element: this.type() }))
    if (word === 'map')
      return this.#within(() => {
        const key = this.type()
        this.#expect(',')
        return { kind: 'map', key, value: this.type() }
      })
    if (word === 'struct') return this.#within(() => ({ kind: 'struct', fields: this.#fields() }))
    if (word === 'decimal') return this.#decimal()
    if (word === 'varchar' || word === 'char') this.#length()
    const zoned =
      this.#tokens
        .slice(this.#at, this.#at + 3)
        .join(' ')
        .toLowerCase() === 'with time zone'
    if (zoned) this.#at += 3
    return SIMPLE[zoned ? `${word} with time zone` : word] ?? this.#wrong()
  }

  end(): void {
    if (this.#at !== this.#tokens.length) this.#wrong()
  }

  #fields() {
    const fields = []
    do {
      const name = this.#next()
      this.#expect(':')
      fields.push({ name, type: this.type() })
    } while (this.#takes(','))
    return fields
  }

  /** Of texts it may be told; no text of Arrow's has one. */
  #length(): void {
    if (!this.#takes('(')) return
    if (!(Number(this.#next()) >= 1)) this.#wrong()
    this.#expect(')')
  }

  /** Hive's default is (10,0). */
  #decimal(): ColumnType {
    let [precision, scale] = [10, 0]
    if (this.#takes('(')) {
      precision = Number(this.#next())
      if (this.#takes(',')) scale = Number(this.#next())
      this.#expect(')')
    }
    if (!(precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision)) this.#wrong()
    return { kind: 'decimal', precision, scale }
  }

  #within(inner: () => ColumnType): ColumnType {
    this.#expect('<')
    const type = inner()
    this.#expect('>')
    return type
  }

  #next(): string {
    return this.#tokens[this.#at++] ?? this.#wrong()
  }

  #takes(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false
    this.#at++
    return true
  }

  #expect(token: string): void {
    if (!this.#takes(token)) this.#wrong()
  }

  #wrong(): never {
    throw new DefinitionError(`'${this.#text}' is no type of a column`)
  }
}

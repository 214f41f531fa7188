/** Rows as text, in the formats that `lentic sql` writes. Each is a header, rows one by one, and an end. */

import { plainText } from './plain-text.ts'

export interface TableWriter {
  header(columns: readonly { readonly name: string; readonly type: string }[]): void
  row(values: readonly (string | null)[]): void
  end(): void
}

type Write = (text: string) => void

/** `places` is how wide a line may be, where that is known. */
export const FORMATS: Readonly<Record<string, (write: Write, places?: number) => TableWriter>> = {
  table,
  csv,
  json,
  markdown,
}

const NUMERIC = new Set(['tinyint', 'smallint', 'integer', 'bigint', 'double', 'float', 'decimal'])
const WIDEST_CELL = 60

/** Widths come from the rows, so the rows are held back, and no more of them than a person reads. */
function table(write: Write, places = Number.POSITIVE_INFINITY): TableWriter {
  const most = 10_000
  let columns: readonly { readonly name: string; readonly type: string }[] = []
  const rows: string[][] = []
  let hidden = 0
  return {
    header: (given) => {
      columns = given
    },
    row(values) {
      if (rows.length < most) rows.push(values.map((value) => oneLine(value ?? '∅')))
      else hidden++
    },
    end() {
      if (columns.length === 0) return
      const names = columns.map((c) => oneLine(c.name))
      const widths = fit(
        names.map((name, i) => rows.reduce((most, row) => Math.max(most, width(row[i] ?? '')), width(name))),
        places,
      )
      const line = (left: string, middle: string, right: string) =>
        write(`${left}${widths.map((w) => '─'.repeat(w + 2)).join(middle)}${right}\n`)
      const cells = (values: readonly string[], pad: (text: string, i: number) => string) =>
        write(`│${values.map((v, i) => ` ${pad(v, i)} `).join('│')}│\n`)
      const padding = (shown: string, i: number) => ' '.repeat(widths[i]! - width(shown))
      const left = (text: string, i: number) => {
        const shown = cut(text, widths[i]!)
        return shown + padding(shown, i)
      }
      const right = (text: string, i: number) => {
        const shown = cut(text, widths[i]!)
        return padding(shown, i) + shown
      }
      line('┌', '┬', '┐')
      cells(names, left)
      line('├', '┼', '┤')
      for (const row of rows)
        cells(
          names.map((_, i) => row[i] ?? ''),
          (text, i) => (NUMERIC.has(columns[i]!.type) ? right(text, i) : left(text, i)),
        )
      line('└', '┴', '┘')
      if (hidden > 0) write(`... and ${hidden} more rows: --format csv writes them all\n`)
    },
  }
}

/** Takes from the widest columns until the table fits; none becomes narrower than this. */
const NARROWEST = 8

function fit(wanted: readonly number[], places: number): number[] {
  const widths = [...wanted]
  for (let excess = 1 + widths.reduce((sum, w) => sum + w + 3, 0) - places; excess > 0; excess--) {
    const widest = Math.max(...widths)
    if (widest <= NARROWEST) break
    widths[widths.indexOf(widest)]!--
  }
  return widths
}

function cut(text: string, places: number): string {
  if (width(text) <= places) return text
  let kept = ''
  for (const character of text) {
    if (width(kept + character) > places - 1) break
    kept += character
  }
  return `${kept}…`
}

function oneLine(text: string): string {
  const flat = plainText(text).replaceAll('\n', '⏎').replaceAll('\t', '⇥')
  return flat.length > WIDEST_CELL ? `${flat.slice(0, WIDEST_CELL - 1)}…` : flat
}

/** Wide East Asian characters take two places. */
function width(text: string): number {
  let places = 0
  for (const character of text)
    places += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(
      character,
    )
      ? 2
      : 1
  return places
}

function csv(write: Write): TableWriter {
  const cell = (value: string | null): string =>
    value === null ? '' : /[",\r\n]|^$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
  const line = (values: readonly (string | null)[]) => write(`${values.map(cell).join(',')}\n`)
  return { header: (columns) => line(columns.map((c) => c.name)), row: line, end: () => undefined }
}

/** An array of objects, a row a line; numbers and booleans as such where JSON can hold them exactly. */
function json(write: Write): TableWriter {
  let columns: readonly { readonly name: string; readonly type: string }[] = []
  let count = 0
  const value = (text: string | null, type: string): unknown => {
    if (text === null) return null
    if (type === 'boolean') return text === 'true'
    if (
      NUMERIC.has(type) &&
      type !== 'decimal' &&
      Number.isFinite(Number(text)) &&
      Math.abs(Number(text)) <= Number.MAX_SAFE_INTEGER
    )
      return Number(text)
    return text
  }
  return {
    header: (given) => {
      columns = given
      write('[')
    },
    row(values) {
      const object = Object.fromEntries(columns.map((c, i) => [c.name, value(values[i] ?? null, c.type)]))
      write(`${count++ === 0 ? '\n' : ',\n'}  ${JSON.stringify(object)}`)
    },
    end: () => write(count === 0 ? ']\n' : '\n]\n'),
  }
}

function markdown(write: Write): TableWriter {
  const cell = (text: string | null): string => (text ?? '').replaceAll('|', '\\|').replaceAll('\n', '<br>')
  const line = (values: readonly string[]) => write(`| ${values.join(' | ')} |\n`)
  return {
    header(columns) {
      line(columns.map((c) => cell(c.name)))
      line(columns.map((c) => (NUMERIC.has(c.type) ? '---:' : '---')))
    },
    row: (values) => line(values.map(cell)),
    end: () => undefined,
  }
}

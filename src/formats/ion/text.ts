/** An Ion value as text, on one line: what a column of text shows of a value that is none. */
import type { IonValue } from './values.ts'

export function ionText(value: IonValue): string {
  const annotations = value.annotations.map((annotation) => `${symbol(annotation)}::`).join('')
  return annotations + plainText(value)
}

function plainText(value: IonValue): string {
  switch (value.type) {
    case 'null':
      return value.of === undefined || value.of === 'null' ? 'null' : `null.${value.of}`
    case 'bool':
    case 'int':
      return String(value.value)
    case 'float':
      return floatText(value.value)
    case 'decimal':
      return decimalText(value.coefficient, value.exponent)
    case 'timestamp':
      return value.text
    case 'string':
      return JSON.stringify(value.value)
    case 'symbol':
      return symbol(value.value)
    case 'blob':
      return `{{${Buffer.from(value.value).toString('base64')}}}`
    case 'clob':
      return `{{"${Array.from(value.value, clobCharacter).join('')}"}}`
    case 'list':
      return `[${value.items.map(ionText).join(',')}]`
    case 'sexp':
      return `(${value.items.map(ionText).join(' ')})`
    case 'struct':
      return `{${value.fields.map(([name, inner]) => `${symbol(name)}:${ionText(inner)}`).join(',')}}`
  }
}

/** With a point where one can stand among the digits. */
function decimalText(coefficient: bigint, exponent: number): string {
  const digits = String(coefficient < 0n ? -coefficient : coefficient)
  const sign = coefficient < 0n ? '-' : ''
  if (exponent === 0) return `${sign}${digits}.`
  if (exponent > 0 || exponent < -digits.length) return `${sign}${digits}d${exponent}`
  const whole = digits.slice(0, digits.length + exponent) || '0'
  return `${sign}${whole}.${digits.slice(digits.length + exponent)}`
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? '+inf' : '-inf'
  const text = Object.is(value, -0) ? '-0' : String(value)
  return text.includes('e') ? text.replace('e+', 'e') : `${text}e0`
}

/** Of ASCII alone, and of what can be printed. */
const clobCharacter = (byte: number): string => {
  if (byte < 0x20 || byte > 0x7e) return `\\x${byte.toString(16).padStart(2, '0')}`
  return byte === 0x22 || byte === 0x5c ? `\\${String.fromCharCode(byte)}` : String.fromCharCode(byte)
}

/** Bare where it reads as nothing else: `$7` is the seventh symbol. */
const symbol = (text: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(text) && !/^(null|true|false|nan|\$\d+)$/.test(text)
    ? text
    : `'${JSON.stringify(text).slice(1, -1).replace(/\\"/g, '"').replace(/'/g, "\\'")}'`

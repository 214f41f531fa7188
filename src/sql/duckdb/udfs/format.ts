/** Java's String.format over values given as text with their kinds. */
import { FunctionFailure } from '../failures.ts'

const wrong = (format: string, detail: string): FunctionFailure =>
  new FunctionFailure('INVALID_FUNCTION_ARGUMENT', `Invalid format string: ${format} (${detail})`)

/** `kinds`: one letter per value: i integer, f double, d decimal, b boolean, t date or time, s text. `values`: JSON list of texts. */
export function formatJava(format: string, kinds: string, values: string): string {
  const args = JSON.parse(values) as (string | null)[]
  let next = 0
  return format.replaceAll(
    /%(?:(\d+)\$)?([-#+ 0,(]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g,
    (_, index, flags: string, width, precision, conversion: string) => {
      if (conversion === 'n') return '\n'
      if (conversion === '%') return justify('%', flags, width)
      const at = index === undefined ? next++ : Number(index) - 1
      const value = args[at]
      if (value === undefined) throw wrong(format, `Format specifier '%${conversion}'`)
      const digits = precision === undefined ? undefined : Number(precision)
      const text =
        value === null
          ? nullText(conversion)
          : convert(format, value, kinds[at] ?? 's', conversion, flags, width, digits)
      const shown = conversion === conversion.toUpperCase() && conversion !== 'n' ? text.toUpperCase() : text
      return justify(shown, flags, width)
    },
  )
}

function nullText(conversion: string): string {
  return conversion === 'b' || conversion === 'B' ? 'false' : 'null'
}

function convert(
  format: string,
  value: string,
  kind: string,
  conversion: string,
  flags: string,
  width: string | undefined,
  digits: number | undefined,
): string {
  switch (conversion.toLowerCase()) {
    case 's': {
      const text = kind === 't' ? javaMoment(value) : value
      return digits === undefined ? text : text.slice(0, digits)
    }
    case 'b':
      return kind === 'b' ? value : 'true'
    case 'd':
      if (kind !== 'i') throw wrong(format, `d != ${javaClass(kind)}`)
      return signed(grouped(value.replace('-', ''), flags), value.startsWith('-'), flags, width)
    case 'x':
    case 'o': {
      if (kind !== 'i') throw wrong(format, `${conversion} != ${javaClass(kind)}`)
      const text = BigInt.asUintN(64, BigInt(value)).toString(conversion.toLowerCase() === 'x' ? 16 : 8)
      return flags.includes('0') && width ? text.padStart(Number(width), '0') : text
    }
    case 'f': {
      if (kind !== 'f' && kind !== 'd') throw wrong(format, `f != ${javaClass(kind)}`)
      if (!/\d/.test(value)) return value === 'nan' ? 'NaN' : value.startsWith('-') ? '-Infinity' : 'Infinity'
      const text = fixed(value.replace('-', ''), digits ?? 6)
      return signed(grouped(text, flags), value.startsWith('-'), flags, width)
    }
    case 'e': {
      if (kind !== 'f' && kind !== 'd') throw wrong(format, `e != ${javaClass(kind)}`)
      const [mantissa, exponent] = Math.abs(Number(value))
        .toExponential(digits ?? 6)
        .split('e') as [string, string]
      return signed(
        `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`,
        value.startsWith('-'),
        flags,
        width,
      )
    }
    case 'c':
      return kind === 'i' ? String.fromCodePoint(Number(value)) : value
    default:
      throw wrong(format, `Conversion = '${conversion}'`)
  }
}

/** As Java's classes of time print themselves: seconds and fractions only where there are any, in groups of three digits. */
function javaMoment(text: string): string {
  return text.replace(/^(.*?\d\d:\d\d)(:\d\d)(?:\.(\d+))?/, (_, minutes: string, second: string, digits = '') => {
    const nanos = String(digits).slice(0, 9).padEnd(9, '0')
    const fraction = nanos.replace(/(000)+$/, '')
    const clock = fraction ? `${second}.${fraction}` : second === ':00' ? '' : second
    return `${minutes.replace(' ', 'T')}${clock}`
  })
}

/** A plain decimal text of `digits` decimals, rounded half up. */
function fixed(value: string, digits: number): string {
  const [mantissa, exponent = '0'] = value.toLowerCase().split('e') as [string, string?]
  const [whole, fraction = ''] = mantissa.split('.') as [string, string?]
  const shift = Number(exponent)
  let all = whole + fraction
  let point = whole.length + shift
  if (point < 1) {
    all = '0'.repeat(1 - point) + all
    point = 1
  }
  all = all.padEnd(point, '0')
  const wanted = point + digits
  let number = BigInt(all.slice(0, wanted).padEnd(wanted, '0'))
  if (all.length > wanted && all[wanted]! >= '5') number += 1n
  const text = number.toString().padStart(digits + 1, '0')
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
}

function grouped(text: string, flags: string): string {
  return flags.includes(',') ? text.replace(/^\d+/, (whole) => whole.replaceAll(/\B(?=(\d{3})+$)/g, ',')) : text
}

function signed(text: string, negative: boolean, flags: string, width: string | undefined): string {
  const sign = negative ? (flags.includes('(') ? '(' : '-') : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  const tail = sign === '(' ? ')' : ''
  const fill = flags.includes('0') && width ? text.padStart(Number(width) - sign.length - tail.length, '0') : text
  return sign + fill + tail
}

function justify(text: string, flags: string, width: string | undefined): string {
  if (width === undefined) return text
  return flags.includes('-') ? text.padEnd(Number(width)) : text.padStart(Number(width))
}

function javaClass(kind: string): string {
  const names: Readonly<Record<string, string>> = {
    i: 'java.lang.Long',
    f: 'java.lang.Double',
    d: 'java.math.BigDecimal',
    b: 'java.lang.Boolean',
  }
  return names[kind] ?? 'java.lang.String'
}

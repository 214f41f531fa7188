/** Z85, the base 85 of ZeroMQ: five characters are four bytes. https://rfc.zeromq.org/spec/32/ */
import { badData } from './log-error.ts'

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#'
const VALUES = new Map([...DIGITS].map((digit, value) => [digit, value]))

export function z85Bytes(text: string): Uint8Array {
  if (text.length % 5 !== 0) throw badData(`base 85 comes in fives, not in ${text.length} characters`)
  const bytes = new Uint8Array((text.length / 5) * 4)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < text.length; i += 5) {
    let value = 0
    for (const digit of text.slice(i, i + 5)) {
      const of = VALUES.get(digit)
      if (of === undefined) throw badData(`'${digit}' is no digit of base 85`)
      value = value * 85 + of
    }
    if (value > 0xffff_ffff) throw badData('a group of base 85 is too large')
    view.setUint32((i / 5) * 4, value)
  }
  return bytes
}

/** Header values: lists, quoting, and text that is not ASCII. */

/** Splits a list at its commas; a quoted item may hold commas and escaped quotes. */
export function splitHeader(value: string): string[] {
  const items: string[] = []
  let item = ''
  let quoted = false
  for (let index = 0; index < value.length; index += 1) {
    const character = value[index]!
    if (character === '"') quoted = !quoted
    else if (character === '\\' && quoted) item += value[++index] ?? ''
    else if (character === ',' && !quoted) items.push(take())
    else item += character
  }
  items.push(take())
  return items

  function take(): string {
    const text = item.trim()
    item = ''
    return text
  }
}

/** HTTP dates have a comma of their own. */
export const splitDates = (value: string) => value.match(/(?<![^,])[^,]+,[^,]+/g)?.map((date) => date.trim()) ?? []

export const quoteItem = (item: string) => (/[",]/.test(item) ? `"${item.replace(/["\\]/g, '\\$&')}"` : item)

/** No line breaks, which would start another header, and no characters a header cannot hold: those as UTF-8 bytes. */
export function safeHeader(value: string): string {
  const line = controls.test(value) ? value.replace(allControls, ' ') : value
  return wide.test(line) ? Buffer.from(line).toString('latin1') : line
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controls = /[\u0000-\u0008\u000a-\u001f\u007f]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const allControls = /[\u0000-\u0008\u000a-\u001f\u007f]/g
const wide = /[\u0100-\uffff]/

/**
 * User metadata of S3 that is not ASCII travels as RFC 2047 words, both ways; bytes of UTF-8 are understood too
 * (S3 user guide, "Working with object metadata").
 */
export function decodeMetadata(value: string): string {
  const text = /[\u0080-\u00ff]/.test(value) ? fromBytes(value) : value
  const joined = text.replace(/\?=\s+=\?/g, '?==?')
  return joined.replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, encoding: string, word: string) => {
    if (encoding.toLowerCase() === 'b') return Buffer.from(word, 'base64').toString()
    const bytes = word
      .replace(/_/g, ' ')
      .replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    return Buffer.from(bytes, 'latin1').toString()
  })
}

export function encodeMetadata(value: string): string {
  return /[^\x20-\x7e\t]/.test(value) ? `=?UTF-8?B?${Buffer.from(value).toString('base64')}?=` : value
}

function fromBytes(value: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(value, 'latin1'))
  } catch {
    return value
  }
}

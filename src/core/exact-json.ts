/**
 * JSON whose whole numbers are exact: those beyond 2^53 are bigints, as AWS's longs have 64 bits. What holds none, so
 * nearly everything, goes through JSON's own functions.
 */

/** Long enough that a whole number may be beyond 2^53; those of a fraction are no whole number's. */
const longDigits = /(?<![.\d])\d{16}/
/** As long as any number of 64 bits; what is longer is a double like any other. */
const wholeNumber = /^-?\d{16,20}$/

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown
const parseWith = JSON.parse as (text: string, reviver: Reviver) => unknown
const { rawJSON } = JSON as unknown as { rawJSON(text: string): object }

/** Throws SyntaxError. */
export function parseExactJson(text: string): unknown {
  return longDigits.test(text) ? parseWith(text, exact) : JSON.parse(text)
}

function exact(_: string, value: unknown, { source }: { readonly source?: string }): unknown {
  return typeof value === 'number' && source !== undefined ? exactNumber(source) : value
}

/** What the text of a number says: a bigint where it is whole and beyond 2^53. */
export function exactNumber(text: string): number | bigint {
  const value = Number(text)
  return !Number.isSafeInteger(value) && wholeNumber.test(text) ? BigInt(text) : value
}

/** Undefined where the value has no JSON form. */
export function exactJsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch (error) {
    // Only a bigint makes JSON.stringify throw, or a value that contains itself: which then throws again.
    if (!(error instanceof TypeError)) throw error
    return JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? rawJSON(String(item)) : item))
  }
}

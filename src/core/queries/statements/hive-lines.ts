/** Texts and properties in the words of Hive's DDL. */

export const propertyLines = (
  properties: readonly (readonly [string, string])[],
  end: string,
  separator = ', ',
): string[] =>
  properties.map(
    ([key, value], i) => `  ${hiveText(key)}=${hiveText(value)}${i < properties.length - 1 ? separator : end}`,
  )

/** Hive's string literal: backslashes, quotes and control characters are escaped, so that the statement can be run again. */
export function hiveText(text: string): string {
  const escaped = [...text].map((c) => {
    if (c === "'" || c === '\\') return `\\${c}`
    return c < ' '
      ? ({ '\n': '\\n', '\t': '\\t', '\r': '\\r' }[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
      : c
  })
  return `'${escaped.join('')}'`
}

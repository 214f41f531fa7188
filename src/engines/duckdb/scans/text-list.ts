/**
 * Lists of thousands of texts in SQL. One literal that the engine splits is read several times as fast as a literal for
 * each, which it would parse, bind and fold one by one.
 */
import type { DataFile } from '../../../core/queries/relation.ts'
import { quote } from '../../../sql/duckdb/types.ts'

export const pathList = (files: readonly Pick<DataFile, 'localPath'>[]): string =>
  textList(files.map((file) => file.localPath))

/** An expression of type VARCHAR[]; of at least one text. */
export function textList(texts: readonly string[]): string {
  const joined = texts.join('')
  // Only its first character is a line's end, so that none which ends a text begins it.
  let separator = '\n'
  while (joined.includes(separator)) separator += '.'
  return `string_split(${quote(texts.join(separator))}, ${quote(separator)})`
}

/** The same, of VARCHARs some of which are NULL. */
export function nullableTextList(texts: readonly (string | null)[]): string {
  if (!texts.includes(null)) return textList(texts as readonly string[])
  const known = new Set(texts)
  let nothing = '-'
  while (known.has(nothing)) nothing += '-'
  return `list_transform(${textList(texts.map((text) => text ?? nothing))}, lambda t: nullif(t, ${quote(nothing)}))`
}

/** The grammar of Java's DateTimeFormatter patterns: runs of a letter, and text that stands for itself. */

export type PatternPart = { readonly literal: string } | { readonly letter: string; readonly width: number }

/** Throws with the pattern's text where a quote has no end. */
export function patternParts(pattern: string): PatternPart[] {
  const parts: PatternPart[] = []
  for (let i = 0; i < pattern.length; ) {
    const letter = pattern[i]!
    if (letter === "'") {
      const end = pattern.indexOf("'", i + 1)
      if (end < 0) throw new Error(`unterminated quote in date format '${pattern}'`)
      parts.push({ literal: end === i + 1 ? "'" : pattern.slice(i + 1, end) })
      i = end + 1
      continue
    }
    let end = i
    while (pattern[end] === letter) end++
    parts.push(/[A-Za-z]/.test(letter) ? { letter, width: end - i } : { literal: pattern.slice(i, end) })
    i = end
  }
  return parts
}

/**
 * The English stemmer of Snowball ("Porter2"), after the description published at snowballstem.org. A word is taken to be
 * in lower case; meanwhile `Y` stands for a y that is a consonant.
 */
const VOWEL = /[aeiouy]/
const R1_EXCEPTIONS = /^(?:gener|commun|arsen)/
const WHOLE_WORDS = new Map(
  Object.entries({
    skis: 'ski',
    skies: 'sky',
    dying: 'die',
    lying: 'lie',
    tying: 'tie',
    idly: 'idl',
    gently: 'gentl',
    ugly: 'ugli',
    early: 'earli',
    only: 'onli',
    singly: 'singl',
  }),
)
const UNCHANGED = new Set(['sky', 'news', 'howe', 'atlas', 'cosmos', 'bias', 'andes'])
const UNCHANGED_AFTER_PLURAL = new Set('inning outing canning herring earring proceed exceed succeed'.split(' '))

/** Suffixes of step 2 and 3 with what takes their place; the longest that a word has is the one that counts. */
const STEP_2: Readonly<Record<string, string>> = {
  tional: 'tion',
  enci: 'ence',
  anci: 'ance',
  abli: 'able',
  entli: 'ent',
  izer: 'ize',
  ization: 'ize',
  ational: 'ate',
  ation: 'ate',
  ator: 'ate',
  alism: 'al',
  aliti: 'al',
  alli: 'al',
  fulness: 'ful',
  ousli: 'ous',
  ousness: 'ous',
  iveness: 'ive',
  iviti: 'ive',
  biliti: 'ble',
  bli: 'ble',
  ogi: 'og',
  fulli: 'ful',
  lessli: 'less',
  li: '',
}
const STEP_3: Readonly<Record<string, string>> = {
  tional: 'tion',
  ational: 'ate',
  alize: 'al',
  icate: 'ic',
  iciti: 'ic',
  ical: 'ic',
  ful: '',
  ness: '',
  ative: '',
}
const STEP_4 = 'al ance ence er ic able ible ant ement ment ent ism ate iti ous ive ize ion'.split(' ')

export function stemEnglish(word: string): string {
  if (word.length <= 2) return word
  const known = WHOLE_WORDS.get(word)
  if (known !== undefined || UNCHANGED.has(word)) return known ?? word
  const marked = word.replace(/^'/, '').replace(/^y|(?<=[aeiouy])y/g, 'Y')
  const unmarked = (stem: string) => (marked.endsWith(word.replace(/^'/, '')) ? stem : stem.replaceAll('Y', 'y'))
  const { r1, r2 } = regions(marked)
  let rest = singular(marked.replace(/'s'$|'s$|'$/, ''))
  if (UNCHANGED_AFTER_PLURAL.has(rest)) return unmarked(rest)
  rest = withoutPast(rest, r1)
  rest = rest.replace(/(?<=.[^aeiouy])[yY]$/, 'i')
  rest = step2(rest, r1)
  rest = step3(rest, r1, r2)
  rest = step4(rest, r2)
  return unmarked(step5(rest, r1, r2))
}

/** Where the regions begin in which suffixes are looked for. */
function regions(word: string): { readonly r1: number; readonly r2: number } {
  const exception = R1_EXCEPTIONS.exec(word)
  const r1 = exception ? exception[0].length : regionAfter(word, 0)
  return { r1, r2: regionAfter(word, r1) }
}

/** Behind the first consonant that follows a vowel. */
function regionAfter(word: string, from: number): number {
  const match = /[aeiouy][^aeiouy]/.exec(word.slice(from))
  return match ? from + match.index + 2 : word.length
}

function singular(word: string): string {
  if (word.endsWith('sses')) return word.slice(0, -2)
  if (/ie[ds]$/.test(word)) return word.slice(0, word.length > 4 ? -2 : -1)
  if (/(?:us|ss)$/.test(word) || !word.endsWith('s')) return word
  return VOWEL.test(word.slice(0, -2)) ? word.slice(0, -1) : word
}

function withoutPast(word: string, r1: number): string {
  const agreed = /eed(?:ly)?$/.exec(word)
  if (agreed) return agreed.index >= r1 ? `${word.slice(0, agreed.index)}ee` : word
  const past = /(?:ed|edly|ing|ingly)$/.exec(word)
  if (!past || !VOWEL.test(word.slice(0, past.index))) return word
  const stem = word.slice(0, past.index)
  if (/(?:at|bl|iz)$/.test(stem)) return `${stem}e`
  if (/(?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$/.test(stem)) return stem.slice(0, -1)
  return endsShort(stem) && r1 >= stem.length ? `${stem}e` : stem
}

/** A vowel between consonants, the last of which is no w, x or Y; or a vowel at the beginning and a consonant. */
const endsShort = (word: string): boolean =>
  /[^aeiouy][aeiouy][^aeiouywxY]$/.test(word) || /^[aeiouy][^aeiouy]$/.test(word)

/** The longest of the suffixes that the word has. */
function longest(word: string, suffixes: readonly string[]): string | undefined {
  return suffixes.filter((suffix) => word.endsWith(suffix)).toSorted((a, b) => b.length - a.length)[0]
}

function step2(word: string, r1: number): string {
  const suffix = longest(word, Object.keys(STEP_2))
  if (suffix === undefined || word.length - suffix.length < r1) return word
  const stem = word.slice(0, -suffix.length)
  if (suffix === 'ogi' && !stem.endsWith('l')) return word
  if (suffix === 'li' && !/[cdeghkmnrt]$/.test(stem)) return word
  return stem + STEP_2[suffix]
}

function step3(word: string, r1: number, r2: number): string {
  const suffix = longest(word, Object.keys(STEP_3))
  const start = word.length - (suffix?.length ?? 0)
  if (suffix === undefined || start < r1 || (suffix === 'ative' && start < r2)) return word
  return word.slice(0, start) + STEP_3[suffix]
}

function step4(word: string, r2: number): string {
  const suffix = longest(word, STEP_4)
  const start = word.length - (suffix?.length ?? 0)
  if (suffix === undefined || start < r2) return word
  const stem = word.slice(0, start)
  return suffix === 'ion' && !/[st]$/.test(stem) ? word : stem
}

function step5(word: string, r1: number, r2: number): string {
  const last = word.length - 1
  const stem = word.slice(0, -1)
  if (word.endsWith('e')) return last >= r2 || (last >= r1 && !endsShort(stem)) ? stem : word
  return word.endsWith('ll') && last >= r2 ? stem : word
}

/**
 * Stems of words in the languages that Trino knows. Its stemmers are those of Lucene 8.4, whose rules are an earlier state of
 * Snowball's than the library's: letters that have come to mean something since then are hidden from it. No word of Debian's
 * translations (330,000 in 17 languages) has another stem here than there.
 */
import { createRequire } from 'node:module'
import { FunctionFailure } from '../failures.ts'
import { stemEnglish } from './english-stems.ts'
import { type Udf, udf } from './udf.ts'

type Stem = (word: string) => string
interface Library {
  readonly stemmer: Stem
}

/** A stemmer is loaded when it is first wanted. */
const require = createRequire(import.meta.url)
const stemmerOf = (library: unknown): Stem => (library as Library).stemmer

/** In no language a letter. */
const [ONE, TWO] = ['\ue000', '\ue001']

/** What `letters` finds looks like `as` to the stemmer, which leaves it where it stands or cuts it off. */
const seenAs =
  (letters: RegExp, as: string) =>
  (stem: Stem): Stem =>
  (word) => {
    const seen = word.replace(letters, as)
    return stem(seen).replace(/./gs, (letter, at: number) => (seen[at] === letter ? word[at]! : letter))
  }

/** What `letters` finds is no letter to the stemmer. */
const hidden =
  (letters: RegExp, letter: string) =>
  (stem: Stem): Stem =>
  (word) =>
    stem(word.replace(letters, ONE)).replaceAll(ONE, letter)

/** Lucene has the Hungarian double acute as Latin 1 shows it. */
const HUNGARIAN: Readonly<Record<string, string>> = { ő: ONE, ű: TWO, õ: 'ő', û: 'ű' }
const HUNGARIAN_BACK = Object.fromEntries(Object.entries(HUNGARIAN).map(([letter, seen]) => [seen, letter]))
const hungarian =
  (stem: Stem): Stem =>
  (word) =>
    replaced(stem(replaced(word, HUNGARIAN)), HUNGARIAN_BACK)
const replaced = (word: string, letters: Readonly<Record<string, string>>): string =>
  word.replace(/./gs, (letter) => letters[letter] ?? letter)

/** Snowball's "German 2", to which `ae` is an umlaut. */
const german =
  (stem: Stem): Stem =>
  (word) =>
    stem(
      word
        .replace(/ae/g, 'ä')
        .replace(/oe/g, 'ö')
        .replace(/(?<![aeiouyäöüq])ue/g, 'ü'),
    )

/** Catalan and Basque, which Trino knows too, have no stemmer here. */
const STEMMERS: Readonly<Record<string, () => Stem>> = {
  da: () => stemmerOf(require('@orama/stemmers/danish')),
  de: () => german(hidden(/(?<=ni)s(?=s)/g, 's')(stemmerOf(require('@orama/stemmers/german')))),
  en: () => stemEnglish,
  es: () => stemmerOf(require('@orama/stemmers/spanish')),
  fi: () => seenAs(/[šž]/g, 'x')(stemmerOf(require('@orama/stemmers/finnish'))),
  fr: () => seenAs(/ï|(?<!gu)ë/g, 'ê')(stemmerOf(require('@orama/stemmers/french'))),
  hu: () => hungarian(stemmerOf(require('@orama/stemmers/hungarian'))),
  hy: () => stemmerOf(require('@orama/stemmers/armenian')),
  ir: () => stemmerOf(require('@orama/stemmers/irish')),
  it: () => stemmerOf(require('@orama/stemmers/italian')),
  lt: () => stemmerOf(require('@orama/stemmers/lithuanian')),
  nl: () => stemmerOf(require('@orama/stemmers/dutch')),
  no: () => stemmerOf(require('@orama/stemmers/norwegian')),
  pt: () => seenAs(/(?<=u)ç(?=ão|õe)/g, 'x')(stemmerOf(require('@orama/stemmers/portuguese'))),
  ro: () => stemmerOf(require('@orama/stemmers/romanian')),
  ru: () => hidden(/ё/g, 'ё')(stemmerOf(require('@orama/stemmers/russian'))),
  sv: () => stemmerOf(require('@orama/stemmers/swedish')),
  tr: () => stemmerOf(require('@orama/stemmers/turkish')),
}
const WITHOUT_STEMMER: ReadonlySet<string> = new Set(['ca', 'eu'])

const loaded = new Map<string, Stem>()

function stemIn(word: string, language: string): string {
  let stem = loaded.get(language)
  if (!stem) {
    stem = stemmerFor(language)
    loaded.set(language, stem)
  }
  return stem(word)
}

function stemmerFor(language: string): Stem {
  if (Object.hasOwn(STEMMERS, language)) return STEMMERS[language]!()
  if (WITHOUT_STEMMER.has(language))
    throw new FunctionFailure('NOT_SUPPORTED', `Stemmer language is not supported by this engine: ${language}`)
  throw new FunctionFailure('INVALID_FUNCTION_ARGUMENT', `Unknown stemmer language: ${language}`)
}

export const stemUdfs: readonly Udf[] = [
  udf('js_word_stem', ['VARCHAR'], 'VARCHAR', stemEnglish),
  udf('js_word_stem', ['VARCHAR', 'VARCHAR'], 'VARCHAR', stemIn),
]

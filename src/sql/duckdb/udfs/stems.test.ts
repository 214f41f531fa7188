/** Expected stems are those of the stemmers of Lucene 8.4.1, which Trino 422 has. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stemUdfs } from './stems.ts'

const [, inLanguage] = stemUdfs.map(({ apply }) => apply)
const STEMS: Readonly<Record<string, string>> = {
  da: 'bufferingen:buffering skråstreger:skråstreg traditionel:traditionel muligheder:mul',
  de: 'ereignissen:ereigniss druckereinstellungen:druckereinstell größe:gross abhängigkeiten:abhang möglichkeiten:moglich',
  es: 'específico:especif paralelos:paralel rellene:rellen canciones:cancion',
  fi: 'belutši:belutš merkkijäljitystä:merkkijäljity osassa:osa',
  fr: 'jamaïque:jamaïqu ambiguë:ambigu ambiguïté:ambiguït grecques:grecqu peupler:peupl',
  hu: 'karaktertől:karaktertől törzsnevei:törzsnev sorszámnál:sorsza abbahagyás:abbahagyás',
  hy: 'ալբանիա:ալբանի կատարվում:կատար',
  ir: 'fhoinsigh:foinsigh thabhall:tabhall',
  it: 'montabile:montabil tibetana:tibetan',
  lt: 'aberdinširas:aberdinšir operatoriai:operator socialistinė:socialistin',
  nl: 'aanbevelingen:aanbevel geëxporteerde:geexporteerd',
  no: 'hurtiglagermappe:hurtiglagermapp kvalitet:kvalit tjenerfeil:tjenerfeil',
  pt: 'execução:execuçã devoluções:devoluçõ ilógico:ilóg partição:partiçã renomear:renom',
  ro: 'bufferului:buffer introduceţi:introduc',
  ru: 'берётся:берёт ёлочками:ёлочк индексированное:индексирова столько:стольк',
  sv: 'felresultat:felresult prenumerationer:prenumeration skärmar:skärm',
  tr: 'dizinden:diz paylaşmak:paylaşmak videoyu:video',
}

for (const [language, pairs] of Object.entries(STEMS))
  test(`words of ${language} have the stems of Lucene`, () => {
    for (const pair of pairs.split(' ')) {
      const [word, stem] = pair.split(':')
      assert.equal(inLanguage!(word, language), stem, word)
    }
  })

test('languages without a stemmer are refused, known or not', () => {
  assert.equal(inLanguage!('running', 'en'), 'run')
  assert.throws(() => inLanguage!('corrent', 'ca'), /NOT_SUPPORTED/)
  for (const language of ['EN', 'xx', 'constructor'])
    assert.throws(() => inLanguage!('running', language), new RegExp(`Unknown stemmer language: ${language}`))
})

/** Expected stems are those of Snowball's published vocabulary, which a Trino 422 gives too. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stemEnglish } from './english-stems.ts'

const STEMS = `
  consign:consign consigned:consign consigning:consign consignment:consign consist:consist consistency:consist
  consolations:consol consolatory:consolatori console:consol consoling:consol constance:constanc constant:constant
  knack:knack knavish:knavish kneaded:knead knees:knee knightly:knight knocker:knocker knots:knot
  skies:sky dying:die idly:idl only:onli news:news herring:herring proceed:proceed
  generously:generous communism:communism arsenal:arsenal
  ponies:poni ties:tie cries:cri gas:gas kiwis:kiwi gaps:gap caresses:caress
  hoping:hope hopping:hop luxuriated:luxuri fluently:fluentli agreed:agre feed:feed
  rational:ration relational:relat hopefulness:hope triplicate:triplic adjustment:adjust adoption:adopt
  say:say saying:say by:by cry:cri youth:youth boyish:boyish controlling:control roll:roll
`

test('words have the stems of Snowball', () => {
  for (const pair of STEMS.trim().split(/\s+/)) {
    const [word = '', stem] = pair.split(':')
    assert.equal(stemEnglish(word), stem, word)
  }
  assert.equal(stemEnglish("'tis"), 'tis')
  assert.equal(stemEnglish("dog's"), 'dog')
  assert.equal(stemEnglish('constructor'), 'constructor')
})

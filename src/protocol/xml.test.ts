import assert from 'node:assert/strict'
import { test } from 'node:test'
import { escapeXml, parseXml, XmlError } from './xml.ts'

test('elements, attributes and text', () => {
  const root = parseXml(`<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment -->
<Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/" xmlns:x='y'>
  <TagSet><Tag x:kind="a&lt;b"><Key>k</Key><Value/></Tag></TagSet>
</Tagging>
`)
  assert.equal(root.name, 'Tagging')
  const tag = root.children[0]!.children[0]!
  assert.equal(tag.attributes.get('x:kind'), 'a<b')
  assert.equal(tag.attributes.get('kind'), 'a<b')
  assert.deepEqual(
    tag.children.map(({ name, text }) => [name, text]),
    [
      ['Key', 'k'],
      ['Value', ''],
    ],
  )
})

test('prefixes are not part of a name', () => {
  assert.equal(parseXml('<s3:A xmlns:s3="u"><s3:B>1</s3:B></s3:A>').children[0]!.name, 'B')
})

test('entities, references, CDATA and line ends', () => {
  assert.equal(parseXml('<a>&lt;&amp;&gt;&quot;&apos;&#65;&#x1F600;</a>').text, '<&>"\'A😀')
  assert.equal(parseXml('<a>x<![CDATA[<b>&amp;]]>y</a>').text, 'x<b>&amp;y')
  assert.equal(parseXml('<a>1\r\n2\r3&#xD;</a>').text, '1\n2\n3\r')
})

test('a value may hold a closing bracket', () => {
  assert.equal(parseXml('<a b="x>y"/>').attributes.get('b'), 'x>y')
})

test('what is not well-formed is refused', () => {
  const malformed = [
    '',
    'text',
    '<a>',
    '<a></b>',
    '<a/><b/>',
    '<a/>text',
    '<a',
    '<a b></a>',
    '<a b="1" b="2"/>',
    '<a b="1"',
    '</a>',
    '<a>&unknown;</a>',
    '<a>&</a>',
    '<a>&#x110000;</a>',
    '<a><![CDATA[x</a>',
    '<a><!-- x</a>',
    '<?xml',
    '<1/>',
    '< a/>',
  ]
  for (const source of malformed) assert.throws(() => parseXml(source), XmlError, source)
})

test('document types are refused, so nothing expands and nothing is fetched', () => {
  const bomb = '<!DOCTYPE a [<!ENTITY x "xx"><!ENTITY y "&x;&x;">]><a>&y;</a>'
  assert.throws(() => parseXml(bomb), XmlError)
  assert.throws(() => parseXml('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'), XmlError)
})

test('nesting is bounded', () => {
  assert.throws(() => parseXml('<a>'.repeat(100_000)), XmlError)
  assert.doesNotThrow(() => parseXml('<a>'.repeat(190) + '</a>'.repeat(190)))
})

test('escaped text reads back', () => {
  for (const text of ['a&b<c>"d', 'tab\tand\nline', 'return\r', 'next\u0085line\u2028', ' spaces ', '😀']) {
    assert.equal(parseXml(`<a>${escapeXml(text)}</a>`).text, text)
  }
  assert.equal(escapeXml('a\u0001'), 'a&#x1;')
})

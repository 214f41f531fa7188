import { type FunctionDefinition, scalar } from './definition.ts'

export const stringFunctions: readonly FunctionDefinition[] = [
  scalar('chr', 'Character of a code point', ['(bigint) -> varchar(1)']),
  scalar('codepoint', 'Code point of a character', ['(varchar(1)) -> integer']),
  scalar('concat', 'Concatenation; NULL when any argument is', [
    '(E, array(E)) -> array(E)',
    '(array(E)...) -> array(E)',
    '(array(E), E) -> array(E)',
    '(char(x), char(y)) -> char(x + y)',
    '(varbinary...) -> varbinary',
    '(varchar...) -> varchar',
  ]),
  scalar('concat_ws', 'Concatenation with a separator, skipping NULL', [
    '(varchar, array(varchar)) -> varchar',
    '(varchar, varchar...) -> varchar',
  ]),
  scalar('format', "Text formatted as Java's String.format does", ['(varchar(x), any...) -> varchar']),
  scalar('format_number', 'Number with a unit suffix', ['(bigint) -> varchar', '(double) -> varchar']),
  scalar('hamming_distance', 'Positions at which two texts differ', ['(varchar(x), varchar(y)) -> bigint']),
  scalar('human_readable_seconds', 'Seconds in words', ['(double) -> varchar']),
  scalar('length', 'Length in characters, or bytes of a varbinary', [
    '(varchar(x)) -> bigint',
    '(char(x)) -> bigint',
    '(varbinary) -> bigint',
  ]),
  scalar('levenshtein_distance', 'Edit distance', ['(varchar(x), varchar(y)) -> bigint']),
  scalar('lower', 'Lower case', ['(varchar(x)) -> varchar(x)', '(char(x)) -> char(x)']),
  scalar('lpad', 'Padded or cut on the left', [
    '(varchar(x), bigint, varchar(y)) -> varchar',
    '(varbinary, bigint, varbinary) -> varbinary',
  ]),
  scalar('ltrim', 'Without leading spaces or the given characters', [
    '(varchar(x)) -> varchar(x)',
    '(char(x)) -> varchar(x)',
    '(varchar(x), CodePoints) -> varchar(x)',
    '(char(x), CodePoints) -> varchar(x)',
  ]),
  scalar('luhn_check', 'Whether the digits pass the Luhn check', ['(varchar) -> boolean']),
  scalar('normalize', 'Unicode normal form', ['(varchar(x), varchar(y)) -> varchar', '(varchar(x)) -> varchar']),
  scalar('parse_data_size', 'Number of bytes', ['(varchar(x)) -> decimal(38,0)'], {
    aliases: ['parse_presto_data_size'],
  }),
  scalar('replace', 'Every occurrence replaced, or removed', [
    '(varchar(x), varchar(y)) -> varchar(x)',
    '(varchar(x), varchar(y), varchar(z)) -> varchar(min(2147483647, x + z * (x + 1)))',
  ]),
  scalar('reverse', 'Reversed', ['(varchar(x)) -> varchar(x)', '(varbinary) -> varbinary', '(array(E)) -> array(E)']),
  scalar('rpad', 'Padded or cut on the right', [
    '(varchar(x), bigint, varchar(y)) -> varchar',
    '(varbinary, bigint, varbinary) -> varbinary',
  ]),
  scalar('rtrim', 'Without trailing spaces or the given characters', [
    '(varchar(x)) -> varchar(x)',
    '(char(x)) -> varchar(x)',
    '(varchar(x), CodePoints) -> varchar(x)',
    '(char(x), CodePoints) -> varchar(x)',
  ]),
  scalar('soundex', 'Soundex code', ['(varchar) -> varchar(4)']),
  scalar('split', 'Parts between delimiters', [
    '(varchar(x), varchar(y)) -> array(varchar(x))',
    '(varchar(x), varchar(y), bigint) -> array(varchar(x))',
  ]),
  scalar('split_part', 'Part number n, from 1; NULL beyond the last', [
    '(varchar(x), varchar(y), bigint) -> varchar(x)',
  ]),
  scalar('split_to_map', 'Map from entries and keys split by delimiters', [
    '(varchar, varchar, varchar) -> map(varchar,varchar)',
  ]),
  scalar('split_to_multimap', 'Map from keys to all their values', [
    '(varchar, varchar, varchar) -> map(varchar,array(varchar))',
  ]),
  scalar('starts_with', 'Whether the text starts with the prefix', ['(varchar(x), varchar(y)) -> boolean']),
  scalar('strpos', 'Place of the n-th occurrence, from 1; 0 when absent', [
    '(varchar(x), varchar(y)) -> bigint',
    '(varchar(x), varchar(y), bigint) -> bigint',
  ]),
  scalar(
    'substr',
    'Part from a place (from 1, or from the end when negative)',
    [
      '(varchar(x), bigint) -> varchar(x)',
      '(char(x), bigint) -> varchar(x)',
      '(varchar(x), bigint, bigint) -> varchar(x)',
      '(char(x), bigint, bigint) -> varchar(x)',
      '(varbinary, bigint) -> varbinary',
      '(varbinary, bigint, bigint) -> varbinary',
    ],
    { aliases: ['substring'] },
  ),
  scalar('translate', 'Characters replaced one for one', ['(varchar(x), varchar(y), varchar(z)) -> varchar']),
  scalar('trim', 'Without surrounding spaces or the given characters', [
    '(varchar(x)) -> varchar(x)',
    '(char(x)) -> varchar(x)',
    '(varchar(x), CodePoints) -> varchar(x)',
    '(char(x), CodePoints) -> varchar(x)',
  ]),
  scalar('upper', 'Upper case', ['(varchar(x)) -> varchar(x)', '(char(x)) -> char(x)']),
  scalar('word_stem', 'Stem of a word', ['(varchar(x)) -> varchar(x)', '(varchar(x), varchar(2)) -> varchar(x)']),

  scalar('regexp_count', 'Number of matches', ['(varchar(x), JoniRegExp) -> bigint']),
  scalar('regexp_extract', 'First match, or a group of it', [
    '(varchar(x), JoniRegExp) -> varchar(x)',
    '(varchar(x), JoniRegExp, bigint) -> varchar(x)',
  ]),
  scalar('regexp_extract_all', 'All matches, or a group of each', [
    '(varchar(x), JoniRegExp) -> array(varchar(x))',
    '(varchar(x), JoniRegExp, bigint) -> array(varchar(x))',
  ]),
  scalar('regexp_like', 'Whether the pattern occurs', ['(varchar(x), JoniRegExp) -> boolean']),
  scalar('regexp_position', 'Place of the n-th match, from 1; -1 when none', [
    '(varchar(x), JoniRegExp) -> integer',
    '(varchar(x), JoniRegExp, integer) -> integer',
    '(varchar(x), JoniRegExp, integer, integer) -> integer',
  ]),
  scalar('regexp_replace', 'Matches removed, replaced, or passed to a lambda', [
    '(varchar(x), JoniRegExp) -> varchar(x)',
    '(varchar(x), JoniRegExp, varchar(y)) -> varchar(min(2147483647, x + max(x * y / 2, y) * (x + 1)))',
    '(varchar, JoniRegExp, function(array(varchar),varchar(x))) -> varchar',
  ]),
  scalar('regexp_split', 'Parts between matches', ['(varchar(x), JoniRegExp) -> array(varchar(x))']),

  scalar('url_decode', 'Percent decoding', ['(varchar(x)) -> varchar(x)']),
  scalar('url_encode', 'Percent encoding', ['(varchar(x)) -> varchar(min(2147483647, x * 12))']),
  scalar('url_extract_fragment', 'Fragment of a URL', ['(varchar(x)) -> varchar(x)']),
  scalar('url_extract_host', 'Host of a URL', ['(varchar(x)) -> varchar(x)']),
  scalar('url_extract_parameter', 'First value of a query parameter', ['(varchar(x), varchar(y)) -> varchar(x)']),
  scalar('url_extract_path', 'Path of a URL', ['(varchar(x)) -> varchar(x)']),
  scalar('url_extract_port', 'Port of a URL', ['(varchar(x)) -> bigint']),
  scalar('url_extract_protocol', 'Protocol of a URL', ['(varchar(x)) -> varchar(x)']),
  scalar('url_extract_query', 'Query of a URL', ['(varchar(x)) -> varchar(x)']),
]

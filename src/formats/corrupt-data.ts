/** A file that is not what it says it is: what is wrong with it. Whoever knows the file's name adds it. */
export class CorruptData extends Error {}

/** Its values are of a type that can not stand for the column's. */
export class TypeMismatch extends CorruptData {}

/** Sound, as far as can be told, but of a kind that is not read. */
export class UnsupportedData extends Error {}

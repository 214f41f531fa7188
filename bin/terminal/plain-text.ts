/** What is in a lake, or is answered by a server, is not to steer a terminal, nor to be read in another order than it stands. */
const STEERING = /(?![\n\t])\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** Lines stay lines; any other sign that steers is shown as one that cannot be. */
export const plainText = (text: string): string => text.replaceAll(STEERING, '�')

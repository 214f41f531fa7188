/** Names and texts as standard SQL quotes them: Trino does, and so do the databases that sources are. */
export const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`
export const quotedText = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Whether an object of the lake can have it. */
export const isLakeUri = (uri: string): boolean => /^s3[an]?:\/\/[^/]+\/./i.test(uri)

/** An address as objects of the lake have it: Hadoop's other names for the same store are as good. */
export const lakeUri = (uri: string): string => uri.replace(/^s3[an]?:/i, 's3:')

export const megabyte = 1024 * 1024;

export const inMegabytes = (bytes: number): string => `${Math.floor(bytes / megabyte).toLocaleString('en')} MB`;

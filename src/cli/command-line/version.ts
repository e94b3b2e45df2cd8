/** The program's version; equal to package.json's (a test looks). */
export const VERSION = '0.1.0';

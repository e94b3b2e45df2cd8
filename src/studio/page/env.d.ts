declare module '*.css';

/** What Vite makes of an import: a script of its own, by its address. */
declare module '*?worker&url' {
  const address: string;
  export default address;
}

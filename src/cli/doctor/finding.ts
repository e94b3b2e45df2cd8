/** The result of one check. `warn`: only runs with the real service fail, or everything works but slowly. */
export interface Finding {
  what: string;
  state: 'ok' | 'warn' | 'fail';
  found: string;
  fix?: string;
}

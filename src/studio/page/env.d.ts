/** What Vite puts into the page. */
interface ImportMeta {
  readonly env: { readonly BASE_URL: string };
}

/** What a page tells while it runs a test file. */
export type TestEvent =
  | { readonly kind: 'start'; readonly name: string }
  | { readonly kind: 'passed' | 'skipped'; readonly name: string }
  | { readonly kind: 'failed'; readonly name: string; readonly message: string }
  /** The file is done. */
  | { readonly kind: 'end' };

import type { Plugin } from 'esbuild';
export function leanImports(root: string): Plugin;

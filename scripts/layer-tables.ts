import {
  besideCalls,
  clientOrder,
  clientSide,
  serverOrder,
  serverSide,
  type MechanismRow,
} from '../shared/rpc/mechanisms.ts';

/** The tables of shared/rpc/layers/README.md, between these two lines. */
const begin = '<!-- begin: npm run generate -->';
const end = '<!-- end -->';

/** Returns `readme` with tables made from the list of mechanisms. */
export function withLayerTables(readme: string): string {
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`"${begin}" and "${end}" are missing`);
  const tables = [
    table('client side', clientSide, clientOrder),
    table('server side', serverSide, serverOrder),
    table('beside the calls', besideCalls, []),
  ];
  return [readme.slice(0, from + begin.length), '\n\n', tables.join('\n'), '\n', readme.slice(to)].join('');
}

function table(title: string, side: Readonly<Record<string, MechanismRow>>, layers: readonly string[]): string {
  const cells = Object.entries(side).map(([name, row]) => [
    layers.includes(name) ? `\`${name}\`` : `(\`${name}\`)`,
    row.does,
    row.without,
    row.settings ? 'yes' : '',
  ]);
  const lines = [[title, 'what it does', 'without it', 'mechanism'], ['-', '-', '-', '-'], ...cells];
  return lines.map((line) => `| ${line.join(' | ')} |\n`).join('');
}

import { expect, test } from 'vitest';
import { crawled, engineWith } from './search-engine.ts';

const other = { id: 'other', title: 'Something else', body: 'Nothing of it stands here.' };

test.each([
  ['a soft hyphen', 'Donau\u00ADdampf\u00ADschiff', 'Donaudampfschiff', 'schiff'],
  ['a word joiner', 'data\u2060base', 'database', 'base'],
  ['a zero-width no-break space', 'key\uFEFFboard', 'keyboard', 'board'],
  ['directional marks', 'he\u200Ell\u200Fo', 'hello', 'llo'],
  ['directional isolates and embeddings', 'we\u2066ek\u2069en\u202Ad\u202C', 'weekend', 'end'],
  ['a combining grapheme joiner', 'sou\u034Fnd', 'sound', 'nd'],
  ['a Mongolian vowel separator', 'fire\u180Efly', 'firefly', 'fly'],
  ['an Arabic letter mark', 'كت\u061Cاب', 'كتاب', 'اب'],
  ['a word joiner in a script without spaces', '東\u2060京', '東京', '京都'],
])('S1 finds a word with %s, and not its parts', async (_, written, whole, part) => {
  const engine = await engineWith([
    { id: 'body', body: `Here is ${written} to read.` },
    { id: 'keyword', keywords: [written] },
    { id: 'title', title: written },
    other,
  ]);
  const all = ['body', 'keyword', 'title'];
  expect((await engine.find(whole)).toSorted()).toEqual(all);
  expect((await engine.find(written)).toSorted()).toEqual(all);
  expect((await engine.find(`"${written}"`)).toSorted()).toEqual(all);
  expect(await engine.find(`title:${written}`)).toEqual(['title']);
  expect(await engine.find(`else -${written}`)).toEqual(['other']);
  expect(await engine.find(part)).toEqual([]);
});

test.each([
  ['a mark before a field', '\u200Etitle:apple', ['title']],
  ['a mark before an exclusion', 'apple \u200F-title:apple', ['body']],
  ['a byte order mark before a phrase', '\uFEFF"red apple"', ['body']],
  ['a mark inside a phrase', '"red\u200E apple"', ['body']],
])('S1 reads a query with %s as one without it', async (_, q, expected) => {
  const engine = await engineWith([{ id: 'title', title: 'Apple' }, { id: 'body', body: 'A red apple.' }, other]);
  expect(await engine.find(q)).toEqual(expected);
});

test('S1 shows and marks a word with invisible characters whole', async () => {
  const engine = await engineWith([{ id: 'a', body: 'Old Donau\u00ADdampf\u00ADschiff and key\uFEFFboard.' }]);
  expect(await engine.marked('Donaudampfschiff keyboard')).toEqual(['Donau\u00ADdampf\u00ADschiff', 'key\uFEFFboard']);
});

test.each([
  ['Thai', 'กรุงเทพ\u200Bและทำงาน', 'กรุงเทพและทำงาน'],
  ['Khmer', 'ភាសា\u200Bខ្មែរ', 'ភាសាខ្មែរ'],
  ['Burmese', 'မြန်\u200Bမာ', 'မြန်မာ'],
  ['Lao', 'ພາສາ\u200Bລາວ', 'ພາສາລາວ'],
  ['Han', '東京\u200B都', '東京都'],
])('S1 a zero-width space is only a place for a line break in %s', async (_, one, two) => {
  const engine = await engineWith([{ id: 'a', body: one }, { id: 'b', body: two }, other]);
  for (const q of [`"${one}"`, `"${two}"`, `body:"${two}"`])
    expect((await engine.find(q)).toSorted()).toEqual(['a', 'b']);
});

test('S1 a zero-width space ends a word, as UAX #14 says', async () => {
  const engine = await engineWith([{ id: 'a', body: 'red\u200Bwine' }]);
  expect(await engine.find('wine')).toEqual(['a']);
  expect(await engine.find('redwine')).toEqual([]);
});

test.each([
  ['Łódź', 'Lodz'],
  ['Straße', 'Strasse'],
  ['STRAẞE', 'strasse'],
  ['Ærø', 'Aero'],
  ['Œuvre', 'oeuvre'],
  ['København', 'Kobenhavn'],
  ['Þórður Guðmundsson', 'Thordur Gudmundsson'],
  ['Đorđe', 'Dorde'],
  ['Ħamrun', 'Hamrun'],
  ['Sámi Ŋ Ŧ', 'sami n t'],
  ['Kürşat Yıldız', 'kursat yildiz'],
  ['Việt Nam Đà Nẵng', 'viet nam da nang'],
  ['ﬁnance', 'finance'],
  ['paral·lel', 'parallel'],
  ['O’Brien', 'O´Brien'],
  ['don＇t', 'donʼt'],
  ['Hawaiʻi', 'Hawaii'],
  ['Hawai‘i', "Hawai'i"],
  ['ⓗⓔⓛⓛⓞ', 'hello'],
])('S2 %s and %s find each other, in phrases, exclusions and fields too', async (written, plain) => {
  const engine = await engineWith([
    { id: 'a', title: written, body: `It is ${written} here.` },
    { id: 'b', title: plain, body: `It is ${plain} here.` },
    other,
  ]);
  for (const q of [written, plain]) {
    for (const asked of [q, `"${q}"`, `title:"${q}"`, `body:"${q}"`]) {
      expect((await engine.find(asked)).toSorted(), asked).toEqual(['a', 'b']);
    }
    expect(await engine.find(`else it -"${q}"`)).toEqual(['other']);
  }
});

test.each([
  ['Turkish capital I with a dot', 'Diyarbakır', 'DİYARBAKIR'],
  ['Turkish capital I without one', 'ısırgan', 'ISIRGAN'],
  ['Greek capitals without accents', 'Αθήνα', 'ΑΘΗΝΑ'],
  ['Greek final sigma', 'Οδυσσεύς', 'ΟΔΥΣΣΕΥΣ'],
  ['polytonic Greek', 'ἄνθρωπος', 'ανθρωπος'],
  ['Cyrillic yo', 'Ёлка', 'ЕЛКА'],
  ['Cyrillic stress', 'за\u0301мок', 'ЗАМОК'],
  ['Armenian', 'Երևան', 'ԵՐԵՒԱՆ'],
  ['Georgian', 'თბილისი', 'ᲗᲑᲘᲚᲘᲡᲘ'],
  ['Arabic vowel signs and tatweel', 'مُحَمَّد', 'محمـد'],
  ['Arabic alef with hamza', 'أحمد', 'احمد'],
  ['Persian and Arabic kaf and yeh', 'کتابی', 'كتابي'],
  ['Hebrew points', 'שָׁלוֹם', 'שלום'],
  ['Hebrew gershayim', 'צה״ל', 'צהל'],
  ['Hebrew gershayim as a quotation mark', 'צה"ל', 'צה״ל'],
  ['Yiddish digraphs', 'ײדיש', 'יידיש'],
  ['Ukrainian apostrophes', 'мʼята', "м'ята"],
  ['Malayalam chillu letters', 'അവൻ', 'അവന്\u200D'],
  ['Kangxi radicals of a PDF file', '⽇本⼈', '日本人'],
  ['squared Katakana', '㌔', 'キロ'],
  ['a squared unit', '5㎏', '5kg'],
  ['a company sign', '㈱東京', '株東京'],
  ['an era sign', '㋿', '令和'],
  ['Thai sara am in two characters', 'น้ำตก', 'นํ้าตก'],
  ['Lao sara am in two characters', 'ນ້ຳ', 'ນໍ້າ'],
  ['Arabic digits', '١٩٨٤', '1984'],
  ['Devanagari digits', '२०२६', '2026'],
  ['full-width letters', 'Ｔｏｋｙｏ', 'TOKYO'],
])('S3 %s: %s and %s find each other', async (_, one, two) => {
  const engine = await engineWith([{ id: 'a', body: one }, { id: 'b', body: two }, other]);
  for (const q of [one, two, `"${one}"`, `"${two}"`, `body:${two}`])
    expect((await engine.find(q)).toSorted(), q).toEqual(['a', 'b']);
});

test.each([
  ['Cyrillic short i', 'йод', 'иод'],
  ['Cyrillic gje', 'ѓавол', 'гавол'],
  ['Devanagari vowel signs', 'कि', 'का'],
  ['a Hebrew final letter', 'שלום', 'שלומ'],
])('S3 keeps %s apart, as README.md of search/text says', async (_, one, two) => {
  const engine = await engineWith([
    { id: 'a', body: one },
    { id: 'b', body: two },
  ]);
  expect(await engine.find(one)).toEqual(['a']);
});

test.each([
  ['Thai with sara am', 'เมืองหลวงคือกรุงเทพและทำงานที่นั่น', 'กรุงเทพ', ['กรุงเทพ']],
  ['Thai sara am inside the match', 'เขาทำงานทุกวัน', 'ทำงาน', ['ทำงาน']],
  ['Lao with sara am', 'ຂ້ອຍຢູ່ວຽງຈັນແລະຄຳ', 'ວຽງຈັນ', ['ວຽງຈັນ']],
  ['half-width Katakana', 'ｶﾞｲﾄﾞ東京', '東京', ['東京']],
  ['half-width Katakana asked in full width', '東京ｶﾞｲﾄﾞ', 'ガイド', ['ｶﾞｲﾄﾞ']],
  ['Hangul as conjoining letters', '\u1112\u1161\u11ab\u1100\u116e\u11a8과서울', '서울', ['서울']],
  ['a compatibility ideograph', '\uF9D1東京都', '東京', ['東京']],
  ['a joiner in the run', '大\u2060阪東京都', '東京', ['東京']],
  ['a zero-width space in the run', 'เมือง\u200Bกรุงเทพ', 'กรุงเทพ', ['กรุงเทพ']],
  ['Hangul letters in the run', 'ㅋㅋㅋ서울', '서울', ['서울']],
  ['a company sign in the run', '㈱東京都', '東京', ['東京']],
])('S4 marks the match alone: %s', async (_, body, q, expected) => {
  const engine = await engineWith([{ id: 'a', body }]);
  expect(await engine.marked(q)).toEqual(expected);
});

test.each([
  ['a heading and a paragraph', '<h2>The colour red</h2><p>Wine is old.</p>'],
  ['two paragraphs', '<p>It is red</p><p>wine</p>'],
  ['list items', '<ul><li>red<li>wine</ul>'],
  ['cells of a table', '<table><tr><td>red</td><td>wine</td></tr></table>'],
  ['a header cell and a cell', '<table><tr><th>red<td>wine</table>'],
  ['a line break', '<p>red<br>wine</p>'],
  ['a description list', '<dl><dt>red<dd>wine</dl>'],
  ['a division inside text', 'red<div>wine</div>'],
  ['a rule', 'red<hr>wine'],
  ['an empty block between', '<p>red</p><p></p><p>wine</p>'],
])('S6 no phrase runs over %s', async (_, html) => {
  const engine = await engineWith([crawled('a', html), crawled('b', '<p>A glass of <b>red</b>\n wine</p>')]);
  expect(await engine.find('"red wine"')).toEqual(['b']);
  expect((await engine.find('red wine')).toSorted()).toEqual(['a', 'b']);
});

test('S6 no phrase runs over a line break of an imported body', async () => {
  const engine = await engineWith([
    { id: 'a', body: '赤\n酒 red\n\nwine' },
    { id: 'b', body: 'red wine, 赤酒' },
  ]);
  expect(await engine.find('"red wine"')).toEqual(['b']);
  expect(await engine.find('"赤酒"')).toEqual(['b']);
});

test('S6 a line break in a phrase that a person types is a space', async () => {
  const engine = await engineWith([{ id: 'a', body: 'red wine' }]);
  expect(await engine.find('"red\nwine"')).toEqual(['a']);
});

test('S3 a quotation mark inside a Hebrew word neither begins nor ends a phrase', async () => {
  const engine = await engineWith([{ id: 'a', body: 'צה"ל חזק' }, { id: 'b', body: 'חזק צה"ל' }, other]);
  expect(await engine.find('"צה"ל חזק"')).toEqual(['a']);
  expect((await engine.find('צה"ל חזק')).toSorted()).toEqual(['a', 'b']);
  expect(await engine.find('חזק -"צה"ל חזק"')).toEqual(['b']);
});

import {
  badgeMeanings,
  orderResultMeanings,
  orderMeanings,
  outcomeMeanings,
  phaseMeanings,
  stateMeanings,
  verdictMeanings,
} from '../../meanings.ts';

const parts = [
  ['The state of a node', stateMeanings],
  ['Its diagnosis', verdictMeanings],
  ['Signs in the picture', badgeMeanings],
  ['How long an incident took', phaseMeanings],
  ['Its outcome', outcomeMeanings],
  ['What the monitors order', orderMeanings],
  ['What became of an order', orderResultMeanings],
] as const;

/** The meaning of all words, folded until the reader opens it. */
export function Words() {
  return (
    <details class="words">
      <summary>What these words mean</summary>
      <div>
        {parts.map(([title, words]) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {Object.entries(words).map(([word, meaning]) => (
                <div key={word}>
                  <dt>{word}</dt>
                  <dd>{meaning}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </details>
  );
}

import { badges, orderResults, orders, outcomes, phases, states, verdicts } from '../../meanings.ts';

const parts = [
  ['The state of a node', states],
  ['Its diagnosis', verdicts],
  ['Signs in the picture', badges],
  ['How long an incident took', phases],
  ['Its outcome', outcomes],
  ['What the monitors order', orders],
  ['What became of an order', orderResults],
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

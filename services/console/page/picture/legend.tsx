/** The meaning of symbols and lines in the picture. */
export function Legend() {
  return (
    <p class="legend-line">
      <span class="good">● alive</span>
      <span class="warn">▲ suspect, starting, draining, or alive with a diagnosis</span>
      <span class="bad">✕ dead or quarantined</span>
      <span class="quiet">○ standby or unknown</span>
      <span>Lines are calls: a wider line has more calls, a dotted line has none now.</span>
    </p>
  );
}

/** The text that replaces a secret. */
const hidden = '[redacted]';

/** Secrets by their shape. The text may be JSON, so a quote may follow a backslash. */
const shapes: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gs, hidden],
  [/\b(Bearer|Basic) +[\w.~+/=-]+/gi, `$1 ${hidden}`],
  [/([?&](?:operator|token|key|password|secret)=)[^&\s"'\\]+/gi, `$1${hidden}`],
  // The user and the password in an address, such as that of a proxy.
  [/(\w:\/\/)[^\s/?#@:"'\\]*:[^\s/?#@"'\\]+@/g, `$1${hidden}@`],
  // A member of a JSON object, such as "authorization":"..." or \"TIERLAB_NODE_KEY\":\"...\"
  [
    new RegExp(
      String.raw`(\\*"(?:[\w-]*(?:token|secret|password|passphrase|private_?key|api_?key)|` +
        String.raw`authorization|cookie|set-cookie|tierlab_[\w]*key[\w]*)\\*" *: *)(\\*")(?:(?!\2).)*\2`,
      'gi',
    ),
    `$1$2${hidden}$2`,
  ],
  // NAME=value, as in an environment.
  [/\b((?:[A-Z0-9]+_)*(?:TOKEN|SECRET|PASSWORD|KEYS?)(?:_[A-Z0-9]+)*=)[^\s"'\\]+/g, `$1${hidden}`],
];

/** Shorter values are words that also occur elsewhere. */
const minSecretLength = 12;

/** Removes secrets from a text: those with a known shape, and the values in `secrets` wherever they occur. */
export function createRedactor(secrets: readonly string[] = []): (text: string) => string {
  const known = secrets.filter(({ length }) => length >= minSecretLength).toSorted((a, b) => b.length - a.length);
  return function redact(text) {
    let clean = text;
    for (const secret of known) if (clean.includes(secret)) clean = clean.replaceAll(secret, hidden);
    for (const [pattern, replacement] of shapes) clean = clean.replace(pattern, replacement);
    return clean;
  };
}

/** The secrets in the TIERLAB_ variables of an environment, and in the JSON of their values. */
export function secretsIn(environment: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(environment).flatMap(([name, value = '']) =>
    /^TIERLAB_.*(?:TOKEN|KEY|SENDERS)/.test(name) ? [value, ...(value.match(/[\w+/=-]{20,}/g) ?? [])] : [],
  );
}

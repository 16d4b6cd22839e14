declare module 'html-encoding-sniffer' {
  /** The WHATWG encoding sniffing algorithm. Returns the name of an encoding. */
  export default function sniff(
    bytes: Uint8Array,
    options?: { xml?: boolean; transportLayerEncodingLabel?: string; defaultEncoding?: string },
  ): string;
}

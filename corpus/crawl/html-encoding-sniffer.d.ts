declare module 'html-encoding-sniffer' {
  /** The WHATWG encoding sniffing algorithm; answers with an encoding's name. */
  export default function sniff(
    bytes: Uint8Array,
    options?: { xml?: boolean; transportLayerEncodingLabel?: string; defaultEncoding?: string },
  ): string;
}

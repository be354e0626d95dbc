declare module "object-inspect" {
  /** A value as text, as Node's `util.inspect` writes it. */
  export default function inspect(value: unknown, options?: { depth?: number; indent?: number }): string;
}

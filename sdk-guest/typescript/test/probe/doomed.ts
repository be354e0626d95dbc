/** A place of its own for an error. */
export function doomed(): never {
  const nothing: unknown = undefined;
  return (nothing as { property: never }).property;
}
